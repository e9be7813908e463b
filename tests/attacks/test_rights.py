"""What a requester wants: more rights from an approval than were approved."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from actions.models import Action
from approvals.models import ApprovalRequest, Grant
from approvals.terms import Rights
from policies.models import Policy, PolicyAction
from tests.agents.endpoints import (
    SETUP,
    Agent,
    an_event,
    approve,
    make_action,
    make_approval_policy,
    make_policy,
)
from tests.factories import make_type

NO_MORE = "approval_required"


@pytest.fixture
def plain(agent: Agent) -> Iterator[Policy]:
    """setup.exe runs with its user's own rights once somebody approves."""
    return make_policy(agent.group, make_action("approval_request_form", make_type()))


def add(policy: Policy, kind: str, **settings: str) -> Action:
    action = make_action(kind, **settings)
    position = policy.policy_actions.count()
    PolicyAction.objects.create(policy=policy, action=action, position=position)
    return action


EDITS = [
    ("add_administrative_rights", {}),
    ("run_as_user", {"account": "EXAMPLE\\svc"}),
    ("set_environment_variable", {"variable": "LD_PRELOAD", "value": "/tmp/x.so"}),
]


@pytest.mark.parametrize("minutes", [None, 120])
@pytest.mark.parametrize(("kind", "settings"), EDITS)
def test_let_the_policy_be_edited_after_the_approval(
    agent: Agent, plain: Policy, kind: str, settings: dict[str, str], minutes: int | None
) -> None:
    number = agent.ask()["request"]
    approve(number, minutes=minutes)
    action = add(plain, kind, **settings)
    assert agent.verdict(request=number)["verdict"] == NO_MORE
    PolicyAction.objects.filter(action=action).delete()
    assert agent.verdict(request=number)["verdict"] == "allow"


@pytest.mark.parametrize(("kind", "settings"), EDITS)
def test_let_the_policy_be_edited_while_the_request_waits(
    agent: Agent, plain: Policy, kind: str, settings: dict[str, str]
) -> None:
    small = agent.ask()["request"]
    add(plain, kind, **settings)
    assert agent.verdict()["verdict"] == NO_MORE  # and not "pending": this is another plea
    large = agent.ask()["request"]
    assert large != small
    assert agent.verdict()["request"] == large
    approve(small, minutes=120)
    assert agent.verdict()["verdict"] == "pending"
    approve(large)
    assert agent.verdict()["verdict"] == "allow"


def test_use_an_approval_without_rights_where_another_policy_elevates(
    agent: Agent, plain: Policy
) -> None:
    shared = plain.policy_actions.get().action
    number = agent.ask()["request"]
    approve(number)
    Policy.objects.filter(pk=plain.pk).update(is_active=False)
    make_policy(agent.group, shared, make_action("add_administrative_rights"))
    assert agent.verdict(request=number)["verdict"] == NO_MORE


def test_put_the_same_bytes_elsewhere(agent: Agent) -> None:
    make_approval_policy(agent.group)
    number = agent.ask()["request"]
    approve(number)
    elsewhere = an_event(file_path="C:\\Users\\alice\\other\\setup.exe")
    assert agent.verdict(elsewhere, request=number)["verdict"] == NO_MORE
    assert agent.verdict(an_event(file_path=SETUP.upper()), request=number)["verdict"] == "allow"


@pytest.mark.parametrize("minutes", [None, 120])
def test_run_as_another_account_than_was_asked_for(agent: Agent, minutes: int | None) -> None:
    make_approval_policy(agent.group)
    approve(agent.ask(an_event(run_as="postgres"))["request"], minutes=minutes)
    assert agent.verdict(an_event(run_as="root"))["verdict"] == NO_MORE
    assert agent.verdict(an_event())["verdict"] == NO_MORE  # elevated, as somebody else
    assert agent.verdict(an_event(run_as="postgres"))["verdict"] == "allow"


def test_get_back_the_rights_that_a_policy_removed(agent: Agent, plain: Policy) -> None:
    action = add(plain, "remove_administrative_rights")
    approve(agent.ask()["request"], minutes=120)
    PolicyAction.objects.filter(action=action).delete()
    assert agent.verdict()["verdict"] == NO_MORE


def test_less_than_was_approved_is_covered(agent: Agent) -> None:
    policy = make_approval_policy(agent.group)
    variable = add(policy, "set_environment_variable", variable="A", value="1")
    number = agent.ask()["request"]
    approve(number, minutes=120)
    policy.policy_actions.exclude(action__kind="approval_request_form").delete()
    allowed = agent.verdict(request=number)
    assert (allowed["verdict"], allowed["rights"]["elevate"]) == ("allow", False)
    assert variable.pk


def test_the_rights_are_frozen_in_the_request(agent: Agent) -> None:
    policy = make_approval_policy(agent.group)
    add(policy, "run_as_user", account="EXAMPLE\\svc")
    number = agent.ask()["request"]
    Action.objects.filter(kind="run_as_user").update(settings={"account": "root"})
    approve(number, minutes=5)
    assert ApprovalRequest.objects.get(pk=number).terms.rights == Rights(True, "EXAMPLE\\svc")
    assert Grant.objects.get().request.terms.rights.run_as == "EXAMPLE\\svc"
    assert agent.verdict(request=number)["verdict"] == NO_MORE


SOME = Rights(elevate=True, run_as="svc", environment={"A": "1", "B": "2"}, remove_rights=False)


@pytest.mark.parametrize(
    ("wanted", "covered"),
    [
        (SOME, True),
        (replace(SOME, elevate=False), True),
        (replace(SOME, environment={"A": "1"}), True),
        (replace(SOME, remove_rights=True, elevate=False), True),
        (Rights(), True),
        (replace(SOME, run_as=""), False),
        (replace(SOME, run_as="SVC"), False),
        (replace(SOME, environment={"A": "2"}), False),
        (replace(SOME, environment={"a": "1"}), False),
        (replace(SOME, environment={**SOME.environment, "C": ""}), False),
        (Rights(elevate=True), False),
        (Rights(run_as="root"), False),
    ],
)
def test_rights_include_what_is_no_more(wanted: Rights, covered: bool) -> None:
    assert SOME.include(wanted) is covered


def test_no_rights_include_nothing_but_the_users_own() -> None:
    assert Rights().include(Rights())
    assert Rights().include(Rights(remove_rights=True))
    assert not Rights(remove_rights=True).include(Rights())
    assert not Rights().include(SOME)
