"""The SMTP server that SMTP_URL defines, and the mailbox of MAILBOX_URL: each appears by itself and may
be amended.
"""

import uuid
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, unquote

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from core.actors import Actor
from core.text import name_key
from foreign_systems.ehlo_name import of_public_url
from foreign_systems.kinds import MailboxSettings, SmtpSettings
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.smtp_url import IMAP, SmtpAddress, SmtpUrlError, parse
from items.author import Author
from items.builtin import builtin_id
from items.models import Change
from items.services import changing

MAX_FOLDER: Final = 200  # characters, as the mailbox's form has it


@dataclass(frozen=True)
class _Source:
    """A variable of the environment, and what it makes."""

    variable: str
    key: str
    name: str

    @property
    def by(self) -> Author:
        return Author(Actor.of_system("environment"), self.variable)

    def stored(self) -> ForeignSystem | None:
        return ForeignSystem.objects.filter(pk=builtin_id(ForeignSystem, self.key)).first()

    def create(self, kind: str, typed: Any, address: SmtpAddress, url: str) -> ForeignSystem:
        taken = ForeignSystem.objects.filter(name_key=name_key(self.name)).exists()
        identity = builtin_id(ForeignSystem, self.key)
        system = ForeignSystem(
            id=identity,
            version=_next_version(identity),
            name=f"{self.name} (environment)" if taken else self.name,
            kind=kind,
            settings=typed.to_json(),
            credential=self.credential(address),
            environment_url=url,
            is_default=kind == ForeignSystem.Kind.SMTP and ForeignSystem.objects.default() is None,
        )
        with changing(system, by=self.by):
            pass
        return system

    def credential(self, address: SmtpAddress) -> Credential | None:
        """The account of the URL; a new password is always taken over."""
        if address.username is None:
            return None
        identity = builtin_id(Credential, self.key)
        credential = Credential.objects.filter(pk=identity).first() or Credential(
            id=identity,
            version=_next_version(identity),
            name=f"{self.name} (environment)",
            description=f"From {self.variable}.",
        )
        password = address.password or ""
        if (credential.account_name, credential.secret()) != (address.username, password):
            with changing(credential, by=self.by, secrets=["Secret"]):
                credential.account_name = address.username
                credential.set_secret(password)
        return credential


def _next_version(identity: uuid.UUID) -> int:
    """Of an item that is made: if it was deleted before, its history goes on."""
    last = Change.objects.filter(item_id=identity).aggregate(last=Max("version"))["last"]
    return (last or 0) + 1


_SMTP: Final = _Source("SMTP_URL", "environment", "SMTP Server")
_MAILBOX: Final = _Source("MAILBOX_URL", "environment mailbox", "Mailbox")


def provide_smtp_server(url: str, *, from_address: str) -> ForeignSystem | None:
    """Make or renew the SMTP server that `url` names; None where it names none.

    `url` may hold `account:password@`, which becomes a credential. Raises
    foreign_systems.smtp_url.SmtpUrlError for one that cannot be used.
    """
    if not url:
        return None
    address = parse(url, credentials=True, what=_SMTP.variable)
    with transaction.atomic():
        system = _SMTP.stored()
        if system is None:
            ehlo_name = of_public_url(settings.PUBLIC_URL)
            typed = SmtpSettings(str(address), from_address=from_address, ehlo_name=ehlo_name)
            return _SMTP.create(ForeignSystem.Kind.SMTP, typed, address, str(address))
        own = system.typed
        _renew(
            _SMTP,
            system,
            address,
            url=str(address),
            amended=own.base_url != system.environment_url,
            renewed=replace(own, base_url=str(address)),
        )
        return system


def provide_mailbox(url: str, *, authserv_ids: tuple[str, ...]) -> ForeignSystem | None:
    """Make or renew the mailbox that `url` names; None where it names none.

    `imaps://account:password@host/FOLDER`: the account becomes a credential, and the folder, INBOX if
    there is none, is the one that is read. `authserv_ids` are preset. Raises SmtpUrlError.
    """
    if not url:
        return None
    address, folder = _mailbox_address(url)
    canonical = f"{address}/{quote(folder)}"
    with transaction.atomic():
        system = _MAILBOX.stored()
        if system is None:
            typed = MailboxSettings(str(address), inbox=folder, authserv_ids=authserv_ids)
            return _MAILBOX.create(ForeignSystem.Kind.MAILBOX, typed, address, canonical)
        own = system.mailbox
        _renew(
            _MAILBOX,
            system,
            address,
            url=canonical,
            amended=f"{own.base_url}/{quote(own.inbox)}" != system.environment_url,
            renewed=replace(own, base_url=str(address), inbox=folder),
        )
        return system


def _renew(
    source: _Source,
    system: ForeignSystem,
    address: SmtpAddress,
    *,
    url: str,
    amended: bool,
    renewed: SmtpSettings | MailboxSettings,
) -> None:
    """Follow the environment where nobody has amended; a new password is always taken over."""
    credential = source.credential(address)
    if system.environment_url == url:
        return
    with changing(system, by=source.by):
        if not amended:
            system.settings = renewed.to_json()
        system.environment_url = url
        system.credential = system.credential or credential


def _mailbox_address(url: str) -> tuple[SmtpAddress, str]:
    """Where the mailbox is, and its folder. Raises SmtpUrlError, which never repeats a password."""
    variable = _MAILBOX.variable
    scheme, separator, rest = url.strip().partition("://")
    place, _, folder = rest.partition("/")  # in name and password a slash is written %2F
    address = parse(f"{scheme}{separator}{place}", credentials=True, what=variable, protocol=IMAP)
    example = "Write, for example, imaps://user:password@mail.example.com/INBOX"
    if address.username is None:
        raise SmtpUrlError(
            f"{variable} needs an account name and a password before the @. {example}"
        )
    name = unquote(folder) or "INBOX"
    if not name.isprintable() or len(name) > MAX_FOLDER or "?" in folder or "#" in folder:
        raise SmtpUrlError(f"{variable} names a folder that isn't a possible one. {example}")
    return address, name
