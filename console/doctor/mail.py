"""Mail on its way out and in, and the servers that it passes."""

import shlex
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cryptography.fernet import InvalidToken
from django.db.models.functions import Now
from django.utils import timezone

from approvals.models import ApprovalProcess, IncomingMail, OutgoingMail
from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level
from core.dates import day, length_words
from foreign_systems.connection_report import ConnectionReport
from foreign_systems.connection_test import check_connection
from foreign_systems.models import Circuit, ForeignSystem
from foreign_systems.pool import bounce_address_for_test, server_of
from foreign_systems.smtp import Server
from foreign_systems.smtp_url import SmtpUrlError

LATE_AFTER = timedelta(minutes=5)
LATELY = timedelta(days=1)
MAX_STEP, MAX_TEST = 10.0, 20.0  # seconds of one server
CERTIFICATE_DAYS = 21  # before its end a certificate is warned of

OUTBOX_LATE = Kind(
    "outbox-late",
    Level.TROUBLE,
    "{count} emails are due and unsent; the oldest has been for {age}.",
    "Approvers aren't asked in time, and requesters aren't told the outcome.",
    "Look at the findings about workers, Redis and SMTP servers. If there are none, all workers are "
    "busy: start more, or raise the server's Connection Limit.",
)
OUTBOX_FAILED = Kind(
    "outbox-failed",
    Level.WARNING,
    "{count} emails failed in the last day. The newest, to {recipient}: {words}",
    "These recipients learned nothing. Their requests may wait until they expire.",
    "Correct the address or what the server complains about; the request's page lists each try.",
)
NO_SERVER = Kind(
    "smtp-none",
    Level.TROUBLE,
    "There is no default SMTP server, and {what} needs one.",
    "Approvers aren't asked by email.",
    "Set SMTP_URL, or create one at Admin | Configuration, Foreign Systems, and make it the default.",
)
SMTP_TROUBLE = Kind(
    "smtp-trouble",
    Level.TROUBLE,
    "{server}: {headline}. {advice}",
    "Mail through this server waits and is tried again; approvers aren't asked meanwhile.",
    "`manage.py check_smtp {server_argument}` shows each step; the settings are on the server's page "
    "(Admin | Configuration, Foreign Systems).",
)
CERTIFICATE_ENDS = Kind(
    "smtp-certificate-ends",
    Level.WARNING,
    "The certificate of {server} is valid until {until} only.",
    "From then on nothing is sent through it: its mail waits.",
    "Ask the server's administrators to renew it. A pinned one has to be pinned anew after that.",
)
SECRET_UNREADABLE = Kind(
    "smtp-secret-unreadable",
    Level.TROUBLE,
    "The secret of {server}'s credential can't be decrypted.",
    "Nothing is sent through it.",
    "Put back the key it was encrypted with (ENCRYPTION_KEYS), or enter the secret again on the page of "
    "the credential {credential}.",
)
CIRCUIT_OPEN = Kind(
    "circuit-open",
    Level.WARNING,
    "{server} failed {failures} times in a row, so one message at a time tries it. Next try: {when}. "
    "It said: {words}",
    "All other mail for it waits.",
    "Mend what it complains about. Test Connection on its page, or `manage.py check_smtp`, shows it.",
)
INBOX_LATE = Kind(
    "inbox-late",
    Level.TROUBLE,
    "{count} received messages are unread; the oldest for {age}.",
    "Replies haven't been counted, so approvers believe that they have decided.",
    "Look at the findings about workers and Redis, and at the workers' logs (`mail_not_read`).",
)
INBOX_FAILED = Kind(
    "inbox-failed",
    Level.WARNING,
    "{count} received messages of the last day couldn't be read. The newest: {words}",
    "If one was an approver's reply, it decided nothing.",
    "Their senders can decide in Manage Approvals or by the link. The log (`mail_not_read`) says why; "
    "report it with the message.",
)


def look_at_outbox(options: Options) -> Iterator[Finding]:
    due = OutgoingMail.objects.due()
    late = due.filter(due_at__lt=Now() - LATE_AFTER)
    oldest = late.order_by("due_at").first()
    if oldest:
        yield OUTBOX_LATE.found(count=late.count(), age=_age(oldest.due_at))
    failed = OutgoingMail.objects.filter(
        state=OutgoingMail.State.FAILED, created_at__gt=Now() - LATELY
    )
    newest = failed.order_by("-created_at").first()
    if newest:
        words = newest.last_answer or "no try was possible before it expired"
        yield OUTBOX_FAILED.found(count=failed.count(), recipient=newest.recipient, words=words)


def look_at_inbox(options: Options) -> Iterator[Finding]:
    stored = IncomingMail.objects.filter(state=IncomingMail.State.STORED)
    late = stored.filter(received_at__lt=Now() - LATE_AFTER)
    oldest = late.order_by("received_at").first()
    if oldest:
        yield INBOX_LATE.found(count=late.count(), age=_age(oldest.received_at))
    failed = IncomingMail.objects.filter(
        state=IncomingMail.State.FAILED, received_at__gt=Now() - LATELY
    )
    newest = failed.order_by("-received_at").first()
    if newest:
        yield INBOX_FAILED.found(count=failed.count(), words=newest.reason or "no reason is known")


def _age(since: datetime) -> str:
    return length_words(timezone.now() - since)


def look_at_circuits(options: Options) -> Iterator[Finding]:
    for circuit in Circuit.objects.filter(next_probe_at__isnull=False).select_related("system"):
        yield CIRCUIT_OPEN.found(
            server=circuit.system,
            failures=circuit.failures,
            when=f"{circuit.next_probe_at:%H:%M:%S} UTC",
            words=circuit.reason or "nothing",
        )


def look_at_servers(options: Options) -> Iterator[Finding]:
    """As a worker would reach them, all at once."""
    if ForeignSystem.objects.default() is None:
        sending = [kind for kind in ApprovalProcess.Kind if kind.sends_requests]
        waiting = ApprovalProcess.objects.filter(
            kind__in=sending, smtp_server=None, types__isnull=False
        )
        for process in waiting[:1]:
            yield NO_SERVER.found(what=f"approval process {process}")
    reachable: list[tuple[ForeignSystem, Server]] = []
    for system in ForeignSystem.objects.smtp_servers().select_related("credential", "circuit"):
        try:
            server = server_of(system)
        except InvalidToken:
            yield SECRET_UNREADABLE.found(server=system, credential=system.credential)
        except SmtpUrlError as error:
            yield _trouble(system, "Its Base URL can't be used", str(error))
        else:
            step = min(server.timeout, MAX_STEP)
            reachable.append((system, replace(server, timeout=step, total_timeout=MAX_TEST)))
    with ThreadPoolExecutor(max_workers=8) as threads:
        reports = threads.map(_test, reachable)
        for (system, _), report in zip(reachable, reports, strict=True):
            yield from _of_report(system, report)


def _test(reachable: tuple[ForeignSystem, Server]) -> ConnectionReport:
    system, server = reachable
    return check_connection(
        server,
        mail_from=system.typed.from_address,
        bounce_address=bounce_address_for_test(system),
    )


def _of_report(system: ForeignSystem, report: ConnectionReport) -> Iterator[Finding]:
    if not report.ok:
        yield _trouble(system, report.headline, report.advice)
    until = report.encrypted_until
    if until is not None and until - datetime.now(UTC) < timedelta(days=CERTIFICATE_DAYS):
        yield CERTIFICATE_ENDS.found(server=system, until=day(until))


def _trouble(system: ForeignSystem, headline: str, advice: str) -> Finding:
    argument = shlex.quote(system.name)
    return SMTP_TROUBLE.found(
        server=system, headline=headline, advice=advice, server_argument=argument
    )


OUTBOX = Check("outbox", "Email to be sent", (OUTBOX_LATE, OUTBOX_FAILED), look_at_outbox)
INBOX = Check("inbox", "Replies received", (INBOX_LATE, INBOX_FAILED), look_at_inbox)
CIRCUITS = Check("circuits", "The state of SMTP servers", (CIRCUIT_OPEN,), look_at_circuits)
SERVERS = Check(
    "smtp",
    "Connections to SMTP servers",
    (NO_SERVER, SMTP_TROUBLE, CERTIFICATE_ENDS, SECRET_UNREADABLE),
    look_at_servers,
    seconds=MAX_TEST + 10,
)
