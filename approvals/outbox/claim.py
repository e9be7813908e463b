"""Claiming due rows. A lease, by the database's clock, says who is sending them."""

import uuid
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from approvals.models import OutgoingMail
from core.alerts.services import raise_alert
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import MAX_DELIVERY

BATCH = 50
LEASE = timedelta(seconds=150)
# A delivery takes at most MAX_DELIVERY, so one begun in the first 30 s ends within its lease.
MAX_START_DELAY = LEASE - MAX_DELIVERY


def servers_with_due_mail() -> list[ForeignSystem]:
    """The SMTP servers that somebody's mail waits for; an alert if mail waits for none."""
    due = OutgoingMail.objects.due()
    wanted = set(due.values_list("server_id", flat=True).distinct())
    servers = {s.pk: s for s in ForeignSystem.objects.smtp_servers().filter(pk__in=wanted - {None})}
    if None in wanted:
        default = ForeignSystem.objects.default()
        if default is not None:
            servers[default.pk] = default
        else:
            raise_alert(
                key="smtp:none",
                text="Email is waiting, but there is no default SMTP Server. Define one in SMTP_URL or "
                "create one at Admin | Configuration, Foreign Systems.",
                link=reverse("smtp_servers:list"),
            )
    return list(servers.values())


def claim(server: ForeignSystem, *, limit: int) -> list[OutgoingMail]:
    """Take up to `limit` due mails of a server: nobody else gets them while the lease lasts."""
    lease = uuid.uuid4()
    mine = Q(server=server) | Q(server__isnull=True) if server.is_default else Q(server=server)
    candidates = OutgoingMail.objects.due().filter(mine, not_after__gt=Now()).order_by("due_at")
    ids = list(candidates.values_list("pk", flat=True)[:limit])
    # Asked again in the UPDATE: of two workers with the same candidates one changes no row.
    OutgoingMail.objects.unfinished().filter(
        Q(lease_until__isnull=True) | Q(lease_until__lte=Now()), pk__in=ids
    ).update(lease=lease, lease_until=Now() + LEASE)
    claimed = OutgoingMail.objects.filter(lease=lease).order_by("due_at")
    return list(claimed.select_related("invitation", "request"))


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
