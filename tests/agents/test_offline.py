"""What an agent needs to decide alone, and how it reports afterwards what it decided."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from policies.models import Filter, PolicyEvent
from tests.agents.endpoints import (
    Agent,
    an_event,
    make_action,
    make_agent,
    make_approval_policy,
    make_policy,
)
from tests.factories import set_advanced

pytestmark = pytest.mark.django_db


def an_offline_event(*, ago: timedelta = timedelta(hours=3), **values: Any) -> dict[str, Any]:
    at = (timezone.now() - ago).isoformat()
    return {
        "id": str(uuid.uuid4()),
        "event": an_event(at=at),
        "verdict": "allow",
        "policies": "ab" * 32,
        **values,
    }


def report(agent: Agent, *events: dict[str, Any]) -> HttpResponse:
    return agent.post("events", {"events": list(events)})


def test_an_agent_gets_the_active_policies_of_its_groups(agent: Agent) -> None:
    make_approval_policy(agent.group, name="Installers")
    make_policy(agent.group, make_action("deny_execute"), is_active=False)
    make_policy(make_agent().group, make_action("deny_execute"))
    (policy,) = json.loads(agent.policies().content)["policies"]
    assert (policy["name"], policy["server_only"]) == ("Installers", False)
    assert policy["targets"][0]["settings"]["names"] == ["setup.exe"]
    assert [action["kind"] for action in policy["actions"]] == [
        "approval_request_form",
        "add_administrative_rights",
    ]


def test_a_policy_with_a_regular_expression_is_for_the_server_alone(agent: Agent) -> None:
    make_policy(agent.group, make_action("deny_execute"))
    Filter.objects.update(kind="commandline", settings={"text": ".*", "match": "regex"})
    (policy,) = json.loads(agent.policies().content)["policies"]
    assert policy["server_only"] is True


def test_an_unchanged_set_is_not_sent_again_and_is_in_force_for_longer(agent: Agent) -> None:
    policy = make_policy(agent.group, make_action("deny_execute"))
    first = agent.policies()
    again = agent.policies(known=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["Policies-Expires"] >= first["Policies-Expires"]
    policy.priority += 1
    policy.save()
    changed = agent.policies(known=first["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_a_set_is_bound_to_its_computer(agent: Agent) -> None:
    ours, others = agent.policies(), make_agent(agent.group).policies()
    assert ours["ETag"] == others["ETag"]
    assert ours["Policies-HMAC"] != others["Policies-HMAC"]


def test_what_happened_offline_is_stored_once_with_its_own_time(agent: Agent) -> None:
    events = [an_offline_event(), an_offline_event(verdict="deny", ago=timedelta(hours=2))]
    for _ in range(2):
        response = report(agent, *events)
        assert (response.status_code, response.json()) == (200, {"stored": 2})
    denied, allowed = PolicyEvent.objects.order_by("-id")
    assert (denied.verdict, allowed.verdict) == ("deny", "allow")
    assert allowed.at == PolicyEvent.objects.earliest("at").at
    assert allowed.decision["offline"] == {"policies": "ab" * 32}


def test_two_computers_with_one_id_do_not_take_each_others_place(agent: Agent) -> None:
    event = an_offline_event()
    for each in (agent, make_agent()):
        assert report(each, event).status_code == 200
    assert PolicyEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("ago", "code"),
    [(timedelta(minutes=-6), "clock_skew"), (timedelta(days=91), "too_old")],
)
def test_a_time_that_cannot_be_is_refused_and_nothing_is_stored(
    agent: Agent, ago: timedelta, code: str
) -> None:
    response = report(agent, an_offline_event(), an_offline_event(ago=ago))
    assert (response.status_code, response.json()["code"]) == (422, code)
    assert response.json()["field"] == "events.1.event.at"
    assert not PolicyEvent.objects.exists()


def test_a_clock_that_is_a_little_ahead_is_believed(agent: Agent) -> None:
    assert report(agent, an_offline_event(ago=timedelta(minutes=-4))).status_code == 200


def test_an_offline_event_without_a_time_is_refused(agent: Agent) -> None:
    response = report(agent, an_offline_event(event=an_event()))
    assert (response.status_code, response.json()["field"]) == (422, "events.0.event.at")


def test_offline_events_count_against_the_quota_of_the_day_they_are_reported(
    agent: Agent,
) -> None:
    set_advanced(event_megabytes=0.001)
    for days in range(1, 9):
        report(agent, an_offline_event(ago=timedelta(days=days)))
    assert PolicyEvent.objects.count() < 5


def test_no_right_is_passed_on_by_an_execution_that_was_decided_offline(agent: Agent) -> None:
    elevating = make_policy(
        agent.group, make_action("add_administrative_rights"), enforce_child=True
    )
    elevating.policy_actions.create(
        action=make_action("add_administrative_rights"), for_children=True
    )
    report(agent, an_offline_event())
    parent = str(PolicyEvent.objects.get().pk)
    child = an_event(file_path="C:\\Windows\\cmd.exe", parent_event=parent)
    assert agent.verdict(child)["verdict"] == "no_match"
