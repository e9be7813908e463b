"""Scheduled clean-up of the agent API's own records."""

from celery import shared_task
from django.utils import timezone

from agents.services import forget_answers, forget_events
from core.alerts.services import close_alerts
from core.cache import AWAY
from policies.replay.running import forget as forget_replays


@shared_task
def forget() -> None:
    """Delete answers that are no longer repeated, events past their retention, and old replays."""
    forget_answers()
    forget_events(timezone.now())
    forget_replays(timezone.now())
    close_alerts(prefix=AWAY)  # this task came by Redis
