"""The SMTP server that the environment names (SMTP_URL): it appears by itself and may be amended."""

from django.db import transaction

from foreign_systems.kinds import SmtpSettings
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.smtp_url import SmtpAddress, parse
from pmconsole.audit.services import record
from pmconsole.items.builtin import builtin_id

_KEY = "environment"
# What the environment named when it was last read, kept beside the settings. A base URL that
# differs from it was amended by somebody, and stays.
_NAMED = "named_by_environment"


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
    settings = SmtpSettings(base_url=str(address), from_address=from_address).to_json()
    system = ForeignSystem.objects.create(
        id=builtin_id(ForeignSystem, _KEY),
        name=_free_name("SMTP Server"),
        description="Provided by the environment (SMTP_URL).",
        kind=ForeignSystem.Kind.SMTP,
        settings={**settings, _NAMED: str(address)},
        credential=_credential(address),
        from_environment=True,
        is_default=not smtp.filter(is_default=True).exists(),
    )
    _record("create", system)
    return system


def _renew(system: ForeignSystem, address: SmtpAddress) -> None:
    """Follow the environment where nobody has amended; a new password is always taken over."""
    credential = _credential(address)
    named = system.settings.get(_NAMED, system.settings.get("base_url"))
    if named == str(address):
        return
    amended = system.settings.get("base_url") != named
    base_url = system.settings["base_url"] if amended else str(address)
    system.settings = {**system.settings, "base_url": base_url, _NAMED: str(address)}
    if credential is not None and system.credential is None:
        system.credential = credential
    system.version += 1
    system.save()
    _record("update", system)


def _credential(address: SmtpAddress) -> Credential | None:
    if address.username is None:
        return None
    identity = builtin_id(Credential, _KEY)
    credential = Credential.objects.filter(pk=identity).first() or Credential(
        id=identity, name="SMTP Server (environment)", description="From SMTP_URL."
    )
    password = address.password or ""
    if (credential.account_name, credential.secret()) != (address.username, password):
        credential.account_name = address.username
        credential.set_secret(password)
        credential.save()
    return credential


def _free_name(name: str) -> str:
    taken = ForeignSystem.objects.filter(name__iexact=name).exists()
    return f"{name} (environment)" if taken else name


def _record(verb: str, system: ForeignSystem) -> None:
    record(
        actor="environment",
        verb=verb,
        kind="foreignsystem",
        object_id=system.pk,
        facts={"name": system.name, "base_url": system.settings["base_url"]},
    )
