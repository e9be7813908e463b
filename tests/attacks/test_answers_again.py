"""What a requester wants: an approval that is used by a second road, or after it was taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from approvals.models import Grant, GrantUse
from approvals.services import revoke_grant
from core.actors import Actor
from policies.models import PolicyAction, PolicyEvent
from tests.agents.endpoints import (
    Agent,
    a_key,
    an_event,
    approve,
    make_action,
    make_approval_policy,
    make_policy,
)
from tests.factories import make_type

pytestmark = pytest.mark.django_db


def acknowledge(agent: Agent, event_id: str) -> Any:
    body = {"nonce": a_key(), "answer": "acknowledged", "text": ""}
    return agent.post(f"executions/{event_id}/answer", body)


def take_back() -> None:
    revoke_grant(grant_id=Grant.objects.get().pk, by=Actor.of_system("sam"), reason="No more.")


@pytest.mark.parametrize("minutes", [None, 120])
def test_repeat_a_report_after_its_approval_was_revoked(agent: Agent, minutes: int | None) -> None:
    make_approval_policy(agent.group)
    number, key = agent.ask()["request"], a_key()
    approve(number, minutes=minutes)
    first = agent.verdict(idempotency_key=key, request=number)
    assert first["verdict"] == "allow"
    assert agent.verdict(idempotency_key=key, request=number)["event_id"] == first["event_id"]
    if minutes is None:  # used up, so there is nothing to revoke: the answer stays
        return
    take_back()
    again = agent.verdict(idempotency_key=key, request=number)
    assert (again["verdict"], again["rights"]["elevate"]) == ("approval_required", False)
    assert agent.verdict(idempotency_key=key, request=number)["event_id"] == again["event_id"]


def test_use_a_one_time_approval_by_answering_a_warning(agent: Agent) -> None:
    """The prompts of before the policy asked for approval neither use it nor get by it."""
    policy = make_policy(agent.group, make_action("warning_message"))
    shown_before = [agent.verdict()["event_id"] for _ in range(2)]
    form = make_action("approval_request_form", make_type())
    PolicyAction.objects.create(policy=policy, action=form, position=1)
    approve(agent.ask()["request"])
    for event_id in shown_before:
        response = acknowledge(agent, event_id)
        assert (response.status_code, response.json()["code"]) == (409, "changed")
    assert [agent.verdict()["verdict"] for _ in range(2)] == ["allow", "approval_required"]


@pytest.mark.parametrize("moment", range(1, 25))
def test_answer_a_prompt_at_the_very_moment_the_policy_begins_to_ask(
    agent: Agent, moment: int
) -> None:
    """Before whichever query the policy changes: an approval that decided is used up."""
    policy = make_policy(agent.group, make_action("warning_message"))
    event_id = agent.verdict()["event_id"]
    form = make_action("approval_request_form", make_type())
    asks = PolicyAction.objects.create(policy=policy, action=form, position=1)
    approve(agent.ask()["request"])
    asks.delete()
    queries = 0

    def change_meanwhile(execute: Callable[..., Any], *query: Any) -> Any:
        nonlocal queries
        queries += 1
        if queries == moment:
            PolicyAction.objects.create(policy=policy, action=form, position=1)
        return execute(*query)

    with connection.execute_wrapper(change_meanwhile):
        acknowledge(agent, event_id)
    decided = PolicyEvent.objects.get(pk=event_id).decision.get("used_grants", [])
    used = [str(use.grant_id) for use in GrantUse.objects.filter(event_id=event_id)]
    assert decided == used


def test_acknowledge_a_warning_where_a_justification_is_asked_for_now(agent: Agent) -> None:
    policy = make_policy(agent.group, make_action("warning_message"))
    event_id = agent.verdict()["event_id"]
    reason = make_action("justify_elevation")
    PolicyAction.objects.create(policy=policy, action=reason, position=1)
    assert acknowledge(agent, event_id).json()["code"] == "changed"


def test_keep_a_one_time_approval_for_another_day(agent: Agent) -> None:
    make_approval_policy(agent.group)
    number = agent.ask()["request"]
    approve(number)
    grant = Grant.objects.get()
    assert grant.expires_at - grant.granted_at == timedelta(hours=24)
    Grant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert agent.verdict(request=number)["verdict"] == "approval_required"


@pytest.fixture
def family(agent: Agent) -> list[dict[str, Any]]:
    """An approved program's child and grandchild, both elevated; each waits to be reported again."""
    policy = make_approval_policy(agent.group, enforce_child=True)
    policy.policy_actions.create(action=make_action("add_administrative_rights"), for_children=True)
    approve(agent.ask()["request"], minutes=60)
    members = []
    parent = agent.verdict()["event_id"]
    for _ in range(2):
        member = {
            "event": an_event(file_path="C:\\Windows\\cmd.exe", parent_event=parent),
            "idempotency_key": a_key(),
        }
        members.append(member)
        verdict = agent.verdict(**member)
        assert verdict["rights"]["elevate"] is True
        parent = verdict["event_id"]
    return members


def test_pass_revoked_rights_on_to_grandchildren(agent: Agent, family: list[Any]) -> None:
    take_back()
    for member in family:
        assert agent.verdict(member["event"])["verdict"] == "no_match"
        assert agent.verdict(**member)["verdict"] == "no_match"  # by the answer that was stored


def test_pass_rights_on_for_ever_by_one_generation_after_another(
    agent: Agent, family: list[Any]
) -> None:
    first = PolicyEvent.objects.order_by("at").filter(verdict="allow").first()
    assert first is not None
    PolicyEvent.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(days=1))
    for member in family:
        assert agent.verdict(member["event"])["verdict"] == "no_match"
