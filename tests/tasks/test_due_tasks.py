"""Which tasks run when their time comes, once each, and what a task's row may hold."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from approvals.models import OutgoingMail
from core.alerts.models import Alert
from pmconsole.celery import app
from policies.models import Policy
from tasks.kinds import EmailReport
from tasks.models import Task, TaskRun
from tasks.services import run_due, schedule
from tests.at_once import at_once
from tests.factories import (
    DANA,
    LEE,
    make_smtp_server,
)
from tests.foreign_systems.scripted_server import ScriptedServer
from tests.tasks.making import make_due, make_task, run

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_due_task_runs_once_and_its_next_time_is_set(server: ScriptedServer) -> None:
    begin = timezone.now() - timedelta(hours=1)
    task = make_task(columns={"repeats": "daily", "starts_at": begin})
    schedule(task)
    task.save()
    assert task.next_run_at == begin + timedelta(days=1)
    assert run_due() == 0

    make_due(task)
    assert (run_due(), run_due()) == (1, 0)
    task.refresh_from_db()
    assert task.next_run_at == begin + timedelta(days=1)
    assert list(task.runs.values_list("by", "state")) == [("system: schedule", "finished")]


def test_times_missed_while_nothing_ran_are_made_up_for_by_one_run() -> None:
    make_smtp_server()
    begin = timezone.now() - timedelta(days=10, hours=1)
    task = make_task(columns={"repeats": "daily", "starts_at": begin})
    make_due(task, since=timedelta(days=5))
    assert (run_due(), run_due()) == (1, 0)
    task.refresh_from_db()
    assert task.next_run_at == begin + timedelta(days=11)


def test_a_task_for_once_runs_once_and_one_on_demand_never_by_itself() -> None:
    make_smtp_server()
    soon = timezone.now() + timedelta(hours=1)
    once = make_task(columns={"repeats": "once", "starts_at": soon})
    on_demand = make_task()
    for task in (once, on_demand):
        schedule(task)
        task.save()
    assert (once.next_run_at, on_demand.next_run_at) == (soon, None)

    Task.objects.filter(pk=once.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    make_due(once)
    assert (run_due(), run_due()) == (1, 0)
    once.refresh_from_db()
    assert once.next_run_at is None
    assert not on_demand.runs.exists()


def test_running_by_hand_leaves_the_schedule_alone() -> None:
    make_smtp_server()
    task = make_task(columns={"repeats": "daily", "starts_at": timezone.now() + timedelta(hours=1)})
    schedule(task)
    task.save()
    run(task)
    planned = task.next_run_at
    task.refresh_from_db()
    assert task.next_run_at == planned


def test_a_task_that_fails_does_not_stop_the_others() -> None:
    make_smtp_server()
    begin = timezone.now() - timedelta(hours=1)
    tasks = [
        make_task(columns={"repeats": "daily", "starts_at": begin}, **report)
        for report in ({"report": "gone"}, {"period_days": 10**12}, {})
    ]
    Task.objects.filter(pk=make_task(columns={"starts_at": begin}).pk).update(
        repeats="nonsense", next_run_at=timezone.now() - timedelta(hours=2)
    )
    for task in tasks:
        make_due(task)
    assert run_due() == 3
    assert [task.runs.get().state for task in tasks] == ["failed", "failed", "finished"]
    assert OutgoingMail.objects.count() == 1


def test_two_sweeps_at_once_run_a_task_once() -> None:
    make_smtp_server()
    begin = timezone.now() - timedelta(hours=1)
    tasks = [make_task(columns={"repeats": "daily", "starts_at": begin}) for _ in range(3)]
    for task in tasks:
        make_due(task)
    assert sum(at_once(*[run_due] * 4)) == 3
    assert TaskRun.objects.count() == OutgoingMail.objects.count() == 3


def test_a_run_whose_process_died_is_shown_as_failed() -> None:
    task = make_task()
    begun = timezone.now() - timedelta(minutes=16)
    lost = TaskRun.objects.create(task=task, started_at=begun, by="schedule")
    going_on = TaskRun.objects.create(task=task, started_at=timezone.now(), by="schedule")
    run_due()
    lost.refresh_from_db()
    going_on.refresh_from_db()
    assert (lost.state, going_on.state) == ("failed", "running")
    assert "interrupted" in lost.text
    assert Alert.objects.filter(key=f"task:{task.pk}").exists()


def test_what_a_task_uses_cannot_be_deleted() -> None:
    system, used = make_smtp_server(), Policy.objects.create(name="Installers")
    make_task(columns={"smtp_server": system, "policy": used})
    for item in (system, used):
        with pytest.raises(ProtectedError):
            item.delete()


@pytest.mark.parametrize("columns", [{"name": "MORNING round"}, {"repeats": "daily"}, {"every": 0}])
def test_the_database_refuses_what_is_no_task(columns: dict[str, Any]) -> None:
    make_task(columns={"name": "Morning round"})
    with pytest.raises(IntegrityError), transaction.atomic():
        make_task(columns=columns)


def test_settings_survive_the_row_and_unknown_ones_are_left_aside() -> None:
    task = make_task(to_addresses=(DANA, LEE), only_if_rows=True)
    task.settings = {**task.settings, "of_a_later_version": 1}
    task.save()
    task.refresh_from_db()
    assert task.typed == EmailReport("pending", "", (DANA, LEE), 7, only_if_rows=True)


def test_beat_asks_for_tasks_that_workers_know() -> None:
    app.loader.import_default_modules()
    asked = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "tasks.tasks.run_due" in asked
    assert asked <= set(app.tasks)
