"""The verbs of tasks: scheduling one, running one, and running all whose time has come."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from core.alerts.services import close_alerts, raise_alert
from tasks.email_reports import CannotRun, send_report
from tasks.kinds import EMAIL_REPORT
from tasks.models import Task, TaskRun
from tasks.schedule import next_run

BY_SCHEDULE = "schedule"
INTERRUPTED_AFTER = timedelta(minutes=15)  # a run takes seconds; its process must have died
_KINDS = {EMAIL_REPORT: send_report}
State = TaskRun.State
log = structlog.get_logger(__name__)


def schedule(task: Task) -> None:
    """Set when `task` runs next, from its schedule columns. Used when it is saved; saves nothing."""
    task.next_run_at = next_run(
        task.repeats,
        task.every,
        task.starts_at,
        after=timezone.now(),
        zone=timezone.get_default_timezone(),
    )


def run_task(*, task_id: UUID, by: str) -> TaskRun:
    """Run a task now, for the person named `by`; its schedule stays. Raises Task.DoesNotExist.

    A run that fails raises nothing: its TaskRun says what went wrong, and administrators are told.
    """
    with transaction.atomic():
        task = Task.objects.select_for_update().get(pk=task_id)  # nobody deletes it in between
        run = _begin(task, by=by)
    return _carry_out(run)


def run_due() -> int:
    """Run the tasks whose time has come, and say how many this process ran.

    Each is claimed by a conditional UPDATE, so two sweeps at once are harmless. Times that passed
    while nothing ran are made up for by one run; the next one is counted from now.
    """
    _fail_interrupted()
    due = Task.objects.filter(next_run_at__lte=Now()).order_by("next_run_at", "id")
    ran = 0
    for task in list(due):
        try:
            run = _claim(task)
            if run is not None:
                _carry_out(run)
                ran += 1
        except Exception:  # one task that cannot be dealt with shall not hold up the others
            log.exception("task_not_run", task=str(task.pk))
    return ran


def _claim(task: Task) -> TaskRun | None:
    """Take this run of the task: its next time is set and the run recorded, or somebody else has it."""
    assert task.next_run_at is not None
    # Never again the same time, even if our clock is behind the database's.
    after = max(timezone.now(), task.next_run_at)
    following = next_run(
        task.repeats, task.every, task.starts_at, after=after, zone=timezone.get_default_timezone()
    )
    with transaction.atomic():
        mine = Task.objects.filter(pk=task.pk, next_run_at=task.next_run_at)
        if not mine.update(next_run_at=following):
            return None
        return _begin(task, by=BY_SCHEDULE)


def _begin(task: Task, *, by: str) -> TaskRun:
    return TaskRun.objects.create(task=task, started_at=timezone.now(), by=by[:254])


def _carry_out(run: TaskRun) -> TaskRun:
    """Do what the task says. What it queues and that it has finished are one transaction."""
    try:
        with transaction.atomic():
            work = _KINDS.get(run.task.kind)
            if work is None:
                raise CannotRun(f"This version can't run tasks of the kind “{run.task.kind}”.")
            _end(run, State.FINISHED, work(run.task))
        close_alerts(prefix=_alert_key(run))
    except CannotRun as reason:
        _fail(run, str(reason))
    except Exception as error:
        log.exception("task_failed", task=str(run.task_id))
        _fail(
            run, f"An internal error stopped it ({type(error).__name__}). See the log for details."
        )
    log.info("task_run", task=str(run.task_id), state=run.state)
    return run


def _end(run: TaskRun, state: str, text: str) -> None:
    """Record the end. By UPDATE: a task that was deleted meanwhile took its runs with it."""
    run.state, run.text, run.ended_at = state, text[:500], timezone.now()
    TaskRun.objects.filter(pk=run.pk).update(state=state, text=run.text, ended_at=run.ended_at)


def _fail(run: TaskRun, text: str) -> None:
    _end(run, State.FAILED, text)
    raise_alert(key=_alert_key(run), text=f"The task {run.task} failed. {text}")


def _alert_key(run: TaskRun) -> str:
    return f"task:{run.task_id}"


def _fail_interrupted() -> None:
    """Runs that never ended: the process that carried them out has died."""
    left = TaskRun.objects.filter(
        state=State.RUNNING, started_at__lte=Now() - INTERRUPTED_AFTER
    ).select_related("task")
    for run in left:
        _fail(run, "It was interrupted and sent nothing. Run the task again.")
