"""What only the sweep does about mail that isn't sent: it ends, or administrators are told.

Nothing here keeps mail from being sent. A claim leaves out what is needless or overdue (claim.py), so
what these say of it is late by one sweep at most, and sending pays for none of it.
"""

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse

from approvals.letters.kinds import ASKING, DIGEST, GRANTING, OUTCOME, REQUEST
from approvals.models import Decision, DeliveryAttempt, Grant, OutgoingMail
from approvals.models.mail import OutgoingQuerySet, is_of_use
from core.alerts.services import close_alerts, raise_alert
from foreign_systems.models import ForeignSystem

State = OutgoingMail.State
_WITH_A_DIGEST = Q(follows__purpose=DIGEST.key, follows__state__in=OutgoingMail.UNFINISHED)
_NO_SERVER = "smtp:none"  # the alert's key


def withdraw_needless() -> None:
    """Cancel what wants an answer to closed requests, and a digest in which none is open any more.

    Most of it was cancelled when its request was closed. What is left was being sent just then, or may
    have arrived, and isn't to be tried again. What is overdue has failed. Whoever certainly wasn't asked,
    since a server has refused it each time, needs no outcome; and nobody needs one of an approval that
    was revoked since, which was being sent just then (`replace_unsent_outcomes`).
    """
    unfinished = OutgoingMail.objects.unfinished().unleased()
    unfinished.filter(_tells_of_what_is_revoked()).finish(State.CANCELLED)
    free = OutgoingMail.objects.unfinished().unleased().filter(not_after__gt=Now())
    needless = free.exclude(is_of_use())
    free.filter(purpose=OUTCOME.key, follows__in=_unasked(needless)).finish(State.CANCELLED)
    needless.filter(purpose=DIGEST.key).finish(State.CANCELLED)
    needless.exclude(_WITH_A_DIGEST).finish(State.CANCELLED)


def _tells_of_what_is_revoked() -> Q:
    revoked = Grant.objects.filter(
        request=OuterRef("request"), revoked_at__gt=OuterRef("created_at")
    )
    return Q(Exists(revoked), purpose__in=GRANTING)


def _unasked(needless: OutgoingQuerySet) -> OutgoingQuerySet:
    """The request mails, also those in a digest, that a server has refused each time: with nothing else
    that may have reached their approvers, who haven't answered.
    """
    unknown = DeliveryAttempt.objects.filter(mail=OuterRef("pk"), outcome=State.UNKNOWN)
    refused = (
        needless.filter(~Exists(unknown), lease=None).exclude(state=State.UNKNOWN).values("pk")
    )
    taken = DeliveryAttempt.objects.filter(outcome__in=(State.SENT, State.UNKNOWN))
    may_have_asked = Exists(
        taken.filter(mail__invitation=OuterRef("invitation"), mail__purpose__in=ASKING)
    ) | Exists(taken.filter(mail=OuterRef("follows")))  # its digest
    answered = Decision.objects.filter(invitation=OuterRef("invitation"))
    requests = OutgoingMail.objects.filter(~may_have_asked, ~Exists(answered), purpose=REQUEST.key)
    given_up = Q(state=State.FAILED)
    return requests.filter(given_up | Q(pk__in=refused, follows=None) | Q(follows__in=refused))


def fail_overdue() -> int:
    """Give up visibly what can't be sent any more: its request has expired or its days are over.

    What goes with a digest shares the digest's end, which may come later.
    """
    overdue = OutgoingMail.objects.unfinished().unleased().filter(not_after__lte=Now())
    return fail(overdue.exclude(_WITH_A_DIGEST).exclude(_tells_of_what_is_revoked()))


def fail(overdue: OutgoingQuerySet) -> int:
    """Give these mails up because their time is over, and say so at the bell."""
    count = overdue.finish(State.FAILED)
    if count:
        raise_alert(
            key="outbox:overdue",
            text=f"{count} email{'' if count == 1 else 's'} couldn't be sent before the request "
            "expired, or for two days.",
            link=f"{reverse('mail_queue:outgoing')}?state=failed",
        )
    return count


def alert_without_server() -> None:
    """Tell administrators that mail waits for a default server, for as long as there is none."""
    if ForeignSystem.objects.default() is not None:
        close_alerts(prefix=_NO_SERVER)
    elif OutgoingMail.objects.due().filter(server__isnull=True).exists():
        raise_alert(
            key=_NO_SERVER,
            text="Email is waiting, but there is no default SMTP Server. Define one in SMTP_URL or "
            "create one at Admin | Configuration, Foreign Systems.",
            link=reverse("smtp_servers:list"),
        )
