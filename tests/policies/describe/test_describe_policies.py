"""A whole policy in one sentence, and its type."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from actions.models import Action
from policies.describe import action_words, filter_words, sentence, sentence_parts
from policies.models import Filter, Policy, PolicyAction, PolicyFilter, PolicyType
from tests.agents.endpoints import make_action, make_approval_policy, make_group
from tests.factories import make_process, make_type
from tests.policies.describe.unstored import ADD, FORM, JUSTIFY, REMOVE, WARN


def make_empty_policy(*actions: Action, **values: Any) -> Policy:
    """Stored, without groups and filters."""
    policy = Policy.objects.create(name="Policy", **values)
    for position, action in enumerate(actions):
        PolicyAction.objects.create(policy=policy, action=action, position=position)
    return policy


def add_filter(policy: Policy, role: str, kind: str, **settings: Any) -> None:
    number = Filter.objects.count()
    row = Filter.objects.create(name=f"Filter {number}", kind=kind, settings=settings)
    PolicyFilter.objects.create(policy=policy, filter=row, role=role, position=number)


@pytest.mark.django_db
def test_the_sentence_tells_the_whole_policy() -> None:
    group = make_group()
    form = make_action(FORM, make_type())
    policy = make_empty_policy(form, make_action(ADD))
    policy.groups.add(group)
    add_filter(policy, "target", "file_specification", names=["setup.exe", "*.msi"])
    add_filter(policy, "target", "signed_file", subject="Contoso Software*")
    add_filter(policy, "inclusion", "parent_process", names=["consent.exe"])
    add_filter(policy, "inclusion", "time_of_day", days=["monday"])
    add_filter(policy, "exclusion", "user_context", groups=["BUILTIN\\Administrators"])
    add_filter(policy, "exclusion", "computer", names=["KIOSK-*"])
    assert sentence(policy) == (
        f"When someone on {group.name} starts setup.exe or *.msi or anything signed by Contoso "
        "Software*, and the parent is consent.exe, and it is Monday, all day (UTC), unless the "
        "user is in BUILTIN\\Administrators, or the computer is KIOSK-*: ask for a reason, wait "
        "for an approval by email, then run it with administrator rights. Later policies are "
        "not evaluated."
    )
    parts = sentence_parts(policy)
    assert parts.outcome.startswith("ask for a reason, wait")
    assert str(parts) == sentence(policy)


@pytest.mark.django_db
def test_an_empty_policy_says_what_is_missing() -> None:
    assert sentence(make_empty_policy()) == (
        "When someone on a computer (no group is targeted yet) starts an application (none is "
        "targeted yet): let it run as it is. Later policies are not evaluated."
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("continues", "audited", "words"),
    [
        (True, True, "record it. Later policies are evaluated too, and their actions are added."),
        (True, False, "do nothing. Later policies are evaluated too,"),
        (False, True, "let it run as it is and record it. Later policies are not evaluated."),
        (False, False, "let it run as it is. Later policies are not evaluated."),
    ],
)
def test_without_actions_it_matters_whether_later_policies_are_looked_at(
    continues: bool, audited: bool, words: str
) -> None:
    policy = make_empty_policy(continue_enforcing=continues, audit_events=audited)
    assert f": {words}" in sentence(policy)


@pytest.mark.django_db
def test_child_actions_are_told_where_they_are_enforced() -> None:
    policy = make_empty_policy(make_action(ADD))
    deny = make_action("deny_execute")
    PolicyAction.objects.create(policy=policy, action=deny, for_children=True)
    assert "deny" not in sentence(policy)
    policy = Policy.objects.get()
    policy.enforce_child = True
    assert sentence(policy).endswith(
        ": run it with administrator rights. For each program that it starts with these rights: "
        "deny it without telling the user. Later policies are not evaluated."
    )


@pytest.mark.django_db
def test_many_groups_targets_and_conditions_are_cut() -> None:
    policy = make_empty_policy(make_action(ADD))
    for number in range(6):
        policy.groups.add(make_group())
        add_filter(policy, "target", "file_specification", names=[f"t{number}"])
        add_filter(policy, "inclusion", "file_specification", names=[f"i{number}"])
        add_filter(policy, "exclusion", "file_specification", names=[f"e{number}"])
    told = sentence(policy)
    assert " and 2 more starts t0, t1, t2, t3 and 2 more, and the file name is i0, and " in told
    assert "is i3, and 2 more, unless the file name is e0, or " in told
    assert "is e3, or 2 more: run it" in told


@pytest.mark.django_db
def test_names_of_items_in_the_sentence_are_made_visible_too() -> None:
    policy = make_empty_policy(make_action(ADD))
    group = make_group()
    group.name = "Safe\u202e\nGroup"
    group.save()
    policy.groups.add(group)
    add_filter(policy, "target", "computer")
    Filter.objects.update(name="F\u2066")
    assert "someone on Safe[U+202E][U+000A]Group starts F[U+2066] (tests" in sentence(policy)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kinds", "name"),
    [
        ([ADD, WARN, JUSTIFY, FORM, "deny_execute"], "Block"),
        (["deny_execute_message"], "Block"),
        (["dance", ADD], "Block"),
        ([ADD, WARN, JUSTIFY, FORM], "Require Approval"),
        (["command_line_approval_message"], "Require Approval"),
        (["approval_request_offline_form"], "Require Approval"),
        ([ADD, WARN, JUSTIFY], "Require Justification"),
        ([ADD, WARN], "Warn"),
        ([ADD, "run_as_user"], "Elevate"),
        ([ADD, REMOVE], "Allow"),
        ([REMOVE], "Allow"),
        (["run_as_user"], "Allow"),
        (["set_environment_variable"], "Allow"),
        ([], "Allow"),
    ],
)
def test_a_policys_type_is_its_strongest_action(kinds: list[str], name: str) -> None:
    policy = make_empty_policy(*(make_action(kind) for kind in kinds))
    child = make_action("deny_execute")
    PolicyAction.objects.create(policy=policy, action=child, for_children=True)
    assert PolicyType(Policy.objects.with_type().get().type).label == name


@pytest.mark.django_db
def test_a_list_of_policies_is_told_without_further_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    group = make_group()
    for _ in range(4):
        policy = make_approval_policy(group, type=make_type(make_process("manual")))
        add_filter(policy, "inclusion", "computer", names=["WS-*"])
    with django_assert_num_queries(4):
        policies = list(Policy.objects.with_parts())
    with django_assert_num_queries(0):
        for policy in policies:
            assert "in Manage Approvals" in sentence(policy)
            for part in policy.policy_actions.all():
                assert action_words(part.action)
            for part in policy.policy_filters.all():
                assert filter_words(part.filter)
