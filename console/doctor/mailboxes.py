"""The mailboxes in which replies arrive by IMAP, who reads them, and how senders are proven."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db.models.functions import Now

from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level
from foreign_systems.mailbox_test import MailboxReport, Wanted, check_mailbox
from foreign_systems.models import ForeignSystem, MailboxContact
from foreign_systems.pool import imap_server_of, wanted_of
from foreign_systems.smtp import Server
from foreign_systems.smtp_url import SmtpUrlError

MAX_STEP, MAX_TEST = 10.0, 20.0  # seconds of one mailbox

TROUBLE = Kind(
    "mailbox-trouble",
    Level.TROUBLE,
    "{mailbox}: {headline}. {advice}",
    "Replies that arrive there don't count until this is mended. None is lost: they stay in the mailbox.",
    "Test Connection on the mailbox's page (Admin | Configuration, Foreign Systems) shows each step.",
)
UNREAD = Kind(
    "mailbox-unread",
    Level.TROUBLE,
    "No process reads {mailbox}. {last}",
    "Replies arrive and nothing happens: approvers believe that they have decided.",
    "Start the reader: `manage.py read_mailboxes`.",
)
UNPROVEN = Kind(
    "replies-unproven",
    Level.TROUBLE,
    "Neither AUTHSERV_IDS nor a mailbox says whose Authentication-Results count.",
    "No reply can be proven to be its sender's, so every reply is rejected and nothing is decided by "
    "email.",
    "Set AUTHSERV_IDS, or the mailbox's own setting, to the name that your mail server writes first into "
    "Authentication-Results.",
)


def look_at_mailboxes(options: Options) -> Iterator[Finding]:
    """As their reader would reach them, all at once; nothing is changed in them."""
    systems = _enabled()
    knows = settings.AUTHSERV_IDS or any(system.mailbox.knows_senders for system in systems)
    if not knows and not settings.TRIAL:  # a trial's own mail server proves senders
        yield UNPROVEN.found()
    reachable: list[tuple[ForeignSystem, Server, Wanted]] = []
    for system in systems:
        try:
            server = imap_server_of(system)
        except InvalidToken:
            advice = f"Enter the secret of {system.credential} again, or put its key back."
            yield _found(system, "The credential's secret can't be decrypted", advice)
        except SmtpUrlError as error:
            yield _found(system, "Its Base URL can't be used", str(error))
        else:
            step = min(server.timeout, MAX_STEP)
            server = replace(server, timeout=step, total_timeout=MAX_TEST)
            reachable.append((system, server, wanted_of(system)))
    with ThreadPoolExecutor(max_workers=8) as threads:
        reports = threads.map(_test, reachable)
        for (system, _, _), report in zip(reachable, reports, strict=True):
            if not report.ok:
                yield _found(system, report.headline, report.advice)


def look_at_readers(options: Options) -> Iterator[Finding]:
    read = MailboxContact.objects.filter(lease_until__gt=Now()).values("system")
    unread = {system.pk: system for system in _enabled()}
    for lease in read:
        unread.pop(lease["system"], None)
    for system in unread.values():
        contact = MailboxContact.objects.filter(system=system).first()
        seen = contact.contacted_at if contact else None
        last = f"It was last read at {seen:%Y-%m-%d %H:%M} UTC." if seen else "It was never read."
        yield UNREAD.found(mailbox=system, last=last)


def _enabled() -> list[ForeignSystem]:
    mailboxes = ForeignSystem.objects.mailboxes().select_related("credential")
    return [system for system in mailboxes if system.mailbox.enabled]


def _test(reachable: tuple[ForeignSystem, Server, Wanted]) -> MailboxReport:
    _, server, wanted = reachable
    return check_mailbox(server, wanted)


def _found(system: ForeignSystem, headline: str, advice: str) -> Finding:
    return TROUBLE.found(mailbox=system, headline=headline, advice=advice)


MAILBOXES = Check(
    "mailboxes",
    "Connections to mailboxes",
    (TROUBLE, UNPROVEN),
    look_at_mailboxes,
    seconds=MAX_TEST + 10,
)
READERS = Check("readers", "Who reads the mailboxes", (UNREAD,), look_at_readers)
