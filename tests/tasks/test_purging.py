"""Purge tasks: what is old goes for good, counted first, recorded, and nothing that is still needed."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from agents.models import OfflineApproval
from approvals.models import (
    ApprovalRequest,
    Decision,
    Grant,
    IncomingMail,
    Invitation,
    MailDraft,
    OutgoingMail,
)
from approvals.services import Decider, decide
from core.actors import Actor
from core.audit.models import Entry
from core.audit.services import verify
from pmconsole.celery import app
from policies.models import PolicyEvent
from tasks import purge_runs, purging
from tasks.kinds import EMAIL_REPORT, PURGE, EmailReport, Purge
from tasks.models import Task, TaskRun
from tasks.purging import PURGEABLE, count, end_purge, purge_batch
from tasks.services import run_due, run_task
from tests.factories import (
    DANA,
    LEE,
    invitation_of,
    make_request,
    make_user,
    set_advanced,
    signed_in,
)
from tests.policies.events import make_computer, make_event

pytestmark = pytest.mark.django_db
SOMEBODY = Actor.of_system("test")
LONG_AGO = timedelta(days=500)


def purge(key: str, days: int = 365) -> int:
    """How many a purge deletes, batch by batch."""
    what, done = PURGEABLE[key], 0
    before = what.before(days, timezone.now())
    while deleted := purge_batch(what, before, by=SOMEBODY, done=done):
        done += deleted
    end_purge(what, before, by=SOMEBODY, done=done)
    return done


def make_decided(answer: str = "approve", *, ago: timedelta = LONG_AGO, **process: Any) -> Any:
    """A request that was decided so long ago, its mails sent and its grant over."""
    request = make_request(to_addresses=(DANA,), **process)
    decider = Decider("reply", invitation=invitation_of(request))
    decide(number=request.number, decider=decider, answer=answer)
    at = timezone.now() - ago
    ApprovalRequest.objects.filter(pk=request.pk).update(closed_at=at, quiet_until=None)
    OutgoingMail.objects.filter(request=request).update(state="sent")
    Grant.objects.filter(request=request).update(expires_at=at + timedelta(hours=1))
    return request


def make_mail(*, ago: timedelta = LONG_AGO, state: str = "read", **values: Any) -> IncomingMail:
    raw = f"From: a@example.com\r\n\r\n{uuid.uuid4()}".encode()
    mail = IncomingMail.stored(
        raw,
        received_at=timezone.now() - ago,
        source="command",
        sha256=uuid.uuid4().hex * 2,
        state=state,
        **values,
    )
    mail.save()
    return mail


def make_purge(what: str = "policy_events", older_than: int = 30, **columns: Any) -> Task:
    settings = Purge(what=what, older_than=older_than).to_json()
    return Task.objects.create(name=f"Purge {what}", kind=PURGE, settings=settings, **columns)


def make_report() -> Task:
    settings = EmailReport(report="pending", to_addresses=(DANA, LEE)).to_json()
    return Task.objects.create(name="Report", kind=EMAIL_REPORT, settings=settings)


def make_old_events(number: int, *, days: int = 60) -> None:
    for _ in range(number):
        event = make_event()
        PolicyEvent.objects.filter(pk=event.pk).update(at=timezone.now() - timedelta(days=days))


def test_offline_approvals_stay_as_long_as_other_evidence() -> None:
    now, kept = timezone.now(), timedelta(days=365)
    for number, ago in enumerate((kept + timedelta(days=1), kept - timedelta(days=1))):
        OfflineApproval.objects.create(
            computer=make_computer(name=f"WS-{number}"),
            request_code=f"code{number}",
            account="EXAMPLE\\alice",
            program="setup.exe",
            reason="On a train",
            given_at=now - ago,
            **SOMEBODY.columns("by"),
        )
    assert purge("offline_approvals", days=30) == 1
    assert OfflineApproval.objects.get().request_code == "code1"


def test_a_decided_request_goes_with_everything_that_belongs_to_it() -> None:
    request = make_decided()
    reply = make_mail(request=request)
    make_mail(duplicate_of=reply)
    assert purge("requests") == 1
    belongings = (Invitation, Decision, Grant, OutgoingMail, MailDraft, IncomingMail)
    for model in (ApprovalRequest, *belongings):
        assert not model.objects.exists()  # type: ignore[attr-defined]
    assert list(verify()) == []


def test_a_copy_of_its_reply_that_belongs_to_another_request_stays_there() -> None:
    old, pending = make_decided(), make_request()
    first = make_mail(request=old)
    evidence, later = (
        make_mail(request=pending, duplicate_of=first, ago=timedelta(days=ago)) for ago in (3, 2)
    )
    make_mail(duplicate_of=first)  # of no request: it goes on as a copy of what stays
    assert purge("requests") == 1
    assert set(pending.incoming.all()) == {evidence, later}
    assert IncomingMail.objects.get(duplicate_of=None) == evidence


def test_pending_requests_and_grants_in_force_stay_however_old_they_are() -> None:
    pending = make_request()
    ApprovalRequest.objects.filter(pk=pending.pk).update(created_at=timezone.now() - LONG_AGO)
    in_force, lately = make_decided(), make_decided(ago=timedelta(days=3))
    Grant.objects.filter(request=in_force).update(expires_at=timezone.now() + timedelta(hours=1))
    paused, on_its_way = make_decided("deny"), make_decided()
    ApprovalRequest.objects.filter(pk=paused.pk).update(
        quiet_until=timezone.now() + timedelta(minutes=5)
    )
    OutgoingMail.objects.filter(request=on_its_way).update(state="deferred")
    assert purge("requests") == 0
    assert set(ApprovalRequest.objects.all()) == {pending, in_force, lately, paused, on_its_way}


def test_evidence_is_kept_as_long_as_the_setting_says_whatever_a_task_says() -> None:
    set_advanced(keep_evidence=600)
    make_decided()
    assert purge("requests", days=1) == 0
    set_advanced(keep_evidence=400)
    assert purge("requests", days=1) == 1


def test_an_event_that_a_request_needs_stays_as_long_as_evidence() -> None:
    make_old_events(2)
    PolicyEvent.objects.filter(pk=PolicyEvent.objects.all()[0].pk).update(
        request_number=make_decided(ago=timedelta(days=60)).number
    )
    assert purge("policy_events", days=30) == 1


def test_mail_that_belongs_to_no_request_goes_and_what_was_not_read_yet_stays() -> None:
    make_mail()
    unread, new = make_mail(state="stored"), make_mail(ago=timedelta(days=1))
    evidence = make_mail(request=make_decided())
    copy = make_mail(duplicate_of=evidence)
    assert purge("incoming_mail") == 1
    assert set(IncomingMail.objects.all()) == {unread, new, evidence, copy}


def test_a_purge_is_recorded_when_it_begins_and_with_its_count_when_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(purging, "BATCH", 2)
    make_old_events(5)
    assert purge("policy_events", days=30) == 5
    assert purge("policy_events", days=30) == 0  # again it finds nothing, and says nothing
    entries = Entry.objects.filter(object_kind="policy_events").order_by("sequence")
    assert [entry.verb for entry in entries] == ["begin purge", "purge"]
    assert json.loads(entries[1].payload.text)["facts"]["rows"] == 5


def test_each_request_that_goes_is_named_in_the_audit_trail() -> None:
    number = make_decided().number
    purge("requests")
    last = Entry.objects.order_by("sequence").last()
    assert last is not None
    assert json.loads(last.payload.text)["facts"]["requests"] == [number]
    assert list(verify()) == []


def test_a_purge_that_cannot_be_recorded_deletes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    make_old_events(1)

    def refuse(**_: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(purging, "record", refuse)
    with pytest.raises(IntegrityError):
        purge("policy_events", days=30)
    assert PolicyEvent.objects.count() == 1


def test_a_dry_run_counts_and_deletes_nothing() -> None:
    request = make_decided()
    make_mail(request=request)
    what = PURGEABLE["requests"]
    words = count(what, what.before(365, timezone.now()))
    mails = OutgoingMail.objects.count()
    assert words == f"1 decided request, with {mails} emails and 1 replies"
    assert ApprovalRequest.objects.count() == 1


def test_a_run_goes_on_slice_by_slice_until_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(purging, "BATCH", 2)
    make_old_events(5)
    run = run_task(task_id=make_purge().pk, by=SOMEBODY)
    purge_runs.go_on(run.pk, seconds=-1)  # time for one batch
    run.refresh_from_db()
    assert (run.state, run.text) == ("running", "Deleted 2 policy events so far")
    TaskRun.objects.filter(pk=run.pk).update(leased_until=timezone.now() + timedelta(minutes=1))
    run_due()  # another worker is at it
    assert PolicyEvent.objects.count() == 3
    TaskRun.objects.filter(pk=run.pk).update(leased_until=timezone.now() - timedelta(minutes=1))
    run_due()  # that worker has died
    run.refresh_from_db()
    assert run.state == "finished"
    assert run.text.startswith("Deleted 5 policy events from before ")
    assert not PolicyEvent.objects.exists()
    verbs = Entry.objects.filter(object_kind="policy_events").order_by("sequence")
    assert list(verbs.values_list("verb", flat=True)) == ["begin purge", "purge"]
    assert json.loads(verbs[1].payload.text)["facts"]["rows"] == 5


def test_a_purge_runs_by_its_schedule_and_is_recorded_as_the_schedules() -> None:
    make_old_events(1)
    start = timezone.now() - timedelta(days=1, seconds=1)
    task = make_purge(repeats="daily", starts_at=start)
    Task.objects.filter(pk=task.pk).update(next_run_at=timezone.now() - timedelta(seconds=1))
    run_due()
    run = TaskRun.objects.get()
    assert (run.state, run.by) == ("finished", "system: schedule")
    assert Entry.objects.filter(verb="purge").get().actor == "system: schedule"


def test_reports_that_were_sent_go_and_those_on_their_way_stay() -> None:
    task = make_report()
    for _ in range(2):
        run_task(task_id=task.pk, by=SOMEBODY)  # to two, in the same words
    *sent, waiting = OutgoingMail.objects.order_by("created_at", "id")
    OutgoingMail.objects.update(created_at=timezone.now() - LONG_AGO)
    OutgoingMail.objects.exclude(pk=waiting.pk).update(state="sent")
    assert purge("report_mail") == len(sent) == 3
    assert list(OutgoingMail.objects.all()) == [waiting]
    assert list(MailDraft.objects.all()) == [waiting.draft]
    assert TaskRun.objects.count() == 2


def test_old_runs_leave_task_history_and_what_still_runs_stays() -> None:
    task = make_purge("task_history")
    old, running = (
        TaskRun.objects.create(task=task, started_at=timezone.now() - LONG_AGO, state=state)
        for state in ("finished", "running")
    )
    assert purge("task_history") == 1
    assert list(TaskRun.objects.all()) == [running] != [old]


def test_run_task_counts_first_and_deletes_when_confirmed() -> None:
    make_old_events(3)
    task, client = make_purge(), signed_in()
    address = f"/tasks/maintenance/{task.pk}/run/"
    assert "Delete 3 policy events?" in client.get(address).content.decode()
    assert PolicyEvent.objects.count() == 3
    assert client.post(address)["Location"].endswith("/task-history/")
    run_due()
    assert not PolicyEvent.objects.exists()
    assert (
        "Deleted 3 policy events from before"
        in client.get(f"/tasks/maintenance/{task.pk}/task-history/").content.decode()
    )
    assert "Nothing to delete" in client.get(address).content.decode()


def test_deleting_asks_for_the_password_again() -> None:
    make_old_events(1)
    client = Client()
    client.force_login(make_user(role="Administrators"))
    response = client.post(f"/tasks/maintenance/{make_purge().pk}/run/")
    assert response.status_code == 422
    assert not TaskRun.objects.exists()


def test_a_task_cannot_be_set_to_delete_evidence_early() -> None:
    client = signed_in()
    given = {"name": "All of it", "what": "requests", "older_than": "30"}
    page = client.post("/tasks/maintenance/create/", given).content.decode()
    assert "Older Than: decided requests are kept for at least 365 days." in page
    assert not Task.objects.exists()


def test_the_command_counts_and_deletes_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    make_old_events(2)
    call_command("purge", "policy-events", "--older-than", "30", "--dry-run")
    assert capsys.readouterr().out.startswith("Would delete 2 policy events from before ")
    call_command("purge", "policy-events", "--older-than", "30")
    assert capsys.readouterr().out.startswith("Deleted 2 policy events from before ")
    assert Entry.objects.filter(verb="purge").get().actor.startswith("operator ")


@pytest.mark.parametrize(
    ("days", "why"), [("30", "at least 365 days"), ("9999999", "Nothing is that old")]
)
def test_a_wrong_age_is_wrong_usage(days: str, why: str) -> None:
    with pytest.raises(CommandError, match=why) as wrong:
        call_command("purge", "requests", "--older-than", days)
    assert wrong.value.returncode == 2


def test_the_command_tells_programs_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    make_old_events(2)

    def told(*options: str) -> Any:
        call_command("purge", "policy-events", "--older-than", "30", "--json", *options)
        return json.loads(capsys.readouterr().out)

    counted = told("--dry-run")
    assert (counted["kind"], counted["records"], counted["dry_run"]) == ("policy-events", 2, True)
    assert told()["records"] == 2
    assert told("--dry-run")["records"] == 0


def test_workers_know_the_task_that_a_purge_hints() -> None:
    app.loader.import_default_modules()
    assert purge_runs.GO_ON in app.tasks
