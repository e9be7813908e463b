"""Raising and closing alerts."""

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from core.alerts.models import Alert

log = structlog.get_logger(__name__)


def raise_alert(*, key: str, text: str, link: str = "") -> None:
    """Show `text` to administrators; while an alert with this key is open it counts up."""
    log.warning("alert", key=key, text=text)
    now = timezone.now()
    again = {"text": text[:500], "link": link, "times": F("times") + 1, "last_at": now}
    if Alert.objects.filter(key=key, closed_at__isnull=True).update(**again):
        return
    try:
        with transaction.atomic():
            Alert.objects.create(key=key, text=text[:500], link=link)
    except IntegrityError:  # another process raised the same one in between
        Alert.objects.filter(key=key, closed_at__isnull=True).update(**again)


def close_alerts(*, prefix: str) -> int:
    """Close the open alerts whose key begins with `prefix`; returns how many."""
    return Alert.objects.filter(key__startswith=prefix, closed_at__isnull=True).update(
        closed_at=timezone.now()
    )
