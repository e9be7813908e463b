"""Policy Events by Policy, and which policy an event belongs to."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from core.reports import Parameters, Row, report
from policies.models import PolicyEvent
from tests.agents.endpoints import Agent, make_action, make_agent, make_approval_policy, make_policy
from tests.policies.events import make_event

pytestmark = pytest.mark.django_db


def rows(*, days: int = 7, policy_id: uuid.UUID | None = None) -> list[Row]:
    now = timezone.now()
    parameters = Parameters(now - timedelta(days=days), now, policy_id, now)
    return list(report("events-by-policy").rows(parameters))


def counts(**values: object) -> list[Row]:
    return [row[:3] for row in rows(**values)]  # type: ignore[arg-type]


def test_an_event_names_the_first_policy_that_matched(agent: Agent) -> None:
    first = make_policy(agent.group, priority=1, continue_enforcing=True, audit_events=True)
    make_policy(agent.group, make_action("deny_execute"), priority=2, audit_events=True)
    agent.verdict()
    event = PolicyEvent.objects.get()
    assert event.decision["matched"][0] == str(first.pk)
    assert len(event.decision["matched"]) == 2
    assert event.policy_id == first.pk


def test_events_are_counted_by_policy_and_verdict_the_most_frequent_first(agent: Agent) -> None:
    make_approval_policy(agent.group, name="Installers", priority=1)
    for _ in range(2):
        agent.verdict()
    other = make_agent()
    make_policy(other.group, make_action("deny_execute"), name="Games", audit_events=True)
    for _ in range(3):
        other.verdict()

    assert counts() == [("Games", "Denied", 3), ("Installers", "Approval required", 2)]


def test_what_an_agent_decided_offline_is_counted_apart_from_what_no_policy_matched() -> None:
    make_event(verdict="deny")
    make_event(verdict="deny", late_at=timezone.now())
    assert sorted(counts()) == [("Decided offline", "Denied", 1), ("No policy", "Denied", 1)]


def test_the_period_and_the_policy_narrow_it(agent: Agent) -> None:
    policy = make_approval_policy(agent.group, name="Installers")
    agent.verdict()
    agent.verdict()
    old = PolicyEvent.objects.order_by("at").first()
    PolicyEvent.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=3))

    assert counts(days=1) == [("Installers", "Approval required", 1)]
    assert counts(days=7, policy_id=policy.pk) == [("Installers", "Approval required", 2)]
    assert counts(policy_id=uuid.uuid4()) == []


def test_events_kept_only_to_be_answered_are_no_policy_events(agent: Agent) -> None:
    make_approval_policy(agent.group)
    agent.verdict()
    PolicyEvent.objects.update(recorded=False)
    assert rows() == []


def test_the_events_of_a_deleted_policy_still_count(agent: Agent) -> None:
    policy = make_approval_policy(agent.group)
    agent.verdict()
    identity = policy.pk
    policy.delete()
    assert counts() == [(f"Deleted policy {identity}", "Approval required", 1)]


def test_hidden_characters_of_a_policys_name_are_shown(agent: Agent) -> None:
    make_approval_policy(agent.group, name="a\u202eb")
    agent.verdict()
    assert rows()[0][0] == "a[U+202E]b"


def test_many_policies_need_two_queries(
    agent: Agent, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        other = make_agent()
        make_approval_policy(other.group)
        other.verdict()
    with django_assert_num_queries(2):
        assert len(rows()) == 3
