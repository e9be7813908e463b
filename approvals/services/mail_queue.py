"""What a person does about a mail in the outbox: have it tried at once, or withdraw it."""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from approvals.errors import MailNotChanged
from approvals.letters.kinds import (
    ASKING,
    DIGEST,
    EXPIRING,
    GRANTING,
    REMINDER,
    REQUEST,
    TO_BE_ANSWERED,
)
from approvals.models import ApprovalRequest, Grant, OutgoingMail
from approvals.outbox.queue import NOTICES_LIVE
from approvals.services import digests
from approvals.services.asking_again import recount
from core.actors import Actor
from core.alerts.services import close_alerts
from core.audit.services import record
from core.hints import hint
from foreign_systems.circuits import give_probe_back
from foreign_systems.models import ForeignSystem

State = OutgoingMail.State


def retry_mail(*, mail_id: uuid.UUID, by: Actor) -> OutgoingMail:
    """Have a mail tried now that waits for its next try, or that was given up.

    Its server is tried at once too if it is in trouble. Returns it with its `next_try`. Raises
    OutgoingMail.DoesNotExist, and MailNotChanged with the reason.
    """
    with transaction.atomic():
        mail, _ = _held(mail_id)
        _refuse_retry(mail)
        change: dict[str, Any] = {"due_at": Now()}
        if mail.state == State.FAILED:
            change |= {"state": State.QUEUED, "finished_at": None}
            if mail.purpose not in EXPIRING:
                change["not_after"] = timezone.now() + NOTICES_LIVE
            if mail.is_in_digest:
                change["follows"] = None  # it goes by itself now
        OutgoingMail.objects.filter(pk=mail.pk).update(**change)
        close_alerts(prefix=f"mail:{mail.pk}")
        if mail.purpose in ASKING and mail.request:
            recount(mail.request.number)  # the approver may be reached now
        server = mail.server or ForeignSystem.objects.default()
        if server is not None:
            give_probe_back(server)
        _record(mail, by=by, verb="retry")
        transaction.on_commit(lambda: hint("approvals.tasks.send_mail"))
        return _changed(mail)


def cancel_mail(*, mail_id: uuid.UUID, by: Actor) -> OutgoingMail:
    """Withdraw a mail that hasn't left, and those that only follow it.

    Raises OutgoingMail.DoesNotExist, and MailNotChanged with the reason.
    """
    with transaction.atomic():
        mail, is_digest_held = _held(mail_id)
        if mail.state not in OutgoingMail.UNFINISHED:
            raise MailNotChanged(f"{_finished_words(mail)} There is nothing to cancel.")
        if mail.is_in_digest and not is_digest_held:
            raise MailNotChanged(
                f"It goes with another email, which has been tried: {mail.follows}. Cancel that one "
                "instead."
            )
        unsent = OutgoingMail.objects.unfinished().unleased()
        cancelled = unsent.filter(Q(pk=mail.pk) | Q(follows=mail))
        asking = cancelled.filter(purpose=REQUEST.key)
        unasked = list(asking.values_list("request_id", flat=True))
        cancelled.finish(State.CANCELLED, last_answer=f"Cancelled by {by.name}.")
        if mail.follows is not None and mail.is_in_digest:
            digests.compose_anew(mail.follows)
        recount(*unasked)
        _record(mail, by=by, verb="cancel")
        return _changed(mail)


def _changed(mail: OutgoingMail) -> OutgoingMail:
    """The mail as it is now. After the commit a worker may be trying its server, which until the end of
    that counts as tried again much later.
    """
    return OutgoingMail.objects.with_next_probe().with_newest_answer().get(pk=mail.pk)


def _held(mail_id: uuid.UUID) -> tuple[OutgoingMail, bool]:
    """The mail, its row held until the transaction ends, and whether so is that of its digest, which no
    worker has taken yet; nobody is sending the mail.

    First those of the requests that it is about, as whoever decides them holds them.
    """
    mails = OutgoingMail.objects.filter(pk=mail_id)
    ApprovalRequest.objects.hold_about([mail_id])
    digest = OutgoingMail.objects.filter(followers=mail_id, purpose=DIGEST.key).first()
    is_digest_held = digest is not None and digests.hold(digest)
    if not mails.unleased().update(due_at=F("due_at")):
        mails.get()
        raise MailNotChanged("It is being sent right now. Try again in a minute.")
    return mails.select_related("request", "server", "follows").get(), is_digest_held


def _refuse_retry(mail: OutgoingMail) -> None:
    """No try after the end of what it is about, none of what has left, and none out of turn."""
    if mail.state in {State.SENT, State.CANCELLED}:
        raise MailNotChanged(f"{_finished_words(mail)} It can't be sent again.")
    request = mail.request if mail.purpose in TO_BE_ANSWERED else None
    if request is not None and not request.is_pending:
        raise MailNotChanged(f"{request} is closed, so nobody needs to be asked any more.")
    if request is not None and mail.not_after <= timezone.now():
        raise MailNotChanged(f"{request} has expired, so nobody needs to be asked any more.")
    if mail.purpose in EXPIRING and mail.not_after <= timezone.now():
        raise MailNotChanged("What it is about is over, so nobody needs it any more.")
    since = Grant.objects.filter(request=mail.request, revoked_at__gt=mail.created_at)
    if mail.purpose in GRANTING and since.exists():
        raise MailNotChanged("The approval that it tells of has been revoked since.")
    if mail.purpose == DIGEST.key and mail.state == State.FAILED:
        raise MailNotChanged("The requests in it can be sent one by one. Retry those instead.")
    reminders = mail.followers.filter(purpose=REMINDER.key, state=State.SENT)
    if mail.purpose == REQUEST.key and reminders.exists():
        raise MailNotChanged("A reminder, which asks the same, has left since.")
    if first := mail.waits_for:
        how = "goes with" if mail.is_in_digest else "waits for"
        raise MailNotChanged(f"It {how} another email: {first}. Retry that one instead.")


def _finished_words(mail: OutgoingMail) -> str:
    words = {
        State.SENT: "The mail server has accepted this email.",
        State.FAILED: "This email was given up.",
        State.CANCELLED: "This email was cancelled.",
    }
    return words[State(mail.state)]


def _record(mail: OutgoingMail, *, by: Actor, verb: str) -> None:
    facts = {"to": mail.recipient, "mail": mail.purpose}
    if mail.request_id:
        facts["request"] = f"PM-{mail.request_id}"
    record(actor=by, verb=verb, kind="mail", object_id=mail.pk, facts=facts)
