"""The verbs of tasks: scheduling one, running one, and running all whose time has come."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from core.actors import Actor
from core.hints import hint
from tasks import purge_runs, runs
from tasks.email_reports import CannotRun, send_report
from tasks.kinds import EMAIL_REPORT, PURGE
from tasks.models import Task, TaskRun
from tasks.schedule import next_run

BY_SCHEDULE = Actor.of_system("schedule")
INTERRUPTED_AFTER = timedelta(minutes=15)  # a report takes seconds; its process must have died
# What happened is looked at this much later: its time is noted before anybody can see it.
SETTLED_AFTER: Final = timedelta(seconds=10)
TRY_AGAIN_AFTER: Final = timedelta(minutes=15)  # a report at once that couldn't be sent
State, Repeats = TaskRun.State, Task.Repeats
log = structlog.get_logger(__name__)


def schedule(task: Task) -> None:
    """Set when `task` runs next, from its schedule columns. Used when it is saved; saves nothing."""
    now = timezone.now()
    if task.repeats == Repeats.AT_ONCE:
        task.next_run_at, task.told_until = now, task.told_until or now
    else:
        task.next_run_at, task.told_until = _next(task, now), None


def run_task(*, task_id: UUID, by: Actor) -> TaskRun:
    """Run a task now, for `by`; its schedule stays. Raises Task.DoesNotExist.

    A report is queued when this returns; a purge has begun, and a worker goes on with it. A run that
    fails raises nothing: its TaskRun says what went wrong, and administrators are told.
    """
    with transaction.atomic():
        task = Task.objects.select_for_update().get(pk=task_id)  # nobody deletes it in between
        run = runs.begin(task, by=by)
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
            if task.repeats == Repeats.AT_ONCE:
                ran += _tell_at_once(task)
            elif run := _claim(task):
                _carry_out(run)
                ran += 1
        except Exception:  # one task that cannot be dealt with shall not hold up the others
            log.exception("task_not_run", task=str(task.pk))
    purge_runs.go_on_with_all()
    return ran


def _next(task: Task, after: datetime) -> datetime | None:
    zone = timezone.get_default_timezone()
    return next_run(task.repeats, task.every, task.starts_at, after=after, zone=zone)


def _as_read(task: Task) -> QuerySet[Task]:
    """The task, unless somebody has taken this turn of it."""
    return Task.objects.filter(pk=task.pk, next_run_at=task.next_run_at)


def _claim(task: Task) -> TaskRun | None:
    """Take this run of the task: its next time is set and the run recorded, or somebody else has it."""
    assert task.next_run_at is not None
    # Never again the same time, even if our clock is behind the database's.
    following = _next(task, max(timezone.now(), task.next_run_at))
    with transaction.atomic():
        if not _as_read(task).update(next_run_at=following):
            return None
        return runs.begin(task, by=BY_SCHEDULE)


def _carry_out(run: TaskRun) -> TaskRun:
    """Do what the task says. What it queues and that it has finished are one transaction."""
    if run.task.kind == PURGE:
        transaction.on_commit(lambda: hint(purge_runs.GO_ON, str(run.pk)))
        return run
    try:
        with transaction.atomic():
            if run.task.kind != EMAIL_REPORT:
                raise CannotRun(f"This version can't run tasks of the kind “{run.task.kind}”.")
            sent = send_report(run.task)
            if sent is None:
                runs.finish(run, "No rows: nothing was sent")
            else:
                run.mails.set(sent.mails)
                runs.finish(run, sent.text)
    except Exception as error:
        runs.fail(run, error)
    return run


def _tell_at_once(task: Task) -> bool:
    """Send what happened since the last time; whether there was a run.

    Nothing is recorded of a look that finds nothing: there is one every few seconds. What can't be
    sent is looked at again later.
    """
    now = timezone.now()
    until = now - SETTLED_AFTER
    assert task.told_until is not None
    if until <= task.told_until:
        return False
    try:
        with transaction.atomic():
            if not _as_read(task).update(next_run_at=now, told_until=until):
                return False  # another process looks
            sent = send_report(task, since=task.told_until, until=until)
            if sent is None:
                return False
            run = runs.begin(task, by=BY_SCHEDULE)
            run.mails.set(sent.mails)
            runs.finish(run, sent.text)
            pause = now + timedelta(minutes=task.every)
            Task.objects.filter(pk=task.pk).update(next_run_at=pause)
    except Exception as error:
        if _as_read(task).update(next_run_at=now + TRY_AGAIN_AFTER):
            runs.fail(runs.begin(task, by=BY_SCHEDULE), error)
    return True


def _fail_interrupted() -> None:
    """Runs that never ended: the process that carried them out has died. A purge goes on."""
    left = (
        TaskRun.objects.filter(state=State.RUNNING, started_at__lte=Now() - INTERRUPTED_AFTER)
        .exclude(task__kind=PURGE)
        .select_related("task")
    )
    for run in left:
        runs.fail(run, "It was interrupted and sent nothing. Run the task again.")
