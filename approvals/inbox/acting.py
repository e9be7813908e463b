"""What a message that was read leads to: a decision, a short answer, an alert, or nothing."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from approvals.errors import (
    AnswerRefused,
    AnswerSuperseded,
    ApprovalError,
    NotAllowed,
    RequestClosed,
)
from approvals.letters.kinds import ASKING, DIGEST, REQUEST
from approvals.models import ApprovalRequest, Decision, IncomingMail, Invitation, OutgoingMail
from approvals.reply import Reading
from approvals.reply.nearest import nearest_answer
from approvals.services import notices
from approvals.services.asking_again import hand_over, recount
from approvals.services.decider import Decider
from approvals.services.deciding import decide
from core.alerts.services import raise_alert

# By which clocks may differ: an automatic reply that is older is none to our email.
MAX_SKEW = timedelta(days=1)
# Per invitation and kind of short answer: two robots talking to each other end within one message.
SHORT_ANSWERS_EVERY = timedelta(hours=1)
Outcome = IncomingMail.Outcome
_REFUSALS: dict[type[ApprovalError], Outcome] = {
    RequestClosed: Outcome.CLOSED,
    AnswerRefused: Outcome.UNCLEAR,
    AnswerSuperseded: Outcome.SUPERSEDED,
    NotAllowed: Outcome.REJECTED,
}


def act_on(mail: IncomingMail, reading: Reading, invitation: Invitation | None) -> None:
    """Do what `reading` asks for. Runs in the transaction that marks the message as read."""
    _take_report(mail, reading)
    if invitation is None:
        return
    if reading.out_of_office and _is_proven(mail, reading, invitation):
        _hand_over(mail, invitation)
        return
    outcome = _outcome(mail, reading, invitation)
    if outcome == Outcome.REJECTED:
        _report_rejected(mail, reading, invitation)
    elif not reading.authenticated:
        return  # what is not proven to be the approver's gets no answer
    elif outcome == Outcome.UNCLEAR and _take_short_answer(invitation, "last_unclear_at"):
        if not invitation.request.terms.decided_by_mail:
            notices.queue_not_counted(invitation, older=False)
            return
        line, longest = reading.first_line, invitation.request.terms.longest_grant
        nearest = nearest_answer(line, longest)
        notices.queue_unclear(invitation, first_line=line, why=mail.reason, nearest=nearest)
    elif outcome == Outcome.SUPERSEDED and _take_short_answer(invitation, "last_unclear_at"):
        notices.queue_not_counted(invitation, older=True)
    elif outcome == Outcome.CLOSED and _take_short_answer(invitation, "last_closed_at"):
        invitation.request.refresh_from_db()
        notices.queue_closed(invitation)


def _outcome(mail: IncomingMail, reading: Reading, invitation: Invitation) -> Outcome:
    """What comes of the answer that was read; its request may have been closed meanwhile."""
    outcome = Outcome(reading.outcome)
    if outcome in {Outcome.APPROVE, Outcome.DENY}:
        return _decide(mail, reading, invitation)
    is_open = ApprovalRequest.objects.open().filter(pk=invitation.request_id)
    if outcome == Outcome.UNCLEAR and not is_open.exists():
        mail.outcome = Outcome.CLOSED
        mail.save(update_fields=["outcome"])
        return Outcome.CLOSED
    return outcome


def _is_proven(mail: IncomingMail, reading: Reading, invitation: Invitation) -> bool:
    """Whether an automatic reply is the approver's, came to us, and isn't older than the request.

    Those go to the envelope's sender (RFC 3834, 4), so to the secret bounce address of the email that
    asked, where the reading finds no reply address: it then says only that the sender is proven.
    """
    returned, written = mail.returned, _written_at(mail, reading)
    if written is not None and written < invitation.request.created_at - MAX_SKEW:
        return False
    came_back = returned is not None and returned.invitation_id == invitation.pk
    return reading.authenticated or (reading.unaddressed and came_back)


def _hand_over(mail: IncomingMail, invitation: Invitation) -> None:
    """An approver is away: say beside the automatic reply who is asked instead."""
    mail.reading |= {"approver_is_away": True}
    mail.save(update_fields=["reading"])
    by_bounce_address = ["It came to the email's bounce address, as such replies do."]
    asked = [f"{delegate.address} is asked instead." for delegate in hand_over(invitation)]
    told = [mail.reason, *(by_bounce_address if mail.returned else []), *asked]
    mail.reason = " ".join(told)[:500]
    mail.save(update_fields=["reason"])


def _decide(mail: IncomingMail, reading: Reading, invitation: Invitation) -> Outcome:
    """Decide as the reply says. Where that is refused, the refusal becomes the mail's outcome."""
    try:
        decide(
            number=invitation.request_id,
            decider=Decider(channel=Decision.Channel.REPLY, invitation=invitation),
            answer=reading.outcome,
            minutes=reading.minutes,
            comment=reading.comment,
            incoming=mail,
            written_at=_written_at(mail, reading),
            evidence={
                "message_sha256": mail.sha256,
                "authentication": reading.authentication,
                "first_line": reading.first_line,
                "steps": [step.text for step in reading.steps],
            },
        )
    except (RequestClosed, AnswerRefused, AnswerSuperseded, NotAllowed) as refusal:
        outcome = _REFUSALS[type(refusal)]
        mail.outcome, mail.reason = outcome, refusal.message[:500]
        mail.save(update_fields=["outcome", "reason"])
        return outcome
    return Outcome(reading.outcome)


def _written_at(mail: IncomingMail, reading: Reading) -> datetime | None:
    """When a reply was written. A clock that is fast must not make later answers look older."""
    if not reading.written_at:
        return None
    return min(datetime.fromisoformat(reading.written_at), mail.received_at)


def _take_short_answer(invitation: Invitation, field: str) -> bool:
    """Take this hour's one short answer of an invitation; False if it was taken."""
    now = timezone.now()
    free = Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lte": now - SHORT_ANSWERS_EVERY})
    return bool(Invitation.objects.filter(free, pk=invitation.pk).update(**{field: now}))


def _report_rejected(mail: IncomingMail, reading: Reading, invitation: Invitation) -> None:
    """Alert administrators, and once per invitation its approver.

    She hears of a stranger who is proven, and of a message of her own that wasn't written to us.
    """
    raise_alert(
        key=f"rejected:{invitation.pk}",
        text=f"A reply to {invitation.request} was rejected and nothing was decided: {mail.reason}",
        link=invitation.request.get_absolute_url(),
    )
    if not invitation.request.is_pending:
        return
    if reading.stranger and _take_only_notice(invitation, "stranger_notified_at"):
        notices.queue_stranger(invitation, sender=reading.sender)
    if reading.unaddressed and _take_only_notice(invitation, "unaddressed_notified_at"):
        notices.queue_not_counted(invitation, older=False)


def _take_only_notice(invitation: Invitation, field: str) -> bool:
    """Take the one notice of a kind that an invitation gets; False if it was taken."""
    free = Invitation.objects.filter(pk=invitation.pk, **{f"{field}__isnull": True})
    return bool(free.update(**{field: timezone.now()}))


def _take_report(mail: IncomingMail, reading: Reading) -> None:
    """Keep what a mail server reports of mails of ours, and mark those that it will not deliver.

    A report is believed that came to a mail's own bounce address, or that brings a Message-ID of
    ours back. Only the former tells that an approver can't be reached: an id is no secret.
    """
    returned = mail.returned
    if not reading.bounced:
        if returned is not None and reading.report:
            OutgoingMail.objects.filter(pk=returned.pk).update(report=reading.report)
        return
    named = Q(message_id__in=reading.bounced_message_ids)
    if returned is not None:
        named |= Q(pk=returned.pk)
    came = list(OutgoingMail.objects.filter(named).values_list("pk", flat=True))
    ApprovalRequest.objects.hold_about(came)
    for sent in OutgoingMail.objects.filter(pk__in=came, bounced_at__isnull=True):
        _mark_bounced(sent, reading)
    if returned is None:
        return
    asking = _asking_by(returned)
    came_back = [returned.pk, *(each.pk for each in asking)]
    OutgoingMail.objects.filter(pk__in=came_back).update(bounce_proven=True)
    recount(*(each.request_id for each in asking if each.request_id))


def _asking_by(mail: OutgoingMail) -> list[OutgoingMail]:
    """The requests that a mail asks about: its own, or those in a digest."""
    if mail.purpose == DIGEST.key:
        return list(mail.followers.filter(purpose=REQUEST.key))
    return [mail] if mail.purpose in ASKING else []


def _mark_bounced(sent: OutgoingMail, reading: Reading) -> None:
    asking = [each.pk for each in _asking_by(sent)]  # what a digest asks came back with it
    OutgoingMail.objects.filter(pk__in=[sent.pk, *asking]).update(
        bounced_at=timezone.now(), report=reading.report
    )
    words = f" The mail server says: {reading.report}" if reading.report else ""
    page = reverse("mail_queue:mail", args=[sent.pk])
    raise_alert(
        key=f"bounce:{sent.pk}",
        text=f"An email to {sent.recipient} came back undelivered. Is the address correct?{words}",
        link=sent.request.get_absolute_url() if sent.request else page,
    )
