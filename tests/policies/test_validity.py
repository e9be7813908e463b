"""Why a policy can not be activated."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from approvals.models import ApprovalProcess, ApprovalType
from foreign_systems.models import ForeignSystem
from items.models import Item
from policies.engine.filters import FILTER_KINDS
from policies.models import Filter, Policy, PolicyAction, PolicyFilter
from policies.validity import Problem, problems, problems_of
from tests.agents.endpoints import make_action, make_approval_policy, make_group, make_policy
from tests.factories import make_process, make_smtp_server, make_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy() -> Policy:
    """A valid one: setup.exe on a group of computers, approval by email, then elevated."""
    make_smtp_server()
    return make_approval_policy(make_group(), is_active=False)


def found(policy: Policy) -> list[Problem]:
    """The problems of the policy as it is stored."""
    return problems(Policy.objects.with_parts().get(pk=policy.pk))


def only(policy: Policy) -> Problem:
    (problem,) = found(policy)
    return problem


def add_filter(policy: Policy, kind: str, settings: Any, role: str = "target") -> Filter:
    filter_ = Filter.objects.create(name=f"Its {kind}", kind=kind, settings=settings)
    PolicyFilter.objects.create(policy=policy, filter=filter_, role=role)
    return filter_


def test_a_policy_with_all_its_parts_is_valid(policy: Policy) -> None:
    assert found(policy) == []


def test_a_policy_without_computer_group_reaches_nothing(policy: Policy) -> None:
    policy.groups.clear()
    assert only(policy) == Problem(
        "No computer group is targeted, so the policy reaches no computer. "
        "Add one under Computer Groups Targeted.",
        missing=True,
    )


def test_a_policy_without_target_matches_nothing_whatever_it_includes(policy: Policy) -> None:
    policy.policy_filters.all().delete()
    add_filter(policy, "file_specification", {"names": ["setup.exe"]}, "inclusion")
    assert "No application is targeted" in only(policy).text


def test_users_alone_are_no_target(policy: Policy) -> None:
    policy.policy_filters.all().delete()
    add_filter(policy, "user_context", {"users": ["EXAMPLE\\alice"]})
    assert "only User Context Filters" in only(policy).text
    assert "move the users to Inclusions" in only(policy).text


def test_users_beside_an_application_or_as_an_inclusion_are_fine(policy: Policy) -> None:
    users = add_filter(policy, "user_context", {"users": ["EXAMPLE\\alice"]})
    PolicyFilter.objects.create(policy=policy, filter=users, role="inclusion")
    assert found(policy) == []


@pytest.mark.parametrize("role", list(PolicyFilter.Role))
def test_a_filter_that_tests_nothing_is_a_problem_in_every_role(policy: Policy, role: str) -> None:
    filter_ = add_filter(policy, "file_hash", {}, role)
    assert only(policy) == Problem(
        "Filter Its file_hash tests nothing, so it never matches. "
        "Enter what it tests, or remove it from the policy.",
        filter_,
    )


@pytest.mark.parametrize("kind", sorted(FILTER_KINDS))
def test_a_filter_of_any_kind_may_be_empty(policy: Policy, kind: str) -> None:
    add_filter(policy, kind, {}, "inclusion")
    assert "tests nothing" in only(policy).text


@pytest.mark.parametrize(
    ("kind", "settings", "why"),
    [
        ("commandline", {"text": "(", "match": "regex"}, "text: not a valid regular expression"),
        ("file_hash", {"hashes": ["abc"]}, "hashes: abc is not 64 hexadecimal digits"),
        ("time_of_day", {"days": ["monday"], "zone": "Mars/Olympus"}, "zone: Mars/Olympus is not"),
        ("file_specification", {"nmaes": ["a"]}, "nmaes: unknown field"),
        ("computer", ["WS-014"], "settings: must be an object"),
        ("horoscope", {"sign": "leo"}, "kind: must be one of"),
    ],
)
def test_a_filter_that_can_not_be_built_is_a_problem_with_its_reason(
    policy: Policy, kind: str, settings: Any, why: str
) -> None:
    filter_ = add_filter(policy, kind, settings, "exclusion")
    problem = only(policy)
    assert problem.text.startswith(f"Filter {filter_.name} can't be used: {why}")
    assert problem.text.endswith("Correct it, or remove it from the policy.")
    assert problem.item == filter_


def test_a_regular_expression_is_tested_as_the_server_does(policy: Policy) -> None:
    add_filter(policy, "commandline", {"text": r"^setup\s+/S$", "match": "regex"}, "inclusion")
    assert found(policy) == []


def test_a_filter_in_two_roles_is_told_of_once(policy: Policy) -> None:
    filter_ = add_filter(policy, "computer", {}, "inclusion")
    PolicyFilter.objects.create(policy=policy, filter=filter_, role="exclusion")
    assert only(policy).item == filter_


@pytest.mark.parametrize("audited", [True, False])
def test_without_actions_a_policy_must_at_least_record(policy: Policy, audited: bool) -> None:
    policy.policy_actions.all().delete()
    Policy.objects.update(audit_events=audited)
    texts = [problem.text for problem in found(policy)]
    assert texts == (
        []
        if audited
        else [
            "The policy has no action and records nothing. "
            "Add an action, or turn on Audit Policy Events."
        ]
    )


def test_child_actions_alone_are_actions_where_they_are_enforced(policy: Policy) -> None:
    policy.policy_actions.all().delete()
    deny = make_action("deny_execute")
    PolicyAction.objects.create(policy=policy, action=deny, for_children=True)
    assert "no action" in only(policy).text
    Policy.objects.update(enforce_child=True)
    assert found(policy) == []


def test_child_actions_are_looked_at_where_they_are_enforced(policy: Policy) -> None:
    form = make_action("approval_request_form")
    PolicyAction.objects.create(policy=policy, action=form, for_children=True)
    assert found(policy) == []
    Policy.objects.update(enforce_child=True)
    assert only(policy).item == form


@pytest.mark.parametrize(
    ("kind", "settings", "text"),
    [
        ("approval_request_form", {}, "has no approval type, so nobody could approve."),
        ("approval_request_offline_form", {}, "has no approval type, so nobody could approve."),
        ("command_line_approval_message", {}, "has no approval type, so nobody could approve."),
        ("run_as_user", {}, "names no account."),
        ("run_as_user", {"account": " "}, "names no account."),
        ("run_as_user", {"account": None}, "names no account."),
        ("set_environment_variable", {"value": "x"}, "names no variable."),
        ("dance", {}, "is of a kind that no agent can carry out"),
    ],
)
def test_an_action_that_lacks_what_it_needs_is_a_problem(
    policy: Policy, kind: str, settings: dict[str, Any], text: str
) -> None:
    action = make_action(kind, **settings)
    PolicyAction.objects.create(policy=policy, action=action, position=9)
    problem = only(policy)
    assert problem.text.startswith(f"Action {action.name} {text}")
    assert problem.item == action


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("run_as_user", {"account": "EXAMPLE\\svc"}),
        ("set_environment_variable", {"variable": "LICENSE"}),
        ("warning_message", {}),
        ("deny_execute", {}),
    ],
)
def test_an_action_that_has_what_it_needs_is_none(
    policy: Policy, kind: str, settings: dict[str, Any]
) -> None:
    PolicyAction.objects.create(policy=policy, action=make_action(kind, **settings))
    assert found(policy) == []


def test_an_approval_type_needs_a_process_handler(policy: Policy) -> None:
    ApprovalType.objects.update(process=None)
    kind = ApprovalType.objects.get()
    assert only(policy) == Problem(
        f"Approval type {kind.name} has no Process Handler. Choose one under Options.", kind
    )


def test_a_type_of_two_forms_is_told_of_once(policy: Policy) -> None:
    ApprovalType.objects.update(process=None)
    second = make_action("approval_request_form", ApprovalType.objects.get())
    PolicyAction.objects.create(policy=policy, action=second)
    assert only(policy).item == ApprovalType.objects.get()


def test_a_type_of_an_action_that_asks_nobody_does_not_matter(policy: Policy) -> None:
    broken = ApprovalType.objects.create(name="Nobody's")
    PolicyAction.objects.create(policy=policy, action=make_action("warning_message", broken))
    assert found(policy) == []


def set_process(**settings: Any) -> None:
    """Change settings of the one process."""
    process = ApprovalProcess.objects.get()
    process.settings = {**process.settings, **settings}
    process.save()


def set_server(**settings: Any) -> None:
    """Change settings of the one server."""
    server = ForeignSystem.objects.get()
    server.settings = {**server.settings, **settings}
    server.save()


@pytest.mark.parametrize(
    ("break_it", "about", "text"),
    [
        (
            lambda: set_process(to_addresses=[]),
            ApprovalProcess,
            "Approval process {} has no To Address, so nobody would be asked.",
        ),
        (
            lambda: ForeignSystem.objects.update(is_default=False),
            ApprovalProcess,
            "Approval process {} has no SMTP Server, and there is no default one.",
        ),
        (
            lambda: set_server(base_url="http://mail.example.com"),
            ForeignSystem,
            "SMTP server {} can't be used. Base URL can't begin with http://… Write smtp://…",
        ),
        (
            lambda: ForeignSystem.objects.update(settings={"from_address": "pm@example.com"}),
            ForeignSystem,
            "SMTP server {} can't be used. Base URL is empty.",
        ),
        (
            lambda: set_server(from_address=""),
            ApprovalProcess,
            "Approval process {} has no From Address, and neither has SMTP server",
        ),
    ],
)
def test_a_process_that_could_not_send_is_a_problem_if_it_sends_requests(
    policy: Policy, break_it: Callable[[], object], about: type[Item], text: str
) -> None:
    break_it()
    item = about._default_manager.get()
    problem = only(policy)
    assert problem.text.startswith(text.format(item.name))
    assert problem.item == item

    ApprovalProcess.objects.update(kind="manual_alerts")
    assert only(policy) == problem
    for kind in ("manual", "offline"):
        ApprovalProcess.objects.update(kind=kind)
        assert found(policy) == []


def test_a_processs_own_server_and_from_address_count_before_the_defaults(policy: Policy) -> None:
    set_server(base_url="", from_address="")
    own = make_own_server("smtps://mail.example.com")
    ApprovalProcess.objects.update(smtp_server=own)
    set_process(from_address="pm@example.com")
    assert found(policy) == []


def test_a_broken_server_of_its_own_is_not_helped_by_a_default_one(policy: Policy) -> None:
    own = make_own_server("smtp://")
    ApprovalProcess.objects.update(smtp_server=own)
    set_process(from_address="pm@example.com")
    assert only(policy).item == own


def test_a_system_of_another_kind_is_no_smtp_server(policy: Policy) -> None:
    """Claiming looks at SMTP servers only, so mail for such a system would wait for ever."""
    own = make_own_server("smtp://mail.example.com", kind="syslog")
    ApprovalProcess.objects.update(smtp_server=own)
    assert "which isn't an SMTP server" in only(policy).text


def make_own_server(base_url: str, kind: str = "smtp") -> ForeignSystem:
    return ForeignSystem.objects.create(name="Own", kind=kind, settings={"base_url": base_url})


def test_a_password_in_a_base_url_is_not_told(policy: Policy) -> None:
    set_server(base_url="smtp://sam:hunter2@mail.example.com")
    assert "Base URL holds an account name" in only(policy).text
    assert "hunter2" not in only(policy).text


def test_a_start_activity_leads_to_one_process_and_no_further(policy: Policy) -> None:
    asks = ApprovalProcess.objects.get()
    decides, third = make_process("manual"), make_process("manual")
    ApprovalProcess.objects.filter(pk=asks.pk).update(start_activity=decides)
    assert found(policy) == []
    ApprovalProcess.objects.filter(pk=decides.pk).update(start_activity=third)
    assert only(policy) == Problem(
        f"Approval process {asks.name} names {decides.name} as its Start Activity, which "
        "itself names another. Choose one that names none.",
        asks,
    )


def test_an_email_process_that_is_started_needs_somebody_to_ask_not_the_one_that_sends(
    policy: Policy,
) -> None:
    sends, decides = ApprovalProcess.objects.get(), make_process()
    ApprovalProcess.objects.filter(pk=sends.pk).update(start_activity=decides, settings={})
    assert found(policy) == []
    ApprovalProcess.objects.filter(pk=decides.pk).update(settings={})
    assert only(policy).item == decides


def test_all_problems_are_told_at_once_in_the_order_of_the_page() -> None:
    process = make_process(to_addresses=())
    form = make_action("approval_request_form", make_type(process))
    ForeignSystem.objects.all().delete()
    bare = Policy.objects.create(name="Bare")
    PolicyAction.objects.create(policy=bare, action=form)
    texts = [problem.text for problem in found(bare)]
    for text, part in zip(
        texts, ["computer group", "application", "To Address", "SMTP Server"], strict=True
    ):
        assert part in text


def test_each_item_of_a_problem_stands_in_its_text(policy: Policy) -> None:
    """So that a page can make a link of its name."""
    ApprovalType.objects.update(process=None)
    add_filter(policy, "file_hash", {}, "inclusion")
    PolicyAction.objects.create(policy=policy, action=make_action("run_as_user"))
    told = found(policy)
    assert len(told) == 3
    for problem in told:
        assert problem.item is not None
        assert problem.item.name in problem.text


def test_the_number_of_queries_is_fixed(
    policy: Policy, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    group = policy.groups.get()
    started = make_process()
    for _ in range(3):
        process = make_process()
        ApprovalProcess.objects.filter(pk=process.pk).update(
            start_activity=started, smtp_server=shared_server()
        )
        make_approval_policy(group, type=make_type(process))
        run_as = make_action("run_as_user", account="EXAMPLE\\svc")
        PolicyAction.objects.create(policy=policy, action=run_as, for_children=True)
    make_policy(group, make_action("deny_execute"))

    bare = Policy.objects.get(pk=policy.pk)
    with django_assert_max_num_queries(4):
        assert problems(bare) == []
    fetched = list(Policy.objects.with_parts())
    with django_assert_max_num_queries(1):
        assert problems(fetched[0]) == []
    with django_assert_max_num_queries(1):
        assert problems_of(fetched) == {each.pk: [] for each in fetched}
    unfetched = list(Policy.objects.all())
    with django_assert_max_num_queries(4):
        assert len(problems_of(unfetched)) == 5


def shared_server() -> ForeignSystem:
    settings = {"base_url": "smtps://mail.example.com", "from_address": "pm@example.com"}
    return ForeignSystem.objects.get_or_create(
        name="Shared", kind="smtp", defaults={"settings": settings}
    )[0]
