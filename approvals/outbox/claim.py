"""Claiming due rows. A lease, by the database's clock, says who is sending them."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse

from approvals.letters.compose import Draft
from approvals.letters.kinds import DIGEST, TO_BE_ANSWERED
from approvals.models import ApprovalRequest, MailDraft, OutgoingMail
from approvals.models.mail import OutgoingQuerySet
from core.alerts.services import close_alerts, raise_alert
from foreign_systems.models import ForeignSystem, sender_name_of, sender_of
from foreign_systems.pool import MAX_DELIVERY

_NO_SERVER = "smtp:none"  # the alert's key
BATCH = 100
LEASE = timedelta(seconds=150)
# A delivery takes at most MAX_DELIVERY, so one begun in the first 30 s ends within its lease.
MAX_START_DELAY = LEASE - MAX_DELIVERY


class ClaimedMail(NamedTuple):
    """What sending needs of a mail. The invitation's id and key, or None, make the tokens."""

    id: uuid.UUID
    lease: uuid.UUID
    state: str
    tries: int
    purpose: str
    sender: str
    sender_name: str
    recipient: str
    message_id: str
    in_reply_to: str
    created_at: datetime
    not_after: datetime
    trace: str
    invitation_id: uuid.UUID | None
    bounce_key_number: int | None
    key_number: int | None
    draft: Draft
    asks: tuple[tuple[uuid.UUID, int], ...] = ()  # of a digest: its invitations and their keys


COLUMNS = (
    *(name for name in ClaimedMail._fields if name not in {"key_number", "draft", "asks"}),
    "invitation__key_number",
    "draft_id",
)


def claim(server: ForeignSystem, *, limit: int) -> list[ClaimedMail]:
    """Take up to `limit` due mails of a server: nobody else gets them while the lease lasts."""
    mine = Q(server=server) | Q(server__isnull=True) if server.is_default else Q(server=server)
    due = OutgoingMail.objects.due().filter(mine, not_after__gt=Now()).order_by("due_at", "pk")
    candidates = due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    with transaction.atomic():
        # Asked by itself: as a subquery of the UPDATE, PostgreSQL may ask it again for each row, and
        # each time it would find others.
        keys = list(candidates[:limit])
        if not keys:
            return []
        # Asked again, for databases that lock no rows: of two workers one changes none.
        free = OutgoingMail.objects.unfinished().unleased().filter(pk__in=keys)
        claimed = free.update_returning(lease=uuid.uuid4(), lease_until=Now() + LEASE)
    return read(claimed, server)


def read(mails: Collection[uuid.UUID], server: ForeignSystem) -> list[ClaimedMail]:
    """These mails as they are sent through `server`, those of one request together."""
    rows = list(OutgoingMail.objects.filter(pk__in=mails).order_by("pk").values_list(*COLUMNS))
    texts = MailDraft.objects.filter(pk__in={draft for *_, draft in rows})
    drafts = {
        key: Draft(subject, text, html)
        for key, subject, text, html in texts.values_list("pk", "subject", "text", "html")
    }
    found = (ClaimedMail._make((*columns, drafts[draft], ())) for *columns, draft in rows)
    return [
        mail._replace(
            sender=sender_of(mail.sender, server),
            sender_name=sender_name_of(mail.sender_name, server),
            asks=_asks(mail.id) if mail.purpose == DIGEST.key else (),
        )
        for mail in found
    ]


def _asks(digest: uuid.UUID) -> tuple[tuple[uuid.UUID, int], ...]:
    asked = OutgoingMail.objects.filter(follows=digest, invitation__isnull=False)
    return tuple(asked.values_list("invitation_id", "invitation__key_number"))


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


def withdraw_needless() -> None:
    """Cancel what wants an answer to closed requests, and a digest in which none is open any more.

    Most of it was cancelled when its request was closed. What is left was being sent just then, or may
    have arrived, and isn't to be tried again. What is overdue has failed.
    """
    free = OutgoingMail.objects.unfinished().unleased().filter(not_after__gt=Now())
    pending = Q(request__state=ApprovalRequest.State.PENDING)
    in_it = OutgoingMail.objects.unfinished().filter(pending, follows=OuterRef("pk"))
    answered = free.filter(purpose__in=TO_BE_ANSWERED).exclude(pending)
    with_a_digest = Q(follows__purpose=DIGEST.key, follows__state__in=OutgoingMail.UNFINISHED)
    for needless in (
        free.filter(~Exists(in_it), purpose=DIGEST.key),
        answered.exclude(with_a_digest),
    ):
        needless.finish(OutgoingMail.State.CANCELLED)


def fail_overdue() -> int:
    """Give up visibly what can't be sent any more: its request has expired or its days are over."""
    return fail(OutgoingMail.objects.unfinished().unleased().filter(not_after__lte=Now()))


def fail(overdue: OutgoingQuerySet) -> int:
    """Give these mails up because their time is over, and say so at the bell."""
    count = overdue.finish(OutgoingMail.State.FAILED)
    if count:
        raise_alert(
            key="outbox:overdue",
            text=f"{count} email{'' if count == 1 else 's'} couldn't be sent before the request "
            "expired, or for two days.",
            link=f"{reverse('mail_queue:outgoing')}?state=failed",
        )
    return count
