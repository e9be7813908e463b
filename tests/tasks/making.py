"""Tasks of a test, and how they are run."""

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from core.actors import Actor
from tasks.kinds import EMAIL_REPORT, EmailReport
from tasks.models import Task, TaskRun
from tasks.services import run_task
from tests.factories import (
    DANA,
)

_numbers = itertools.count(1)


def make_task(*, columns: dict[str, Any] | None = None, **report: Any) -> Task:
    """A task that mails the pending requests to dana, unless `report` says otherwise."""
    typed = EmailReport(**{"report": "pending", "to_addresses": (DANA,), **report})
    values = {"name": f"Task {next(_numbers)}", "kind": EMAIL_REPORT, **(columns or {})}
    return Task.objects.create(settings=typed.to_json(), **values)


def make_due(task: Task, *, since: timedelta = timedelta(seconds=1)) -> None:
    """Let its time come: the row moves, not the clock."""
    Task.objects.filter(pk=task.pk).update(next_run_at=timezone.now() - since)


def run(task: Task) -> TaskRun:
    return run_task(task_id=task.pk, by=Actor.of_system("Dana Whitfield"))
