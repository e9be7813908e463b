"""The pages of e-mail tasks: making one, its schedule, running it, its history."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from approvals.models import OutgoingMail
from core.actors import Actor
from items.author import Author
from items.family import family_of
from items.services import save_item
from items.values import as_data, posted
from tasks.models import Task, TaskRun
from tests.factories import make_smtp_server, signed_in

pytestmark = pytest.mark.django_db
TASKS = "/tasks/email-tasks/"


def make_task() -> Task:
    make_smtp_server()
    client = signed_in()
    data = {"name": "Decisions", "report": "decisions", "to_addresses": "team@example.com"}
    client.post(f"{TASKS}create/", data)
    return Task.objects.get()


def save(client: Client, task: Task, **changes: str) -> str:
    task.refresh_from_db()
    form = family_of(task).form_of(task)
    data = as_data(posted(form), version=str(task.version), **changes)
    response = client.post(f"{TASKS}{task.pk}/", dict(data.lists()), follow=True)
    task.refresh_from_db()
    return html.unescape(response.content.decode())


def test_a_new_task_runs_only_on_demand() -> None:
    task = make_task()
    assert (task.kind, task.repeats, task.next_run_at) == ("email_report", "none", None)
    assert task.typed.to_addresses == ("team@example.com",)


def test_the_form_says_which_reports_leave_policy_and_period_aside() -> None:
    page = html.unescape(signed_in().get(f"{TASKS}{make_task().pk}/").content.decode())
    assert "Signed Audit Heads and Undelivered Mail always cover everything." in page
    assert "such as Active Grants, have no period." in page


def test_saving_a_schedule_says_when_it_runs_next() -> None:
    task = make_task()
    save(signed_in(), task, repeats="weekly", every="2", starts_at="2030-01-07T09:00")
    assert task.next_run_at == datetime(2030, 1, 7, 9, tzinfo=UTC)


def test_taking_the_schedule_away_stops_it() -> None:
    task, client = make_task(), signed_in()
    save(client, task, repeats="daily", starts_at="2030-01-07T09:00")
    save(client, task, repeats="none")
    assert task.next_run_at is None


def test_a_schedule_without_a_start_is_refused() -> None:
    assert "Enter when the first run should start." in save(
        signed_in(), make_task(), repeats="daily"
    )


def test_once_in_the_past_is_refused() -> None:
    page = save(signed_in(), make_task(), repeats="once", starts_at="2020-01-07T09:00")
    assert "Starting is in the past, so it would never run." in page


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Oslo"])
@pytest.mark.parametrize(
    "start",
    ["0001-01-01T00:00", "9999-12-31T23:59", "1999-12-31T23:59", "2200-01-01T00:00"],
)
@pytest.mark.parametrize("repeats", ["none", "once", "daily", "monthly"])
def test_a_start_at_the_end_of_the_calendar_is_refused(
    settings: LazySettings, zone: str, start: str, repeats: str
) -> None:
    settings.TIME_ZONE = zone
    page = save(signed_in(), make_task(), repeats=repeats, starts_at=start)
    assert "Starting: enter a year from 2000 to 2199" in page
    assert Task.objects.get().starts_at is None


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_a_start_in_the_last_year_gives_pages_and_no_trouble(
    settings: LazySettings, zone: str
) -> None:
    settings.TIME_ZONE = zone
    task, client = make_task(), signed_in()
    save(client, task, repeats="monthly", every="366", starts_at="2199-12-31T23:59")
    assert task.next_run_at is not None
    for page in ("", "history/", "duplicate/"):
        assert client.get(f"{TASKS}{task.pk}/{page}").status_code == 200


def test_a_task_that_ran_once_can_be_renamed_and_duplicated() -> None:
    task, client = make_task(), signed_in()
    ran_at = datetime(2020, 1, 7, 9, 0, 30, 5, tzinfo=UTC)
    Task.objects.update(repeats="once", starts_at=ran_at)
    assert "Saved." in save(client, task, name="Decisions of 2020")
    assert (task.name, task.next_run_at, task.repeats) == ("Decisions of 2020", None, "once")

    client.post(f"{TASKS}{task.pk}/duplicate/", {"name": "The copy"})
    copy = Task.objects.get(name="The copy")
    assert (copy.repeats, copy.next_run_at) == ("once", None)
    assert copy.starts_at == ran_at.replace(second=0, microsecond=0)
    assert "in the past" in save(client, task, starts_at="2020-01-08T09:00")
    assert "in the past" in save(client, copy, every="2")


def test_a_task_that_is_due_stays_due_when_it_is_renamed() -> None:
    task, client = make_task(), signed_in()
    due = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=5)
    Task.objects.update(repeats="once", starts_at=due, next_run_at=due)
    save(client, task, name="Renamed")
    assert (task.name, task.next_run_at) == ("Renamed", due)


def test_saving_what_a_sweep_has_just_claimed_makes_it_run_no_second_time() -> None:
    task = make_task()
    due = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=5)
    Task.objects.update(repeats="once", starts_at=due, next_run_at=due)
    task.refresh_from_db()
    form = family_of(task).form_of(
        task, as_data(posted(family_of(task).form_of(task)), version="1", name="Renamed")
    )
    assert form.is_valid(), form.errors
    Task.objects.update(next_run_at=None)  # the sweep's claim
    save_item(form, by=Author(Actor.of_system("Sam Ortega")))
    task.refresh_from_db()
    assert (task.name, task.next_run_at) == ("Renamed", None)


def test_a_start_that_is_no_time_is_refused_with_an_example() -> None:
    page = save(signed_in(), make_task(), repeats="daily", starts_at="tomorrow")
    assert "Starting isn't a date and time." in page
    assert 'value="tomorrow"' in page


def test_a_report_that_is_gone_is_refused_at_its_field() -> None:
    page = save(signed_in(), make_task(), report="made-up")
    assert "this report no longer exists" in page


def test_a_task_whose_report_is_gone_says_so_in_the_list() -> None:
    task = make_task()
    Task.objects.update(settings={**task.settings, "report": "gone"})
    assert "The report no longer exists." in signed_in().get(TASKS).content.decode()


def test_run_task_sends_at_once_and_leaves_a_line_of_history() -> None:
    task, client = make_task(), signed_in()
    page = client.post(f"{TASKS}{task.pk}/run/", follow=True).content.decode()
    assert "Finished. 0 rows to 1 address" in page
    assert task.runs.count() == 1
    assert OutgoingMail.objects.get().recipient == "team@example.com"


def test_what_was_sent_is_not_shown_to_a_platforms_administrator() -> None:
    task = make_task()
    signed_in().post(f"{TASKS}{task.pk}/run/")
    run = f"{TASKS}{task.pk}/task-history/?run={task.runs.get().pk}"
    said = "What was sent"
    assert said in signed_in("Auditors").get(run).content.decode()
    page = signed_in("Windows Administrators").get(run).content.decode()
    assert "team@example.com" in page
    assert said not in page


def test_who_may_only_look_cannot_run_it() -> None:
    task = make_task()
    for role in ("Auditors", "Helpdesk", "Users"):
        client = signed_in(role)
        assert client.get(f"{TASKS}{task.pk}/task-history/").status_code == 200
        assert client.post(f"{TASKS}{task.pk}/run/").status_code == 403
    assert not task.runs.exists()


def test_running_it_does_not_change_its_schedule_or_version() -> None:
    task, client = make_task(), signed_in()
    save(client, task, repeats="daily", starts_at="2030-01-07T09:00")
    before = (task.version, task.next_run_at)
    client.post(f"{TASKS}{task.pk}/run/")
    task.refresh_from_db()
    assert (task.version, task.next_run_at) == before


def test_task_history_is_searched_narrowed_sorted_and_downloaded() -> None:
    task, client = make_task(), signed_in()
    for hour, state, text in ((1, "finished", "Sent to dana"), (2, "failed", "No sender")):
        at = datetime(2026, 11, 2, hour, tzinfo=UTC)
        TaskRun.objects.create(task=task, started_at=at, state=state, text=text, by="sam")
    address = f"{TASKS}{task.pk}/task-history/"

    def results(**query: str) -> list[str]:
        page = client.get(address, query).content.decode()
        return re.findall("Sent to dana|No sender", page)

    assert results() == results(q="sam") == ["No sender", "Sent to dana"]
    assert results(sort="started_at") == ["Sent to dana", "No sender"]
    assert results(q="DANA") == results(state="finished") == ["Sent to dana"]
    assert results(**{"from": "2026-11-03"}) == []
    file = client.get(address, {"format": "csv", "state": "failed"})
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert [line.split(",")[1:] for line in lines[1:]] == [["sam", "Failed", "No sender"]]


def test_task_history_asks_again_only_while_something_runs() -> None:
    task, client = make_task(), signed_in()
    run = TaskRun.objects.create(task=task, started_at=timezone.now(), by="sam")
    address, asks = f"{TASKS}{task.pk}/task-history/", {"HX-Request": "true"}
    assert b"every 2s" in client.get(address).content
    assert client.get(address, headers=asks).status_code == 200
    TaskRun.objects.filter(pk=run.pk).update(state="finished")
    assert client.get(address, headers=asks).status_code == 286
    assert b"every 2s" not in client.get(address).content
