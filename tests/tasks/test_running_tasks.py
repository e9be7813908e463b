"""E-mail tasks: the report goes out over a real SMTP server, and each run leaves its history."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from approvals.models import Decision, OutgoingMail
from approvals.outbox import send_due
from approvals.services import Decider, decide
from core.actors import Actor
from core.alerts.models import Alert
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import close_pools
from pmconsole.celery import app
from policies.models import Policy
from tasks.kinds import EMAIL_REPORT, EmailReport
from tasks.models import Task, TaskRun
from tasks.services import run_due, run_task, schedule
from tests.approvals.replies import bring_in
from tests.at_once import at_once
from tests.factories import (
    DANA,
    LEE,
    make_plea,
    make_request,
    make_smtp_server,
    make_user,
    set_advanced,
)
from tests.foreign_systems.scripted_server import ScriptedServer
from trial.mailbox import Opened
from trial.messages import read_message
from trial.models import CapturedMail

pytestmark = pytest.mark.django_db(transaction=True)
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


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as scripted:
        make_smtp_server(scripted.port)
        yield scripted
        close_pools()


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_report_reaches_each_recipient_over_smtp(server: ScriptedServer) -> None:
    request = make_request(to_addresses=(), reason="Need the <b>viewer</b>.")
    task = make_task(columns={"name": "Morning round"}, to_addresses=(DANA, LEE))
    done = run(task)
    send_due()

    messages = [parsed(raw) for raw in server.messages]
    assert sorted(str(message["To"]) for message in messages) == [DANA, LEE]
    for message in messages:
        assert message["Subject"] == "[pmconsole] Morning round: 1 row"
        assert message["From"] == "pmconsole approvals <approvals@pm.example.com>"
        assert message["Auto-Submitted"] == "auto-generated"
        text = text_of(message)
        assert "Report: Pending Approval Requests\n" in text
        assert f"Request: {request}\n" in text
        assert "Policy: all policies\n" in text
        html = text_of(message, "html")
        assert "Need the &lt;b&gt;viewer&lt;/b&gt;." in html
        assert f'href="{settings.PUBLIC_URL}/approvals/{request}/"' in html
    assert (done.state, done.text, done.by) == (
        "finished",
        "1 row to 2 addresses",
        "system: Dana Whitfield",
    )
    assert set(OutgoingMail.objects.values_list("purpose", "state", "request")) == {
        ("report", "sent", None)
    }


def test_a_report_asks_nobody_anything_and_an_answer_to_it_decides_nothing(
    server: ScriptedServer,
) -> None:
    request = make_request(to_addresses=(DANA,))
    OutgoingMail.objects.all().delete()
    run(make_task())
    send_due()
    (sent,) = map(parsed, server.messages)
    assert sent["Reply-To"] is None
    assert "/d/" not in text_of(sent) + text_of(sent, "html")

    answer = EmailMessage()
    answer["Authentication-Results"] = "mx.example.com; dmarc=pass header.from=example.com"
    answer["From"], answer["To"] = DANA, str(sent["From"])
    answer["In-Reply-To"] = str(sent["Message-ID"])
    answer["Message-ID"] = "<answer@example.com>"
    answer.set_content("APPROVE")
    assert bring_in(answer.as_bytes()).outcome == "unmatched"
    request.refresh_from_db()
    assert request.is_pending


def test_the_trial_mailbox_offers_no_answer_to_a_report(server: ScriptedServer) -> None:
    run(make_task())
    send_due()
    opened = Opened(CapturedMail(recipient=DANA), read_message(server.messages[0]))
    assert opened.approval_request is None
    assert opened.decision_link == ""
    assert [label for label, _ in opened.facts] == ["From", "To"]


def test_a_tasks_own_sender_and_server_are_used(server: ScriptedServer) -> None:
    with ScriptedServer() as other:
        ForeignSystem.objects.update(is_default=False)
        chosen = make_smtp_server(other.port)
        run(make_task(columns={"smtp_server": chosen}, from_address="reports@example.com"))
        send_due()
        close_pools()
        assert [parsed(raw)["From"] for raw in other.messages] == [
            "pmconsole approvals <reports@example.com>"
        ]
    assert server.messages == []


def test_without_rows_nothing_is_sent_if_the_task_says_so(server: ScriptedServer) -> None:
    assert run(make_task(only_if_rows=True)).text == "No rows: nothing was sent"
    assert run(make_task()).text == "0 rows to 1 address"
    send_due()
    (message,) = map(parsed, server.messages)
    assert str(message["Subject"]).endswith(": 0 rows")


def test_a_report_keeps_to_the_tasks_policy_and_period(server: ScriptedServer) -> None:
    chosen = Policy.objects.create(name="Installers")
    decider = Decider("console", user=make_user())
    numbers = []
    for policy_id in (chosen.pk, chosen.pk, make_plea().policy_id):
        request = make_request(plea=make_plea(policy_id=policy_id), to_addresses=())
        decide(number=request.number, decider=decider, answer="deny")
        numbers.append(str(request))
    old = timezone.now() - timedelta(days=2)
    Decision.objects.filter(request__number=int(numbers[1].removeprefix("PM-"))).update(at=old)
    task = make_task(columns={"policy": chosen}, report="decisions", period_days=1)
    assert run(task).text == "1 row to 1 address"
    send_due()

    text = text_of(parsed(server.messages[-1]))
    assert "Policy: Installers\n" in text
    assert "Period: " in text
    assert [number for number in numbers if f"Request: {number}\n" in text] == numbers[:1]


def test_at_most_a_hundred_rows_are_mailed_and_the_rest_is_counted(
    server: ScriptedServer,
) -> None:
    set_advanced(openings_per_computer=200)
    for number in range(103):
        make_request(plea=make_plea(account=f"user{number}"), to_addresses=())
    run(make_task())
    send_due()
    (message,) = map(parsed, server.messages)
    assert "103 rows" in str(message["Subject"])
    for kind in ("plain", "html"):
        assert "Rows left out: 3 more; see Reports in the console." in text_of(message, kind)
    assert text_of(message).count("\nRow ") == 100


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        ({"report": "gone"}, "The report “gone” no longer exists."),
        ({"to_addresses": ()}, "It has no recipients. Enter at least one To Address."),
        (
            {"to_addresses": ("dana@@x",)},
            "“dana@@x” isn't a valid email address. Correct To Address.",
        ),
        ({"to_addresses": ("d@x.org\r\nBcc: m@x.org",)}, "[U+000D][U+000A]Bcc"),
        ({"from_address": "nobody"}, "“nobody” isn't a valid email address. Correct From Address."),
        (
            {"period_days": 10**12},
            "An internal error stopped it (OverflowError). See the log for details.",
        ),
    ],
)
def test_a_run_that_fails_says_why_and_alerts(report: dict[str, Any], sentence: str) -> None:
    make_smtp_server()
    task = make_task(**report)
    failed = run(task)

    assert failed.state == "failed"
    assert sentence in failed.text
    assert failed.ended_at is not None
    alert = Alert.objects.get(key=f"task:{task.pk}")
    assert alert.text == f"The task {task.name} failed. {failed.text}"
    assert alert.link == ""
    assert not OutgoingMail.objects.exists()


def test_a_task_without_any_sender_says_where_to_name_one() -> None:
    system = make_smtp_server()
    system.settings = {**system.settings, "from_address": ""}
    system.save()
    assert "a Default From for" in run(make_task()).text


def test_a_task_of_an_unknown_kind_fails_with_a_sentence() -> None:
    assert "“dance”" in run(make_task(columns={"kind": "dance"})).text


def test_the_alert_goes_when_the_task_succeeds_again() -> None:
    make_smtp_server()
    task = make_task(report="gone")
    run(task)
    task.settings = EmailReport(report="pending", to_addresses=(DANA,)).to_json()
    task.save()
    run(task)
    assert Alert.objects.get(key=f"task:{task.pk}").closed_at is not None


def test_a_refused_report_is_failed_and_shown_like_any_mail() -> None:
    with ScriptedServer({"RCPT": "550 5.1.1 no such user"}) as scripted:
        make_smtp_server(scripted.port)
        run(make_task())
        send_due()
        close_pools()
    mail = OutgoingMail.objects.get()
    assert mail.state == "failed"
    assert "no such user" in Alert.objects.get(key=f"mail:{mail.pk}").text


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
