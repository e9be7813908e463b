"""Scheduled clean-up of the agent API's own records."""

from celery import shared_task

from agents.services import forget_answers
from core.alerts.services import close_alerts
from core.cache import AWAY


@shared_task
def forget() -> None:
    """Delete answers that are no longer repeated, and events that nothing refers to."""
    forget_answers()
    close_alerts(prefix=AWAY)  # this task came by Redis
