"""What beat and hints ask for on behalf of tasks."""

import uuid

from celery import shared_task

from tasks import purge_runs, services


@shared_task(expires=10)
def run_due() -> None:
    """Tasks whose time has come. Every few seconds; two at once are harmless."""
    services.run_due()


@shared_task(name=purge_runs.GO_ON, expires=60)
def go_on(run_id: str) -> None:
    """A purge has begun, or has more to do."""
    purge_runs.go_on(uuid.UUID(run_id))
