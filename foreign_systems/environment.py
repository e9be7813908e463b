"""The SMTP server that SMTP_URL defines: it appears by itself and may be amended."""

from dataclasses import replace

from django.conf import settings
from django.db import transaction

from core.actors import Actor
from core.text import name_key
from foreign_systems.ehlo_name import of_public_url
from foreign_systems.kinds import SmtpSettings
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.smtp_url import SmtpAddress, parse
from items.author import Author
from items.builtin import builtin_id
from items.services import changing

_KEY = "environment"
_BY = Author(Actor.of_system("environment"), "SMTP_URL")


def provide_smtp_server(url: str, *, from_address: str) -> ForeignSystem | None:
    """Make or renew the SMTP server that `url` names; None where it names none.

    `url` may hold `account:password@`, which becomes a credential. Raises
    foreign_systems.smtp_url.SmtpUrlError for one that cannot be used.
    """
    if not url:
        return None
    address = parse(url, credentials=True, what="SMTP_URL")
    with transaction.atomic():
        identity = builtin_id(ForeignSystem, _KEY)
        system = ForeignSystem.objects.filter(pk=identity).first()
        if system is None:
            return _create(address, from_address)
        _renew(system, address)
        return system


def _create(address: SmtpAddress, from_address: str) -> ForeignSystem:
    name = "SMTP Server"
    if ForeignSystem.objects.filter(name_key=name_key(name)).exists():
        name = f"{name} (environment)"
    typed = SmtpSettings(
        str(address), from_address=from_address, ehlo_name=of_public_url(settings.PUBLIC_URL)
    )
    system = ForeignSystem(
        id=builtin_id(ForeignSystem, _KEY),
        name=name,
        description="Provided by the environment (SMTP_URL).",
        kind=ForeignSystem.Kind.SMTP,
        settings=typed.to_json(),
        credential=_credential(address),
        environment_url=str(address),
        is_default=ForeignSystem.objects.default() is None,
    )
    with changing(system, by=_BY):
        pass
    return system


def _renew(system: ForeignSystem, address: SmtpAddress) -> None:
    """Follow the environment where nobody has amended; a new password is always taken over."""
    credential = _credential(address)
    if system.environment_url == str(address):
        return
    typed = system.typed
    with changing(system, by=_BY):
        if typed.base_url == system.environment_url:
            system.settings = replace(typed, base_url=str(address)).to_json()
        system.environment_url = str(address)
        system.credential = system.credential or credential


def _credential(address: SmtpAddress) -> Credential | None:
    if address.username is None:
        return None
    identity = builtin_id(Credential, _KEY)
    credential = Credential.objects.filter(pk=identity).first() or Credential(
        id=identity, name="SMTP Server (environment)", description="From SMTP_URL."
    )
    password = address.password or ""
    if (credential.account_name, credential.secret()) != (address.username, password):
        with changing(credential, by=_BY, secrets=["Secret"]):
            credential.account_name = address.username
            credential.set_secret(password)
    return credential
