"""A report at once: what happens is mailed within seconds, each thing once, and no flood of mails."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from approvals.models import OutgoingMail
from core.alerts.models import Alert
from policies.models import Policy, PolicyEvent
from tasks.kinds import EMAIL_REPORT, EmailReport
from tasks.models import Task, TaskRun
from tasks.services import SETTLED_AFTER, run_due, schedule
from tests.at_once import at_once
from tests.factories import DANA, make_smtp_server, signed_in
from tests.items.makers import save
from tests.policies.events import make_computer, make_event

pytestmark = pytest.mark.django_db
A_WHILE = SETTLED_AFTER + timedelta(seconds=1)


def make_alert(*, every: int = 1, policy: Policy | None = None, **report: Any) -> Task:
    """A task that has been telling dana of policy events for an hour."""
    settings = EmailReport(**{"report": "events", "to_addresses": (DANA,), **report})
    task = Task(
        name="Alert",
        kind=EMAIL_REPORT,
        settings=settings.to_json(),
        repeats="at_once",
        every=every,
        policy=policy,
    )
    schedule(task)
    task.told_until = timezone.now() - timedelta(hours=1)
    task.save()
    return task


def let_pass(task: Task, span: timedelta) -> None:
    """As if it were so much later: the rows move, not the clock."""
    task.refresh_from_db()
    assert task.next_run_at
    assert task.told_until
    Task.objects.filter(pk=task.pk).update(
        next_run_at=task.next_run_at - span, told_until=task.told_until - span
    )
    for event in PolicyEvent.objects.all():
        late_at = event.late_at and event.late_at - span
        PolicyEvent.objects.filter(pk=event.pk).update(at=event.at - span, late_at=late_at)


def texts() -> list[str]:
    mails = OutgoingMail.objects.order_by("created_at")
    return [mail.draft.text.replace("\xa0", " ") for mail in mails]


def test_an_event_is_mailed_with_its_user_computer_program_and_verdict() -> None:
    make_smtp_server()
    policy = Policy.objects.create(name="No tools", priority=1)
    task = make_alert(policy=policy)
    make_event(make_computer("WS-014"), policy, verdict="deny", file_name="psexec.exe")
    make_event(make_computer("WS-015"), file_name="other.exe")  # of no policy
    let_pass(task, A_WHILE)
    assert run_due() == 1
    (text,) = texts()
    for line in (
        "User: EXAMPLE\\alice",
        "Computer: WS-014",
        "Program: C:\\Users\\alice\\psexec.exe",
        "Command Line: psexec.exe /S",
        "Verdict: Denied",
        "Policy: No tools",
    ):
        assert f"{line}\n" in text
    assert "other.exe" not in text
    run = TaskRun.objects.get()
    assert (run.state, run.text) == ("finished", "1 row to 1 address")


def test_looking_without_finding_anything_leaves_no_run() -> None:
    make_smtp_server()
    make_alert()
    assert run_due() == 0
    assert not TaskRun.objects.exists()


def test_each_event_is_told_once_and_a_flood_goes_into_the_next_mail() -> None:
    make_smtp_server()
    task = make_alert(every=5)
    make_event(file_name="first.exe")
    let_pass(task, A_WHILE)
    run_due()
    for number in range(3):
        make_event(file_name=f"later{number}.exe")
    let_pass(task, timedelta(minutes=1))
    run_due()
    assert len(texts()) == 1
    let_pass(task, timedelta(minutes=4))
    run_due()
    run_due()
    _, second = texts()
    assert second.count("Program: ") == 3
    assert "first.exe" not in second


def test_what_an_agent_decided_alone_is_told_once_when_it_tells() -> None:
    make_smtp_server()
    task = make_alert()
    happened = timezone.now() - timedelta(hours=5)
    make_event(file_name="offline.exe", at=happened, late_at=timezone.now() - A_WHILE)
    let_pass(task, A_WHILE)
    run_due()
    let_pass(task, timedelta(minutes=5))
    run_due()
    (text,) = texts()
    assert "offline.exe" in text


def test_what_cannot_be_sent_is_told_when_the_task_is_mended() -> None:
    make_smtp_server()
    task = make_alert(to_addresses=())
    make_event()
    let_pass(task, A_WHILE)
    for _ in range(3):
        run_due()
    assert TaskRun.objects.get().state == "failed"
    assert "Enter at least one To Address." in Alert.objects.get(closed_at=None).text
    task.settings = EmailReport(report="events", to_addresses=(DANA,)).to_json()
    Task.objects.filter(pk=task.pk).update(settings=task.settings)
    let_pass(task, timedelta(minutes=15))
    run_due()
    assert len(texts()) == 1
    assert not Alert.objects.filter(closed_at=None).exists()


def test_saving_the_task_again_neither_repeats_nor_loses_anything() -> None:
    task = make_alert()
    told = task.told_until
    assert "Saved." in save(signed_in(), task, every="7")
    assert (task.every, task.told_until) == (7, told)
    save(signed_in(), task, repeats="none")
    assert (task.next_run_at, task.told_until) == (None, None)


def test_only_a_report_of_what_happens_can_be_sent_at_once() -> None:
    task = make_alert()
    page = save(signed_in(), task, report="pending")
    assert "Repeats: only these reports can be sent at once:" in page


def test_task_history_opens_what_was_sent() -> None:
    make_smtp_server()
    task = make_alert()
    make_event(file_name="seen.exe")
    let_pass(task, A_WHILE)
    run_due()
    client, address = signed_in("Users"), f"/tasks/email-tasks/{task.pk}/task-history/"
    run = TaskRun.objects.get()
    assert f'<a href="?run={run.pk}">' in client.get(address).content.decode()
    page = client.get(f"{address}?run={run.pk}").content.decode()
    assert f"To {DANA}" in page
    assert "seen.exe" in page
    for wrong in ("x", "00000000-0000-7000-8000-000000000000"):
        assert client.get(f"{address}?run={wrong}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_time_send_one_mail() -> None:
    make_smtp_server()
    task = make_alert(every=5)
    make_event()
    let_pass(task, A_WHILE)
    at_once(*[run_due] * 4)
    assert TaskRun.objects.count() == OutgoingMail.objects.count() == 1
