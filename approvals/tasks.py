"""Celery's tasks: thin, each fetches and calls a verb. Losing or repeating one does no harm."""

import uuid

from celery import shared_task

from approvals import inbox, outbox
from approvals.services import expire_requests


@shared_task(name="approvals.tasks.send_mail", expires=60)
def send_mail() -> None:
    """Something may be due in the outbox."""
    outbox.send_due()


@shared_task(name="approvals.tasks.read_mail", expires=60)
def read_mail(mail_id: str) -> None:
    """A message was stored."""
    inbox.process(uuid.UUID(mail_id))


@shared_task(name="approvals.tasks.sweep", expires=10)
def sweep() -> None:
    """What lost hints, dead workers and the clock have left to do. Every few seconds."""
    expire_requests()
    inbox.process_left_over()
    outbox.send_due()
