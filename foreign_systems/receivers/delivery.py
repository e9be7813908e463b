"""The outbox of SysLog and Webhook systems: a cursor into the audit trail for each. All times are the
database's.

Nothing is queued: the trail itself is the queue, and the cursor says how far a receiver has taken it. It
moves only after the receiver's answer, and only in the hands of who has the lease. So an entry may come
twice, under the same id, but none is left out and none overtakes another.
"""

import random
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.urls import reverse

from core.alerts.services import close_alerts, raise_alert
from foreign_systems.models import Delivery, ForeignSystem
from foreign_systems.receivers import syslog, webhook
from foreign_systems.receivers.events import Event, events_after, head
from foreign_systems.receivers.trouble import DeliveryTrouble
from foreign_systems.smtp_url import SmtpUrlError

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(seconds=90)  # longer than a batch, or one event, may take
BATCH: Final = 200  # events that a lease is renewed after, at most
BUDGET: Final = 20.0  # seconds for one system in one sweep; the next goes on
FIRST_PAUSE: Final = timedelta(seconds=10)
MAX_PAUSE: Final = timedelta(minutes=10)
ALERT_AFTER: Final = timedelta(minutes=15)
_PAGES: Final[dict[str, str]] = {
    ForeignSystem.Kind.SYSLOG: "syslog_receivers:detail",
    ForeignSystem.Kind.WEBHOOK: "webhooks:detail",
}


def begin(system: ForeignSystem) -> None:
    """Tell a new system what happens from now on; whoever changed its settings wants it tried now."""
    Delivery.objects.get_or_create(system=system, defaults={"delivered": head()})
    Delivery.objects.filter(pk=system.pk).update(next_try_at=None)


def deliver_due() -> None:
    """Send each enabled system what it hasn't taken yet. Two at once are harmless."""
    for system in ForeignSystem.objects.receivers().select_related("credential"):
        if not system.settings.get("enabled", True):
            continue
        try:
            _deliver(system)
        except Exception:  # one receiver shall not hold up the others
            log.exception("delivery_failed", system=str(system.pk))


def _deliver(system: ForeignSystem) -> None:
    row, _ = Delivery.objects.get_or_create(system=system, defaults={"delivered": head()})
    if row.delivered >= head():
        return
    sender = uuid.uuid4()
    if not _take(system, sender):
        return
    end = time.monotonic() + BUDGET
    try:
        while time.monotonic() < end:
            after = Delivery.objects.values_list("delivered", flat=True).get(pk=system.pk)
            events = list(events_after(after, BATCH))
            if not events or not _send(system, sender, events, end):
                break
    except (DeliveryTrouble, SmtpUrlError) as trouble:
        _note_trouble(system, sender, str(trouble))
    finally:
        _held(system, sender).update(sender=None, lease_until=None)


def _send(system: ForeignSystem, sender: uuid.UUID, events: Sequence[Event], end: float) -> bool:
    """Send these and move the cursor; False once the lease is lost or time is up."""
    if system.kind == ForeignSystem.Kind.SYSLOG:
        syslog.send(system.syslog, events)
        return _advance(system, sender, events[-1].sequence)
    secret = system.credential.secret() if system.credential else ""
    for event in events:
        webhook.post(system.webhook, secret, event)
        if not _advance(system, sender, event.sequence) or time.monotonic() >= end:
            return False
    return True


def _take(system: ForeignSystem, sender: uuid.UUID) -> bool:
    free = Q(sender__isnull=True) | Q(lease_until__lte=Now())
    due = Q(next_try_at__isnull=True) | Q(next_try_at__lte=Now())
    mine = Delivery.objects.filter(free, due, pk=system.pk)
    return bool(mine.update(sender=sender, lease_until=Now() + LEASE))


def _held(system: ForeignSystem, sender: uuid.UUID) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=system.pk, sender=sender)


def _advance(system: ForeignSystem, sender: uuid.UUID, sequence: int) -> bool:
    """The receiver took everything up to `sequence`."""
    moved = _held(system, sender).update(
        delivered=sequence,
        delivered_at=Now(),
        lease_until=Now() + LEASE,
        failures=0,
        failing_since=None,
        next_try_at=None,
        trouble="",
    )
    if moved:
        close_alerts(prefix=_alert(system))
    return bool(moved)


def _note_trouble(system: ForeignSystem, sender: uuid.UUID, reason: str) -> None:
    """Wait longer after each failure, up to ten minutes; say so at the bell after fifteen."""
    row = _held(system, sender).first()
    if row is None:
        return
    pause = min(FIRST_PAUSE * 2 ** min(row.failures, 10), MAX_PAUSE)
    pause *= random.uniform(0.8, 1.2)  # noqa: S311  # jitter, not a secret
    _held(system, sender).update(
        failures=F("failures") + 1,
        failing_since=Coalesce("failing_since", Now()),
        next_try_at=Now() + pause,
        trouble=reason[:1000],
    )
    if _held(system, sender).filter(failing_since__lte=Now() - ALERT_AFTER).exists():
        raise_alert(
            key=_alert(system),
            text=f"{system.name} isn't receiving audit entries: {reason}"[:500],
            link=reverse(_PAGES[system.kind], args=[system.pk]),
        )


def _alert(system: ForeignSystem) -> str:
    return f"delivery:{system.pk}"
