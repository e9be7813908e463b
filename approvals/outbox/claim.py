"""Claiming due rows. A lease, by the database's clock, says who is sending them."""

import uuid
from datetime import timedelta
from typing import cast

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.db.models.functions import Now
from django.db.models.sql import UpdateQuery
from django.urls import reverse
from django.utils import timezone

from approvals.models import Invitation, OutgoingMail
from core.alerts.services import raise_alert
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import MAX_DELIVERY

BATCH = 100
# What sending needs of each; the rest is read where trouble needs it.
COLUMNS = (
    "id, lease, invitation_id, purpose, sender, recipient, message_id, in_reply_to, draft, state, "
    "tries, created_at, trace"
)
LEASE = timedelta(seconds=150)
# A delivery takes at most MAX_DELIVERY, so one begun in the first 30 s ends within its lease.
MAX_START_DELAY = LEASE - MAX_DELIVERY


def servers_with_due_mail() -> list[ForeignSystem]:
    """The SMTP servers that somebody's mail waits for."""
    due = OutgoingMail.objects.due()
    waits = Exists(due.filter(server=OuterRef("pk")))
    unassigned = Q(is_default=True) & Exists(due.filter(server__isnull=True))
    servers = ForeignSystem.objects.smtp_servers().filter(waits | unassigned)
    return list(servers.select_related("credential", "circuit"))


def claim(server: ForeignSystem, *, limit: int) -> list[OutgoingMail]:
    """Take up to `limit` due mails of a server: nobody else gets them while the lease lasts."""
    mine = Q(server=server) | Q(server__isnull=True) if server.is_default else Q(server=server)
    due = OutgoingMail.objects.due().filter(mine, not_after__gt=Now()).order_by("due_at", "pk")
    candidates = due.select_for_update(
        skip_locked=True, of=("self",)
    )  # not those of another worker
    # Asked again in the UPDATE: of two workers with the same candidates one changes no row.
    free = OutgoingMail.objects.unfinished().filter(
        Q(lease_until__isnull=True) | Q(lease_until__lte=Now()),
        pk__in=candidates.values("pk")[:limit],
    )
    query = cast(UpdateQuery, free.query.chain(UpdateQuery))
    query.add_update_values({"lease": uuid.uuid4(), "lease_until": Now() + LEASE})
    with transaction.atomic():
        update, parameters = query.get_compiler(free.db).as_sql()
        # Django has no word for UPDATE … RETURNING.
        claimed = list(OutgoingMail.objects.raw(f"{update} RETURNING {COLUMNS}", parameters))
    prefetch_related_objects(claimed, Prefetch("invitation", Invitation.objects.only("key_number")))
    return sorted(claimed, key=lambda mail: mail.pk)  # those of one request together


def alert_without_server() -> None:
    """Tell administrators if mail waits for a default server and there is none."""
    if ForeignSystem.objects.default() is None and (
        OutgoingMail.objects.due().filter(server__isnull=True).exists()
    ):
        raise_alert(
            key="smtp:none",
            text="Email is waiting, but there is no default SMTP Server. Define one in SMTP_URL or "
            "create one at Admin | Configuration, Foreign Systems.",
            link=reverse("smtp_servers:list"),
        )


def fail_overdue() -> int:
    """Give up visibly what can't be sent any more: its request has expired or its days are over."""
    overdue = OutgoingMail.objects.unfinished().filter(
        Q(lease_until__isnull=True) | Q(lease_until__lte=Now()), not_after__lte=Now()
    )
    count = overdue.update(
        state=OutgoingMail.State.FAILED, finished_at=timezone.now(), lease=None, lease_until=None
    )
    if count:
        raise_alert(
            key="outbox:overdue", text=f"{count} emails couldn't be sent before they expired."
        )
    return count
