"""A run of a task: its beginning, its end, and its alert if it failed."""

import structlog
from django.utils import timezone

from core.actors import Actor
from core.alerts.services import close_alerts, raise_alert
from tasks.email_reports import CannotRun
from tasks.models import Task, TaskRun

State = TaskRun.State
log = structlog.get_logger(__name__)


def begin(task: Task, *, by: Actor) -> TaskRun:
    return TaskRun.objects.create(task=task, started_at=timezone.now(), **by.columns("by"))


def finish(run: TaskRun, text: str) -> None:
    _end(run, State.FINISHED, text)
    close_alerts(prefix=_alert_key(run))


def fail(run: TaskRun, error: Exception | str) -> None:
    """Record why; administrators are told, and of an internal error the log has more."""
    if isinstance(error, Exception) and not isinstance(error, CannotRun):
        log.error("task_failed", task=str(run.task_id), exc_info=error)
        name = type(error).__name__
        error = f"An internal error stopped it ({name}). See the log for details."
    _end(run, State.FAILED, str(error))
    raise_alert(key=_alert_key(run), text=f"The task {run.task} failed. {error}")


def _end(run: TaskRun, state: str, text: str) -> None:
    """By UPDATE: a task that was deleted meanwhile took its runs with it."""
    run.state, run.text, run.ended_at = state, text[:500], timezone.now()
    run.leased_until = None
    TaskRun.objects.filter(pk=run.pk).update(
        state=state, text=run.text, ended_at=run.ended_at, leased_until=None
    )
    log.info("task_run", task=str(run.task_id), state=state)


def _alert_key(run: TaskRun) -> str:
    return f"task:{run.task_id}"
