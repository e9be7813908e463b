"""Reasons, justifications, acknowledged warnings and cancelling."""

import uuid
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from approvals.models import ApprovalRequest
from policies.models import Policy, PolicyEvent
from tests.agents.endpoints import (
    Agent,
    a_key,
    an_event,
    make_action,
    make_agent,
    make_approval_policy,
    make_policy,
)
from tests.factories import make_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def event_id(agent: Agent) -> str:
    """Of an execution that needs approval."""
    make_approval_policy(agent.group)
    return str(agent.verdict()["event_id"])


def answer(agent: Agent, event_id: str, kind: str, text: str = "") -> HttpResponse:
    body = {"nonce": a_key(), "answer": kind, "text": text}
    return agent.post(f"executions/{event_id}/answer", body)


@pytest.mark.parametrize("reason", ["x", "x" * 250, "  " + "ä" * 250 + "\n", "a\r\nb\u202e"])
def test_a_reason_has_up_to_250_characters(agent: Agent, event_id: str, reason: str) -> None:
    assert agent.reason(event_id, reason).status_code == 201
    assert ApprovalRequest.objects.get().reason == reason.strip()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 251])
def test_other_reasons_are_refused_and_may_be_corrected(
    agent: Agent, event_id: str, reason: str
) -> None:
    response = agent.reason(event_id, reason)
    assert (response.status_code, response.json()["field"]) == (422, "reason")
    assert "250" in response.json()["message"]
    assert agent.reason(event_id, "Shorter.").status_code == 201


def test_submitting_a_reason_twice_gives_the_same_request(agent: Agent, event_id: str) -> None:
    first, second = (agent.reason(event_id).json() for _ in range(2))
    assert first == second
    assert ApprovalRequest.objects.count() == 1
    assert PolicyEvent.objects.get().request_number == first["request"]


@pytest.mark.parametrize("waits", [True, False])
def test_a_request_knows_whether_somebody_waits(agent: Agent, event_id: str, waits: bool) -> None:
    agent.reason(event_id, waits=waits)
    assert (ApprovalRequest.objects.get().last_waited_at is not None) is waits


def test_a_user_may_ask_for_a_time_up_to_the_processs_longest(agent: Agent, event_id: str) -> None:
    refused = agent.reason(event_id, minutes=24 * 60 + 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "asked_too_long")
    assert "1 day" in refused.json()["message"]
    assert agent.reason(event_id, minutes=180).status_code == 201
    assert ApprovalRequest.objects.get().asked_minutes == 180


@pytest.mark.parametrize("minutes", [0, -5, 1.5, "60", True, 10**9])
def test_other_times_are_refused(agent: Agent, event_id: str, minutes: object) -> None:
    response = agent.reason(event_id, minutes=minutes)
    assert (response.status_code, response.json()["field"]) == (422, "minutes")
    assert not ApprovalRequest.objects.exists()


def test_a_reason_comes_within_ten_minutes(agent: Agent, event_id: str) -> None:
    PolicyEvent.objects.update(at=timezone.now() - timedelta(minutes=11))
    response = agent.reason(event_id)
    assert (response.status_code, response.json()["code"]) == (409, "too_late")
    assert PolicyEvent.objects.get().answered_at is None


def test_another_computers_event_is_not_found(agent: Agent, event_id: str) -> None:
    assert make_agent(agent.group).reason(event_id).status_code == 404
    assert agent.reason(str(uuid.uuid4())).status_code == 404
    assert agent.reason("nonsense").json()["code"] == "not_found"


def test_an_event_that_needs_no_approval_takes_no_reason(agent: Agent) -> None:
    make_policy(agent.group, make_action("warning_message"))
    response = agent.reason(agent.verdict()["event_id"])
    assert (response.status_code, response.json()["code"]) == (409, "not_asked")


def test_the_sixth_pending_request_is_refused_and_can_be_submitted_later(agent: Agent) -> None:
    make_approval_policy(agent.group)
    numbers = [agent.ask(an_event(arguments=[str(n)]))["request"] for n in range(5)]
    sixth = agent.verdict(an_event(arguments=["6"]))["event_id"]
    response = agent.reason(sixth)
    assert (response.status_code, response.json()["code"]) == (409, "too_many_pending")

    agent.post(f"requests/{numbers[0]}/cancel", {})
    assert agent.reason(sixth).status_code == 201


def test_a_type_without_a_process_says_that_nobody_can_approve(agent: Agent) -> None:
    kind = make_type()
    make_approval_policy(agent.group, type=kind)
    reported = agent.verdict()
    kind.process = None
    kind.save()
    response = agent.reason(reported["event_id"])
    assert (response.status_code, response.json()["code"]) == (409, "no_process")


def test_a_justification_lets_the_program_run_once(agent: Agent) -> None:
    make_policy(
        agent.group, make_action("justify_elevation"), make_action("add_administrative_rights")
    )
    verdict = agent.verdict()
    assert verdict["verdict"] == "justification_required"

    response = answer(agent, verdict["event_id"], "justification", "Printer driver.")
    assert response.json()["verdict"] == "allow"
    assert response.json()["rights"]["elevate"] is True
    kept = PolicyEvent.objects.get()
    assert kept.decision["answer"] == {"kind": "justification", "text": "Printer driver."}
    again = answer(agent, verdict["event_id"], "justification", "Again.")
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")


def test_a_warning_is_acknowledged_without_words(agent: Agent) -> None:
    make_policy(agent.group, make_action("warning_message"))
    event_id = agent.verdict()["event_id"]
    assert answer(agent, event_id, "justification", "x").json()["field"] == "answer"
    assert answer(agent, event_id, "acknowledged").json()["verdict"] == "allow"
    assert PolicyEvent.objects.get().recorded is False


def test_an_empty_justification_is_refused(agent: Agent) -> None:
    make_policy(agent.group, make_action("justify_elevation"))
    response = answer(agent, agent.verdict()["event_id"], "justification", " ")
    assert (response.status_code, response.json()["field"]) == (422, "text")


def test_policies_that_have_changed_meanwhile_are_asked_again(agent: Agent) -> None:
    make_policy(agent.group, make_action("warning_message"))
    event_id = agent.verdict()["event_id"]
    Policy.objects.update(is_active=False)
    response = answer(agent, event_id, "acknowledged")
    assert (response.status_code, response.json()["code"]) == (409, "changed")


def test_an_approval_can_not_be_answered_away(agent: Agent, event_id: str) -> None:
    response = answer(agent, event_id, "acknowledged")
    assert (response.status_code, response.json()["code"]) == (409, "not_asked")


def test_cancelling_closes_the_request_once(agent: Agent) -> None:
    make_approval_policy(agent.group)
    number = agent.ask()["request"]
    assert make_agent().post(f"requests/{number}/cancel", {}).status_code == 404
    assert agent.post(f"requests/{number}/cancel", {}).json() == {"cancelled": True}
    assert agent.post(f"requests/{number}/cancel", {}).json() == {"cancelled": False}
    assert ApprovalRequest.objects.get().state == "cancelled"


@pytest.mark.parametrize("number", [0, 2**63, 10**30])
def test_a_request_that_is_none_is_not_found(agent: Agent, number: int) -> None:
    assert agent.post(f"requests/{number}/cancel", {}).status_code == 404
