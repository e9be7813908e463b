"""What beat and hints ask for on behalf of tasks."""

import uuid

from celery import shared_task

from core.alerts.services import close_alerts, raise_alert
from core.audit.heads import anchor_if_due
from tasks import purge_runs, services

ANCHOR_FAILED = "audit:anchor"


@shared_task
def run_due() -> None:
    """Tasks whose time has come. Every few seconds; two at once are harmless."""
    services.run_due()


@shared_task(name=purge_runs.GO_ON)
def go_on(run_id: str) -> None:
    """A purge has begun, or has more to do."""
    purge_runs.go_on(uuid.UUID(run_id))


@shared_task
def anchor_audit() -> None:
    """Once a day, the audit trail's signed head goes to the log and to AUDIT_ANCHOR_FILE."""
    try:
        if anchor_if_due():
            close_alerts(prefix=ANCHOR_FAILED)
    except OSError as error:
        raise_alert(
            key=ANCHOR_FAILED,
            text=f"The audit trail's signed head can't be written to AUDIT_ANCHOR_FILE: "
            f"{error.strerror}. Correct the path, or make it writable for the worker.",
        )
