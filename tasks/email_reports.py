"""Email Report Results: a report is made and queued as a mail to each recipient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings as console_settings
from django.utils import timezone

from approvals import outbox
from approvals.letters.kinds import REPORT
from approvals.letters.message import address
from approvals.letters.reports import ReportRun, report_mail
from approvals.models import OutgoingMail
from core.reports import Parameters, UnknownReport, report
from core.text import visible
from foreign_systems.models import ForeignSystem, sender_of
from tasks.kinds import EmailReport
from tasks.models import Task


class CannotRun(Exception):
    """A task is set up so that it cannot run. Its text is a sentence that says what to do."""


@dataclass(frozen=True)
class Sent:
    """What became of a report: in words, and the mails that were queued."""

    text: str
    mails: Sequence[OutgoingMail] = ()


def send_report(
    task: Task, *, since: datetime | None = None, until: datetime | None = None
) -> Sent | None:
    """Queue the report's mails: about the task's period, or about the time given.

    None if it sends only where there are rows, and there is none. Raises CannotRun.
    """
    settings: EmailReport = task.typed
    made = _make(task, settings, since=since, until=until)
    if not made.rows and (settings.only_if_rows or since is not None):
        return None
    # Each address once, in their order.
    once = {_checked(text, "To Address"): text for text in reversed(settings.to_addresses)}
    recipients = list(reversed(once.values()))
    if not recipients:
        raise CannotRun("It has no recipients. Enter at least one To Address.")
    _check_sender(task, settings)
    draft = report_mail(
        made,
        title=task.name,
        zone=timezone.get_default_timezone(),
        public_url=console_settings.PUBLIC_URL,
    )
    letters = [
        outbox.Letter(kind=REPORT, recipient=recipient, draft=draft) for recipient in recipients
    ]
    mails = outbox.add(letters, request=None, server=task.smtp_server, sender=settings.from_address)
    text = f"{_counted(len(made.rows), 'row')} to {_counted(len(recipients), 'address')}"
    return Sent(text, mails)


def _make(
    task: Task, settings: EmailReport, *, since: datetime | None, until: datetime | None
) -> ReportRun:
    try:
        chosen = report(settings.report)
    except UnknownReport as unknown:
        raise CannotRun(unknown.message) from None
    now = timezone.now()
    until = until or now
    parameters = Parameters(
        since=since or until - timedelta(days=settings.period_days),
        until=until,
        policy_id=task.policy_id if chosen.takes_policy else None,
        now=now,
    )
    policy = task.policy.name if task.policy and chosen.takes_policy else ""
    return ReportRun(chosen, parameters, list(chosen.rows(parameters)), policy=policy)


def _check_sender(task: Task, settings: EmailReport) -> None:
    if settings.from_address:
        _checked(settings.from_address, "From Address")
        return
    server = task.smtp_server or ForeignSystem.objects.default()
    # Without any server the mail waits, and the outbox tells administrators.
    if server is not None and not sender_of(settings.from_address, server):
        raise CannotRun(
            "It has no sender. Enter a From Address, or a Default From for the SMTP server "
            f"{server.name}."
        )


def _checked(text: str, field: str) -> str:
    try:
        return address(text)
    except ValueError:
        raise CannotRun(
            f"“{visible(text, 80)}” isn't a valid email address. Correct {field}."
        ) from None


def _counted(count: int, noun: str) -> str:
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"
