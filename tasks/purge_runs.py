"""The work of a purge: in slices, so that a worker's other tasks get their turns in between.

Its row says how far it has come, so any worker goes on with it, also with one whose worker has died.
"""

import time
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from core.actors import Actor, ActorKind
from core.hints import hint
from tasks.kinds import PURGE, Purge
from tasks.models import Task, TaskRun
from tasks.purging import PURGEABLE, Purgeable, count, end_purge, purge_batch
from tasks.runs import fail, finish

GO_ON: Final = "tasks.tasks.go_on"
SLICE: Final = 3.0  # seconds of work until other tasks get their turn
LEASE: Final = timedelta(minutes=2)


def go_on(run_id: UUID, *, seconds: float = SLICE) -> None:
    """Delete for about `seconds`, unless somebody else does or it's over; then hint the next slice."""
    running = TaskRun.objects.filter(pk=run_id, state=TaskRun.State.RUNNING)
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=Now())
    if not running.filter(free).update(leased_until=Now() + LEASE):
        return
    run = running.select_related("task").first()
    if run is None:  # its task was just deleted
        return
    try:
        is_over = _slice(run, time.monotonic() + seconds)
    except Exception as error:
        with transaction.atomic():
            fail(run, error)
            _record_end(run)
        return
    if is_over:
        what, before = purge_of(run.task, run.started_at)
        with transaction.atomic():
            finish(run, f"Deleted {what.counted(run.done)} from before {before:%-d %b %Y}")
            _record_end(run)
    elif running.update(leased_until=None):
        hint(GO_ON, str(run_id))


def go_on_with_all() -> None:
    """Those at which nobody works: a hint was lost, or a worker died."""
    running = TaskRun.objects.filter(state=TaskRun.State.RUNNING, task__kind=PURGE)
    for run_id in list(running.values_list("pk", flat=True)):
        go_on(run_id)


def purge_of(task: Task, now: datetime) -> tuple[Purgeable, datetime]:
    """What a run of `task` that begins `now` deletes, and from before which moment."""
    settings: Purge = task.typed
    what = PURGEABLE[settings.what]
    return what, what.before(settings.older_than, now)


def would_delete(task: Task, now: datetime) -> str:
    """What a run would delete, counted and in words."""
    what, before = purge_of(task, now)
    return count(what, before)


def _slice(run: TaskRun, end: float) -> bool:
    """Delete batches until the time is over; whether nothing is left."""
    what, before = purge_of(run.task, run.started_at)
    kept = TaskRun.objects.filter(pk=run.pk, state=TaskRun.State.RUNNING)
    while time.monotonic() < end or not run.done:
        with transaction.atomic():  # whatever stops it, what is gone was counted
            deleted = purge_batch(what, before, by=_actor(run), done=run.done)
            run.done += deleted
            text = f"Deleted {what.counted(run.done)} so far"
            still = kept.update(done=run.done, text=text, leased_until=Now() + LEASE)
        if not deleted:
            return True
        if not still:
            return False
    return False


def _record_end(run: TaskRun) -> None:
    what, before = purge_of(run.task, run.started_at)
    end_purge(what, before, by=_actor(run), done=run.done)


def _actor(run: TaskRun) -> Actor:
    return Actor(ActorKind(run.by_kind), run.by_id, run.by, run.by)
