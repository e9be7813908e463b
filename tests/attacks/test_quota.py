"""Attacks on the disk: a computer that reports until the database is full."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import ReportedBytes
from agents.services import forget_events, quota
from agents.services.quota import MAX_ANSWERABLE
from agents.tasks import forget
from approvals.models import ApprovalRequest
from core.alerts.models import Alert
from core.reports import Parameters, report
from policies.models import PolicyEvent
from tests.agents.endpoints import (
    SETUP,
    Agent,
    an_event,
    approve,
    make_action,
    make_agent,
    make_approval_policy,
    make_policy,
)
from tests.at_once import at_once
from tests.factories import set_advanced

# Nearly as much as one report may hold.
BULKY = {
    "arguments": ["x" * 900] * 20,
    "groups": ["EXAMPLE\\" + "g" * 200] * 40,
    "command_line": "c" * 9_000,
    "working_directory": "C:\\" + "w" * 4_000,
    "parent_path": "C:\\" + "p" * 3_000,
    "file_path": "C:\\" + "d" * 3_000 + "\\setup.exe",
}


@pytest.fixture
def agent(db: None) -> Agent:
    set_advanced(event_megabytes=0.1)
    return make_agent()


def flood(agent: Agent, times: int = 8, **values: Any) -> list[dict[str, Any]]:
    return [agent.verdict(an_event(**{**BULKY, **values})) for _ in range(times)]


def stored_bytes() -> int:
    rows = PolicyEvent.objects.values_list("event", "decision", "file_path")
    return sum(len(repr(row)) for row in rows)


def test_a_computer_that_reports_in_a_loop_fills_no_disk(agent: Agent) -> None:
    make_policy(agent.group, make_action("add_administrative_rights"), audit_events=True)
    verdicts = flood(agent, 30)
    assert {answer["verdict"] for answer in verdicts} == {"allow"}  # whatever is kept
    assert stored_bytes() < 200_000
    shortened = PolicyEvent.objects.exclude(dropped=[])
    assert 0 < shortened.count() < 5
    for event in shortened:
        assert {"arguments", "groups", "command_line", "file_path", "reasons"} <= set(event.dropped)
        assert event.event["arguments"] == []
        assert event.event["account"] == "EXAMPLE\\alice"
        assert event.event["sha256"] == "9f" * 32
        assert len(repr(event.event)) + len(repr(event.decision)) < 3_000
    assert PolicyEvent.objects.count() < 9  # beyond twice the quota nothing is kept
    assert ReportedBytes.objects.get().bytes > 1_000_000


def test_the_bell_and_the_report_say_what_was_dropped(agent: Agent) -> None:
    policy = make_policy(agent.group, make_action("deny_execute"), audit_events=True)
    flood(agent, 5)
    alert = Alert.objects.get()
    assert alert.times == 1
    assert f"{agent.computer} reported more than 0.1 MB today" in alert.text
    assert "without arguments, command lines" in alert.text
    now = timezone.now()
    chosen = report("events-by-policy")
    period = Parameters(now - timedelta(hours=1), now + timedelta(hours=1), policy.pk, now)
    (row,) = chosen.rows(period)
    told = dict(zip((column.label for column in chosen.columns), row, strict=True))
    dropped = PolicyEvent.objects.exclude(dropped=[]).count()
    assert dropped
    assert (told["Events"], told["Details Dropped"]) == (
        PolicyEvent.objects.filter(recorded=True).count(),
        dropped,
    )


def test_one_computers_flood_takes_nothing_from_another(agent: Agent) -> None:
    make_policy(agent.group, make_action("deny_execute"), audit_events=True)
    flood(agent, 10)
    other = make_agent(agent.group)
    other.verdict()
    event = PolicyEvent.objects.get(computer=other.computer)
    assert (event.dropped, event.recorded) == ([], True)
    assert event.event["arguments"] == ["/S"]


def test_nothing_is_approved_whose_details_were_dropped(agent: Agent) -> None:
    make_approval_policy(agent.group)
    *_, last = flood(agent, 10)
    response = agent.reason(last["event_id"])
    assert (response.status_code, response.json()["code"]) == (409, "details_dropped")
    assert not ApprovalRequest.objects.exists()


def test_a_flood_hides_nothing_that_ran_by_an_approval(agent: Agent) -> None:
    make_approval_policy(agent.group)
    number = agent.ask()["request"]
    approve(number)
    flood(agent)
    used = agent.verdict(request=number)
    assert used["verdict"] == "allow"
    event = PolicyEvent.objects.get(pk=used["event_id"])
    assert (event.file_path, event.request_number, event.recorded) == (SETUP, number, True)


def test_a_flood_keeps_nobody_from_asking_with_an_ordinary_report(agent: Agent) -> None:
    make_approval_policy(agent.group)
    flood(agent, 10)
    number = agent.ask()["request"]
    request = ApprovalRequest.objects.get(pk=number)
    assert request.event["arguments"] == ["/S"]
    event = PolicyEvent.objects.get(pk=request.event_id)
    assert event.dropped == []
    approve(number)
    assert agent.verdict(request=number)["verdict"] == "allow"
    forget_events(timezone.now() + timedelta(days=2))
    assert PolicyEvent.objects.filter(pk=event.pk).exists()


def test_ordinary_reports_in_a_loop_are_gone_a_day_later(agent: Agent) -> None:
    make_approval_policy(agent.group)
    flood(agent, 10)
    event = an_event(command_line="x" * (MAX_ANSWERABLE // 4))
    for _ in range(5):
        agent.verdict(event)
    assert PolicyEvent.objects.filter(recorded=False, dropped=[]).count() == 5
    forget_events(timezone.now() + timedelta(days=2))
    assert not PolicyEvent.objects.filter(recorded=False).exists()


def test_a_flood_frees_no_child_of_its_policy(agent: Agent) -> None:
    policy = make_policy(agent.group, make_action("add_administrative_rights"), enforce_child=True)
    policy.policy_actions.create(action=make_action("deny_execute"), for_children=True)
    *_, last = flood(agent, 10)
    assert PolicyEvent.objects.get(pk=last["event_id"]).dropped
    child = an_event(file_path="C:\\Windows\\cmd.exe", parent_event=last["event_id"])
    assert agent.verdict(child)["verdict"] == "deny"


def test_the_next_day_begins_anew(agent: Agent) -> None:
    make_policy(agent.group, make_action("deny_execute"), audit_events=True)
    flood(agent, 10)
    day = timezone.localdate() - timedelta(days=1)
    ReportedBytes.objects.update(day=day)
    agent.verdict()
    assert PolicyEvent.objects.order_by("-at").first().dropped == []  # type: ignore[union-attr]
    forget_events(timezone.now() + timedelta(days=9))
    assert not ReportedBytes.objects.exists()


def test_events_are_kept_for_their_retention_and_no_longer(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "BATCH", 3)
    set_advanced(event_megabytes=0.1, keep_events=30)
    make_policy(agent.group, make_action("deny_execute"), audit_events=True)
    for _ in range(10):
        agent.verdict()
    rows = list(PolicyEvent.objects.all())
    for age, row in zip(range(25, 35), rows, strict=True):
        row.at = timezone.now() - timedelta(days=age, minutes=-1)
        row.save()
    assert forget_events(timezone.now()) == 4
    assert PolicyEvent.objects.count() == 6
    forget()
    assert PolicyEvent.objects.count() == 6


def test_what_a_request_needs_stays_as_long_as_the_request_is_evidence(
    agent: Agent,
) -> None:
    set_advanced(event_megabytes=0.1, keep_evidence=100)
    make_approval_policy(agent.group)
    pending, decided, long_ago = (
        agent.ask(an_event(arguments=[name]))["request"] for name in ("a", "b", "c")
    )
    approve(decided)
    approve(long_ago)
    old = timezone.now() - timedelta(days=200)
    PolicyEvent.objects.update(at=old)
    ApprovalRequest.objects.filter(pk=long_ago).update(closed_at=old)
    assert forget_events(timezone.now()) == 1
    kept = PolicyEvent.objects.values_list("request_number", flat=True)
    assert set(kept) == {pending, decided}


@pytest.mark.django_db(transaction=True)
def test_reports_at_once_are_all_counted() -> None:
    agent = make_agent()
    make_policy(agent.group, make_action("deny_execute"), audit_events=True)
    at_once(*[agent.verdict] * 6)
    sizes = ReportedBytes.objects.get().bytes
    assert PolicyEvent.objects.count() == 6
    agent.verdict()
    assert ReportedBytes.objects.get().bytes == sizes // 6 * 7
