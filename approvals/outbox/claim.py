"""Claiming due rows. A lease, by the database's clock, says who is sending them."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from approvals.letters.compose import Draft
from approvals.letters.kinds import DIGEST
from approvals.models import DeliveryAttempt, MailDraft, OutgoingMail
from foreign_systems.models import ForeignSystem, sender_name_of, sender_of
from foreign_systems.pool import MAX_DELIVERY

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
    candidates = due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", "lease")
    with transaction.atomic():
        # Asked by itself: as a subquery of the UPDATE, PostgreSQL may ask it again for each row, and
        # each time it would find others.
        leases = dict(candidates[:limit])
        if not leases:
            return []
        # Asked again, for databases that lock no rows: of two workers one changes none.
        free = OutgoingMail.objects.unfinished().unleased().filter(pk__in=leases)
        claimed = free.update_returning(lease=uuid.uuid4(), lease_until=Now() + LEASE)
        DeliveryAttempt.note_lost((key, server.name) for key in claimed if leases[key])
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
