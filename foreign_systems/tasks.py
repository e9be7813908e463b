"""Celery's tasks of foreign systems: thin, and losing or repeating one does no harm."""

from celery import shared_task

from foreign_systems.receivers.delivery import deliver_due


@shared_task(name="foreign_systems.tasks.deliver_events")
def deliver_events() -> None:
    """Audit entries that SysLog and Webhook systems haven't taken yet. Every few seconds."""
    deliver_due()
