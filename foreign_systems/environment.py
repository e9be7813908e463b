"""The SMTP server that the environment names (SMTP_URL): it appears by itself and may be amended."""

from dataclasses import replace

from django.db import transaction

from foreign_systems.kinds import SmtpSettings
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.smtp_url import SmtpAddress, parse
from items.author import Author
from items.builtin import builtin_id
from items.services import changing

_KEY = "environment"
_BY = Author("environment", "SMTP_URL")


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
    smtp = ForeignSystem.objects.filter(kind=ForeignSystem.Kind.SMTP)
    named = str(address)
    settings = SmtpSettings(named, from_address=from_address, named_by_environment=named)
    system = ForeignSystem(
        id=builtin_id(ForeignSystem, _KEY),
        name=_free_name("SMTP Server"),
        description="Provided by the environment (SMTP_URL).",
        kind=ForeignSystem.Kind.SMTP,
        settings=settings.to_json(),
        credential=_credential(address),
        from_environment=True,
        is_default=not smtp.filter(is_default=True).exists(),
    )
    with changing(system, by=_BY):
        pass
    return system


def _renew(system: ForeignSystem, address: SmtpAddress) -> None:
    """Follow the environment where nobody has amended; a new password is always taken over."""
    credential = _credential(address)
    typed = SmtpSettings.from_json(system.settings)
    named = typed.named_by_environment or typed.base_url
    if named == str(address):
        return
    amended = typed.base_url != named
    base_url = typed.base_url if amended else str(address)
    renewed = replace(typed, base_url=base_url, named_by_environment=str(address))
    with changing(system, by=_BY):
        system.settings = renewed.to_json()
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


def _free_name(name: str) -> str:
    taken = ForeignSystem.objects.filter(name__iexact=name).exists()
    return f"{name} (environment)" if taken else name
