"""What a message that was read leads to: a decision, a short answer, an alert, or nothing."""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from approvals.errors import AnswerRefused, NotAllowed, RequestClosed
from approvals.models import Decision, IncomingMail, Invitation, OutgoingMail
from approvals.reply import Outcome, Reading
from approvals.services import notices
from approvals.services.deciding import Decider, decide
from core.alerts.services import raise_alert

SHORT_ANSWERS_EVERY = timedelta(
    hours=1
)  # per invitation: two robots talking end within one message


def act_on(mail: IncomingMail, reading: Reading, invitation: Invitation | None) -> None:
    """Do what `reading` asks for. Runs in the transaction that marks the message as read."""
    _flag_bounces(reading)
    handler = _HANDLERS.get(reading.outcome)
    if handler is not None and invitation is not None:
        handler(mail, reading, invitation)


def _decide(mail: IncomingMail, reading: Reading, invitation: Invitation) -> None:
    try:
        with transaction.atomic():
            decide(
                number=invitation.request_id,
                decider=Decider(channel=Decision.Channel.REPLY, invitation=invitation),
                answer=reading.outcome,
                minutes=reading.minutes,
                comment=reading.comment,
                incoming=mail,
                evidence={
                    "message_sha256": mail.sha256,
                    "authentication": reading.authentication,
                    "first_line": reading.first_line,
                    "steps": [step.text for step in reading.steps],
                },
            )
    except RequestClosed as late:
        _reread(mail, Outcome.CLOSED, late.message)
        _answer_closed(mail, reading, invitation)
    except AnswerRefused as refused:
        _reread(mail, Outcome.UNCLEAR, refused.message)
        _answer_unclear(mail, reading, invitation)
    except NotAllowed as refused:
        _reread(mail, Outcome.REJECTED, refused.message)
        _alert_rejected(mail, reading, invitation)


def _reread(mail: IncomingMail, outcome: Outcome, reason: str) -> None:
    mail.outcome, mail.reason = outcome, reason[:500]
    mail.save(update_fields=["outcome", "reason"])


def _answer_unclear(mail: IncomingMail, reading: Reading, invitation: Invitation) -> None:
    if reading.authenticated and _may_write(invitation, "last_unclear_at"):
        notices.queue_unclear(invitation, first_line=reading.first_line)


def _answer_closed(mail: IncomingMail, reading: Reading, invitation: Invitation) -> None:
    if reading.authenticated and _may_write(invitation, "last_closed_at"):
        invitation.request.refresh_from_db()
        notices.queue_closed(invitation)


def _may_write(invitation: Invitation, field: str) -> bool:
    """Take this hour's one short answer of an invitation; False if it was taken."""
    now = timezone.now()
    free = Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lte": now - SHORT_ANSWERS_EVERY})
    return bool(Invitation.objects.filter(free, pk=invitation.pk).update(**{field: now}))


def _reject(mail: IncomingMail, reading: Reading, invitation: Invitation) -> None:
    _alert_rejected(mail, reading, invitation)
    untold = Invitation.objects.filter(pk=invitation.pk, stranger_notified_at__isnull=True)
    told_now = invitation.request.is_pending and reading.stranger
    if told_now and untold.update(stranger_notified_at=timezone.now()):
        notices.queue_stranger(invitation, sender=reading.sender)


def _alert_rejected(mail: IncomingMail, reading: Reading, invitation: Invitation) -> None:
    raise_alert(
        key=f"rejected:{invitation.pk}",
        text=f"An answer to {invitation.request} was rejected and nothing was decided: "
        f"{mail.reason}",
        link=f"/approvals/{invitation.request}/",
    )


def _flag_bounces(reading: Reading) -> None:
    bounced = OutgoingMail.objects.filter(
        message_id__in=reading.bounced_message_ids, bounced_at__isnull=True
    )
    for mail in bounced:
        OutgoingMail.objects.filter(pk=mail.pk).update(bounced_at=timezone.now())
        raise_alert(
            key=f"bounce:{mail.pk}",
            text=f"An e-mail to {mail.recipient} came back undelivered. Is the address right?",
            link=f"/approvals/{mail.request}/" if mail.request else "",
        )


_HANDLERS: dict[Outcome, Callable[[IncomingMail, Reading, Invitation], None]] = {
    Outcome.APPROVE: _decide,
    Outcome.DENY: _decide,
    Outcome.UNCLEAR: _answer_unclear,
    Outcome.CLOSED: _answer_closed,
    Outcome.REJECTED: _reject,
}
