"""Reporting executions: verdicts, idempotency, One Time grants under concurrency."""

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from agents.models import StoredAnswer
from agents.services import forget_answers, forget_events
from agents.signing import digest_of, is_genuine
from approvals.models import ApprovalRequest, Grant, GrantUse
from approvals.services import Decider, decide, revoke_grant
from core.actors import Actor
from policies.in_force import PoliciesInForce, in_force
from policies.models import Filter, PolicyEvent, PolicyFilter
from policies.snapshot import compiled
from tests.agents.endpoints import (
    Agent,
    a_key,
    an_event,
    approve,
    make_action,
    make_agent,
    make_approval_policy,
    make_policy,
)
from tests.at_once import at_once
from tests.factories import make_type, make_user

pytestmark = pytest.mark.django_db


def test_a_program_that_no_policy_is_about_gets_no_match_and_leaves_no_event(agent: Agent) -> None:
    assert agent.verdict()["verdict"] == "no_match"
    assert not PolicyEvent.objects.exists()


def test_a_denial_says_why(agent: Agent) -> None:
    make_policy(agent.group, make_action("deny_execute_message", message="Games are not allowed."))
    verdict = agent.verdict()
    assert (verdict["verdict"], verdict["message"]) == ("deny", "Games are not allowed.")
    assert verdict["rights"]["elevate"] is False


def test_policies_of_other_groups_and_inactive_ones_do_not_count(agent: Agent) -> None:
    make_policy(make_agent().group, make_action("deny_execute"))
    make_policy(agent.group, make_action("deny_execute"), is_active=False)
    assert agent.verdict()["verdict"] == "no_match"


def test_the_whole_loop_from_the_prompt_to_the_used_up_grant(agent: Agent) -> None:
    policy = make_approval_policy(agent.group)
    first = agent.verdict()
    assert first["verdict"] == "approval_required"
    assert first["need"]["policy"] == policy.name
    assert first["prompts"][0]["reason_required"] is True
    assert first["rights"]["elevate"] is False

    opened = agent.reason(first["event_id"], "Need the CAD viewer.").json()
    request = ApprovalRequest.objects.get(pk=opened["request"])
    assert (request.reason, request.computer_name) == ("Need the CAD viewer.", agent.computer.name)
    assert request.policy_version == compiled(policy).version
    approve(request.number)

    again = agent.verdict(request=request.number)
    assert again["verdict"] == "allow"
    assert again["rights"]["elevate"] is True
    assert again["request"] == request.number
    event = PolicyEvent.objects.get(pk=again["event_id"])
    assert (event.request_number, event.recorded) == (request.number, True)
    assert GrantUse.objects.get().event_id == event.pk
    assert agent.verdict()["verdict"] == "approval_required"


def test_a_one_time_grant_does_not_cover_other_arguments(agent: Agent) -> None:
    make_approval_policy(agent.group, type=make_type(command_line_specific=False))
    approve(agent.ask()["request"])
    assert agent.verdict(an_event(arguments=["/admin"]))["verdict"] == "approval_required"
    assert agent.verdict()["verdict"] == "allow"


def test_a_timed_grant_holds_until_it_is_revoked(agent: Agent) -> None:
    make_approval_policy(agent.group)
    approve(agent.ask()["request"], minutes=120)
    assert [agent.verdict()["verdict"] for _ in range(2)] == ["allow", "allow"]
    revoke_grant(grant_id=Grant.objects.get().pk, by=Actor.of_system("sam"), reason="Not needed.")
    assert agent.verdict()["verdict"] == "approval_required"


def test_a_grant_of_one_computer_or_account_is_none_of_another(agent: Agent) -> None:
    make_approval_policy(agent.group)
    approve(agent.ask()["request"], minutes=120)
    assert make_agent(agent.group).verdict()["verdict"] == "approval_required"
    other = an_event(account="EXAMPLE\\bob")
    assert agent.verdict(other)["verdict"] == "approval_required"


def test_a_policy_changed_to_deny_meanwhile_denies_in_spite_of_the_grant(agent: Agent) -> None:
    make_approval_policy(agent.group)
    number = agent.ask()["request"]
    approve(number)
    make_policy(agent.group, make_action("deny_execute"), priority=1)
    assert agent.verdict(request=number)["verdict"] == "deny"
    assert not GrantUse.objects.exists()


def test_the_same_plea_is_pending_with_leave_to_wait(agent: Agent) -> None:
    make_approval_policy(agent.group)
    opened = agent.ask()
    verdict = agent.verdict()
    assert (verdict["verdict"], verdict["request"]) == ("pending", opened["request"])
    assert verdict["wait_ticket"] == opened["wait_ticket"]


def test_after_a_denial_the_plea_is_refused_with_the_comment(agent: Agent) -> None:
    make_approval_policy(agent.group)
    number = agent.ask()["request"]
    decide(
        number=number, decider=Decider("console", user=make_user()), answer="deny", comment="No."
    )
    verdict = agent.verdict(request=number)
    assert (verdict["verdict"], verdict["code"]) == ("deny", "recently_denied")
    assert "No." in verdict["message"]


def test_an_event_becomes_no_evidence_of_a_request_that_closed_long_ago(agent: Agent) -> None:
    make_approval_policy(agent.group)
    number = agent.ask()["request"]
    approve(number)
    agent.verdict(request=number)
    closed = timezone.now() - timedelta(days=2)
    ApprovalRequest.objects.filter(pk=number).update(closed_at=closed)
    agent.verdict(request=number)
    newest = PolicyEvent.objects.order_by("-id").values_list("request_number", flat=True)
    assert list(newest[:2]) == [None, number]


def test_the_same_key_gets_the_same_answer_signed_for_its_own_nonce(agent: Agent) -> None:
    make_approval_policy(agent.group)
    approve(agent.ask()["request"])
    key = a_key()
    first, second = (agent.verdict(idempotency_key=key) for _ in range(2))
    assert first["verdict"] == second["verdict"] == "allow"
    assert first["event_id"] == second["event_id"]
    assert first["hmac"] != second["hmac"]
    assert GrantUse.objects.count() == 1


def test_a_key_belongs_to_one_report(agent: Agent) -> None:
    key = a_key()
    agent.verdict(idempotency_key=key)
    response = agent.report(an_event(arguments=["/other"]), idempotency_key=key)
    assert (response.status_code, response.json()["code"]) == (409, "key_reused")
    assert make_agent().report(idempotency_key=key).status_code == 200


def test_an_answer_that_leaves_nothing_behind_is_repeated_without_a_row(agent: Agent) -> None:
    key = a_key()
    first, second = (agent.verdict(idempotency_key=key) for _ in range(2))
    assert first["verdict"] == "no_match"
    assert first["event_id"] == second["event_id"]
    assert not StoredAnswer.objects.exists()
    assert not PolicyEvent.objects.exists()


def test_answers_are_kept_for_ten_minutes(agent: Agent) -> None:
    make_approval_policy(agent.group)
    key = a_key()
    first = agent.verdict(idempotency_key=key)
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert agent.verdict(idempotency_key=key)["event_id"] != first["event_id"]


def test_old_answers_and_unrecorded_events_are_forgotten(agent: Agent) -> None:
    make_policy(agent.group, make_action("warning_message"))
    make_approval_policy(agent.group, priority=1, name="Recorded")
    agent.verdict()
    PolicyEvent.objects.filter(recorded=True).update(at=timezone.now() - timedelta(days=2))
    PolicyFilter.objects.filter(policy__name="Recorded").delete()
    agent.verdict()
    PolicyEvent.objects.update(at=timezone.now() - timedelta(days=2))
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert (forget_answers(), forget_events(timezone.now())) == (2, 1)
    assert list(PolicyEvent.objects.values_list("recorded", flat=True)) == [True]


def test_a_verdict_for_another_nonce_or_event_or_changed_is_not_genuine(agent: Agent) -> None:
    event, nonce = an_event(), a_key()
    answer = agent.report(event, nonce=nonce).json()
    right: dict[str, Any] = {
        "computer_key": agent.key,
        "nonce": nonce,
        "event_digest": digest_of(event),
    }
    assert is_genuine(answer, **right)
    assert not is_genuine(answer | {"verdict": "allow"}, **right)
    for other in ({"computer_key": bytes(32)}, {"nonce": a_key()}, {"event_digest": "0" * 64}):
        assert not is_genuine(answer, **{**right, **other})


def test_a_child_of_an_elevated_program_gets_the_child_actions(agent: Agent) -> None:
    policy = make_policy(agent.group, make_action("add_administrative_rights"), enforce_child=True)
    policy.policy_actions.create(action=make_action("deny_execute"), for_children=True)
    parent = agent.verdict()
    child = an_event(file_path="C:\\Windows\\cmd.exe", parent_event=parent["event_id"])
    assert agent.verdict(child)["verdict"] == "deny"
    assert agent.verdict({**child, "account": "EXAMPLE\\bob"})["verdict"] == "no_match"
    assert agent.verdict({**child, "account_id": "1001"})["verdict"] == "no_match"
    assert agent.verdict({**child, "parent_event": str(uuid.uuid4())})["verdict"] == "no_match"
    PolicyEvent.objects.filter(pk=parent["event_id"]).update(at=timezone.now() - timedelta(days=2))
    assert agent.verdict(child)["verdict"] == "no_match"


def test_a_child_gets_nothing_from_a_grant_that_was_revoked(agent: Agent) -> None:
    policy = make_approval_policy(agent.group, enforce_child=True)
    policy.policy_actions.create(action=make_action("add_administrative_rights"), for_children=True)
    approve(agent.ask()["request"], minutes=120)
    parent = agent.verdict()
    child = an_event(file_path="C:\\Windows\\cmd.exe", parent_event=parent["event_id"])
    assert agent.verdict(child)["verdict"] == "allow"
    by = Actor.of_system("sam")
    revoke_grant(grant_id=Grant.objects.get().pk, by=by, reason="Not needed.")
    assert agent.verdict(child)["verdict"] == "no_match"


def test_a_filter_that_can_not_be_built_denies_what_it_may_match_and_says_so(agent: Agent) -> None:
    make_policy(agent.group, make_action("deny_execute"), name="No installers")
    Filter.objects.update(kind="commandline", settings={"text": "(", "match": "regex"})
    answer = agent.verdict()
    assert (answer["verdict"], answer["code"]) == ("deny", "policy_broken")
    assert answer["message"].startswith("The policy No installers can't be used: Filter ")


def test_the_number_of_queries_does_not_grow_with_the_policies(
    agent: Agent, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        make_approval_policy(agent.group)
    with django_assert_num_queries(6):
        assert len(PoliciesInForce().on(agent.computer.pk).policies) == 3


def test_the_version_of_a_policy_changes_with_its_parts_alone(agent: Agent) -> None:
    policy = make_approval_policy(agent.group)
    before = compiled(policy).version
    policy.description = "Said better."
    policy.save()
    assert in_force.on(agent.computer.pk).policies[0].version == before
    Filter.objects.update(settings={"names": ["install.exe"]})
    assert in_force.on(agent.computer.pk).policies[0].version != before


def _at_once(agent: Agent, keys: list[str]) -> list[dict[str, Any]]:
    return at_once(*(partial(agent.verdict, idempotency_key=key) for key in keys))


@pytest.mark.django_db(transaction=True)
def test_of_many_reports_at_once_exactly_one_gets_a_one_time_grant() -> None:
    agent = make_agent()
    make_approval_policy(agent.group)
    approve(agent.ask()["request"])
    verdicts = [answer["verdict"] for answer in _at_once(agent, [a_key() for _ in range(6)])]
    assert sorted(verdicts) == ["allow"] + ["approval_required"] * 5
    assert GrantUse.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_reports_that_come_at_once_are_all_stored_and_a_repeated_one_spoils_no_other() -> None:
    agent = make_agent()
    make_approval_policy(agent.group)
    known = a_key()
    first = agent.verdict(idempotency_key=known)
    keys = [a_key() for _ in range(6)]
    answers = _at_once(agent, [*keys, known, known])
    assert len(answers) == 8
    assert {answer["event_id"] for answer in answers} | {first["event_id"]} == {
        str(event) for event in PolicyEvent.objects.values_list("pk", flat=True)
    }
    assert StoredAnswer.objects.count() == PolicyEvent.objects.count() == 7


@pytest.mark.django_db(transaction=True)
def test_one_report_that_comes_many_times_at_once_gets_one_answer() -> None:
    agent = make_agent()
    make_approval_policy(agent.group)
    approve(agent.ask()["request"])
    answers = _at_once(agent, [a_key()] * 6)
    assert [answer["verdict"] for answer in answers] == ["allow"] * 6
    assert len({answer["event_id"] for answer in answers}) == 1
    assert GrantUse.objects.count() == 1
