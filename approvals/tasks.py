"""Celery's tasks: thin, each fetches and calls a verb. Losing or repeating one does no harm.

None expires: Celery would compare the clocks of two machines, and a worker whose clock is ahead would
throw each sweep away. What has piled up while no worker ran finds its work done by the first of them.
"""

import uuid

import structlog
from celery import shared_task

from approvals import outbox
from approvals.inbox import reading
from approvals.services import ask_again, expire_requests, tell_of_ends
from core.heartbeats.models import Heartbeat
from core.heartbeats.services import beat

log = structlog.get_logger(__name__)


@shared_task(name="approvals.tasks.send_mail")
def send_mail() -> None:
    """Something may be due in the outbox."""
    outbox.send_due()


@shared_task(name="approvals.tasks.read_mail")
def read_mail(mail_id: str) -> None:
    """A message was stored."""
    reading.process(uuid.UUID(mail_id))


@shared_task(name="approvals.tasks.sweep")
def sweep() -> None:
    """What lost hints, dead workers and the clock have left to do. Every few seconds."""
    beat(Heartbeat.Kind.SWEEP)
    for work in (
        expire_requests,
        ask_again,
        tell_of_ends,
        reading.process_left_over,
        outbox.withdraw_needless,  # what waited for it to end is sent in the same sweep
        outbox.fail_overdue,
        outbox.alert_without_server,
        outbox.send_due,
    ):
        try:
            work()
        except Exception:  # one row that cannot be dealt with shall not hold up everything else
            log.exception("sweep_failed", work=work.__name__)
