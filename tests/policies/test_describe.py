"""Policies in words. Where words tell what the engine does, the engine is asked whether it does."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from actions.kinds import ACTION_KINDS, Effect
from actions.models import Action
from approvals.models import ApprovalProcess, ApprovalType
from policies import engine
from policies.describe import (
    action_words,
    filter_words,
    outcome_words,
    sentence,
    sentence_parts,
)
from policies.describe.filters import clause_words, target_words
from policies.engine.filters import FILTER_KINDS
from policies.models import Filter, Policy, PolicyAction, PolicyFilter, PolicyType
from tests.agents.endpoints import make_action, make_approval_policy, make_group
from tests.factories import make_process, make_type
from tests.policies.engine.engine_parts import NOW, a_filter, event, grant

FORMS = {key for key, kind in ACTION_KINDS.items() if kind.effect is Effect.ASK_APPROVAL}
HASHES = [f"{number:064x}" for number in range(1, 12)]


def a_row(kind: str, **settings: Any) -> Filter:
    """Not stored: words are made from the row alone."""
    return Filter(name="Some Filter", kind=kind, settings=settings)


# kind, settings, what it tests, what is targeted, the condition within a sentence
FILTERS = [
    (
        "file_specification",
        {"names": ["setup*.exe", "*setup.exe", "*.msi"]},
        "file name is setup*.exe, *setup.exe or *.msi",
        "setup*.exe, *setup.exe or *.msi",
        "the file name is setup*.exe, *setup.exe or *.msi",
    ),
    (
        "file_specification",
        {"path": "C:\\Tools"},
        "path is C:\\Tools or below it",
        "anything at or below C:\\Tools",
        "the path is C:\\Tools or below it",
    ),
    (
        "file_specification",
        {"glob": "*:\\Users\\**"},
        "path matches *:\\Users\\**",
        "anything matching *:\\Users\\**",
        "the path matches *:\\Users\\**",
    ),
    (
        "file_specification",
        {"path": "/opt", "glob": "/opt/*/bin/**"},
        "path is /opt or below it and path matches /opt/*/bin/**",
        "anything at or below /opt and matching /opt/*/bin/**",
        "the path is /opt or below it and the path matches /opt/*/bin/**",
    ),
    (
        "file_specification",
        {"names": ["a.exe", "b.exe"], "path": "C:\\Tools"},
        "file name is a.exe or b.exe and path is C:\\Tools or below it",
        "anything whose file name is a.exe or b.exe and whose path is C:\\Tools or below it",
        "the file name is a.exe or b.exe and the path is C:\\Tools or below it",
    ),
    (
        "file_hash",
        {"hashes": ["9f2c1e7b" + "0" * 48 + "d8a1c94e"]},
        "SHA-256 is 9f2c1e7b…d8a1c94e",
        "anything whose SHA-256 is 9f2c1e7b…d8a1c94e",
        "the SHA-256 is 9f2c1e7b…d8a1c94e",
    ),
    (
        "signed_file",
        {"subject": "Contoso Software*"},
        "signer is Contoso Software*",
        "anything signed by Contoso Software*",
        "the signer is Contoso Software*",
    ),
    (
        "commandline",
        {"text": "/quiet"},
        "command line is /quiet",
        "anything whose command line is /quiet",
        "the command line is /quiet",
    ),
    (
        "commandline",
        {"text": "/quiet", "match": "partial"},
        "command line contains /quiet",
        "anything whose command line contains /quiet",
        "the command line contains /quiet",
    ),
    (
        "commandline",
        {"text": r"/S\b", "match": "regex"},
        r"whole command line matches the expression /S\b",
        r"anything whose whole command line matches the expression /S\b",
        r"the whole command line matches the expression /S\b",
    ),
    (
        "advanced_commandline",
        {"command": "systemctl", "arguments": ["restart", "*"]},
        "command is systemctl and arguments are restart *",
        "anything whose command is systemctl and whose arguments are restart *",
        "the command is systemctl and the arguments are restart *",
    ),
    (
        "advanced_commandline",
        {"command": "/bin/ls", "no_arguments": True},
        "command is /bin/ls without arguments",
        "anything whose command is /bin/ls without arguments",
        "the command is /bin/ls without arguments",
    ),
    (
        "advanced_commandline",
        {"no_arguments": True},
        "command has no arguments",
        "anything whose command has no arguments",
        "the command has no arguments",
    ),
    (
        "advanced_commandline",
        {"arguments": ["-m", "a b", "**"]},
        'arguments are -m "a b" **',
        'anything whose arguments are -m "a b" **',
        'the arguments are -m "a b" **',
    ),
    (
        "advanced_commandline",
        {"command": "^/bin/", "arguments": ["re start"], "match": "regex"},
        "whole command path matches the expression ^/bin/ "
        "and whole list of arguments matches the expression re start",
        "anything whose whole command path matches the expression ^/bin/ "
        "and whose whole list of arguments matches the expression re start",
        "the whole command path matches the expression ^/bin/ "
        "and the whole list of arguments matches the expression re start",
    ),
    (
        "advanced_commandline",
        {"command": "^/bin/ls$", "no_arguments": True, "match": "regex"},
        "whole command path matches the expression ^/bin/ls$ and command has no arguments",
        "anything whose whole command path matches the expression ^/bin/ls$ "
        "and whose command has no arguments",
        "the whole command path matches the expression ^/bin/ls$ and the command has no arguments",
    ),
    (
        "user_context",
        {"groups": ["BUILTIN\\Administrators"]},
        "user is in BUILTIN\\Administrators",
        "anything whose user is in BUILTIN\\Administrators",
        "the user is in BUILTIN\\Administrators",
    ),
    (
        "user_context",
        {"users": ["EXAMPLE\\alice", "S-1-5-18"]},
        "user is EXAMPLE\\alice or S-1-5-18",
        "anything whose user is EXAMPLE\\alice or S-1-5-18",
        "the user is EXAMPLE\\alice or S-1-5-18",
    ),
    (
        "user_context",
        {"users": ["alice"], "groups": ["sudo", "wheel"], "match": "any"},
        "user is alice, or is in sudo or wheel",
        "anything whose user is alice, or is in sudo or wheel",
        "the user is alice, or is in sudo or wheel",
    ),
    (
        "user_context",
        {"users": ["alice", "bob"], "groups": ["sudo", "wheel"], "match": "all"},
        "user is alice or bob, and is in sudo and wheel",
        "anything whose user is alice or bob, and is in sudo and wheel",
        "the user is alice or bob, and is in sudo and wheel",
    ),
    (
        "parent_process",
        {"names": ["consent.exe"]},
        "parent is consent.exe",
        "anything whose parent is consent.exe",
        "the parent is consent.exe",
    ),
    (
        "parent_process",
        {"path": "/usr", "glob": "/usr/*"},
        "parent's path is /usr or below it and parent's path matches /usr/*",
        "anything whose parent's path is /usr or below it and whose parent's path matches /usr/*",
        "the parent's path is /usr or below it and the parent's path matches /usr/*",
    ),
    (
        "time_of_day",
        {
            "days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            "periods": ["08:00-18:00"],
            "zone": "Europe/Oslo",
        },
        "Monday to Friday, 08:00 to 18:00 (Europe/Oslo)",
        "anything while it is Monday to Friday, 08:00 to 18:00 (Europe/Oslo)",
        "it is Monday to Friday, 08:00 to 18:00 (Europe/Oslo)",
    ),
    (
        "computer",
        {"names": ["WS-*", "SRV-1"]},
        "computer is WS-* or SRV-1",
        "anything on WS-* or SRV-1",
        "the computer is WS-* or SRV-1",
    ),
]


@pytest.mark.parametrize(("kind", "settings", "words", "target", "clause"), FILTERS)
def test_a_filter_is_told_by_what_it_tests(
    kind: str, settings: dict[str, Any], words: str, target: str, clause: str
) -> None:
    row = a_row(kind, **settings)
    assert (filter_words(row), target_words(row), clause_words(row)) == (words, target, clause)


def test_every_kind_of_filter_is_told() -> None:
    assert {kind for kind, *_ in FILTERS} == set(FILTER_KINDS)


@pytest.mark.parametrize(
    ("days", "periods", "words"),
    [
        ([], ["08:00 - 12:00", "13:00-17:00"], "every day, 08:00 to 12:00 and 13:00 to 17:00"),
        (["sunday", "Saturday"], [], "Saturday and Sunday, all day"),
        (["friday", "monday", "wednesday"], [], "Monday, Wednesday and Friday, all day"),
        (
            ["monday", "tuesday", "wednesday", "saturday"],
            ["22:00-06:00"],
            "Monday to Wednesday and Saturday, 22:00 to 06:00 the next day",
        ),
        (
            ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
            ["18:00-24:00"],
            "every day, 18:00 to 24:00",
        ),
        ([], [f"{hour:02}:00-{hour:02}:30" for hour in range(6)], "… and 2 more"),
    ],
)
def test_times_are_told_by_days_then_periods(
    days: list[str], periods: list[str], words: str
) -> None:
    told = filter_words(a_row("time_of_day", days=days, periods=periods))
    begin, cut, end = words.rpartition("…")
    assert told.startswith(begin) if cut else True
    assert told.endswith(f"{end} (UTC)")


@pytest.mark.parametrize("kind", sorted(FILTER_KINDS))
def test_a_filter_that_tests_nothing_says_so(kind: str) -> None:
    row = a_row(kind)
    assert filter_words(row) == "tests nothing yet"
    assert target_words(row) == clause_words(row) == "Some Filter (tests nothing yet)"


def test_a_filter_that_can_not_be_built_says_why() -> None:
    row = a_row("file_hash", hashes=["abc"])
    why = "can't be used: hashes: abc is not 64 hexadecimal digits (SHA-256)"
    assert filter_words(row) == why
    assert target_words(row) == clause_words(row) == f"Some Filter ({why})"
    row = Filter(name="Of another version", kind="horoscope", settings=None)
    assert filter_words(row).startswith("can't be used: kind: must be one of")


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "a"),
        (2, "a or b"),
        (5, "a, b, c, d or e"),
        (6, "a, b, c, d and 2 more"),
        (11, "a, b, c, d and 7 more"),
    ],
)
def test_lists_longer_than_five_are_cut(count: int, words: str) -> None:
    names = list("abcdefghijk")[:count]
    assert filter_words(a_row("file_specification", names=names)) == f"file name is {words}"
    assert filter_words(a_row("user_context", users=names)) == f"user is {words}"


def test_hashes_are_cut_to_be_read() -> None:
    told = filter_words(a_row("file_hash", hashes=HASHES))
    assert told.startswith("SHA-256 is 00000000…00000001, 00000000…00000002, ")
    assert told.endswith(" and 7 more")


def test_what_hides_or_turns_within_a_value_is_made_visible_and_what_is_long_is_cut() -> None:
    told = filter_words(a_row("file_specification", names=["exe.\u202egpj", "a\nb", "x" * 300]))
    assert "exe.[U+202E]gpj, a[U+000A]b or xxx" in told
    assert told.endswith("x…")
    assert len(told) < 200


def an_action(kind: str, approval_type: ApprovalType | None = None, **settings: Any) -> Action:
    """Not stored; a form gets a type that is asked for by email."""
    if approval_type is None and kind in FORMS:
        approval_type = a_type()
    return Action(name=f"Its {kind}", kind=kind, settings=settings, approval_type=approval_type)


def a_type(name: str = "Run It", process: str = "email") -> ApprovalType:
    handler = ApprovalProcess(name="Ask", kind=process) if process else None
    return ApprovalType(name=name, process=handler)


ACTIONS = [
    ("approval_request_form", {}, "asks for a reason and waits for an approval (Run It)"),
    (
        "approval_request_form",
        {"reason_required": False},
        "asks for a reason, which may be empty, and waits for an approval (Run It)",
    ),
    (
        "approval_request_offline_form",
        {},
        "asks for a reason and waits for an approval (Run It); "
        "without a connection, the user reads a code to the help desk",
    ),
    (
        "command_line_approval_message",
        {},
        "asks for a reason at the command line and waits for an approval (Run It)",
    ),
    ("justify_elevation", {}, "asks for a reason and records it"),
    (
        "justify_elevation",
        {"reason_required": False},
        "asks for a reason, which may be empty, and records it",
    ),
    ("warning_message", {}, "shows a warning; the user can continue"),
    ("deny_execute", {}, "denies it without telling the user"),
    ("deny_execute_message", {}, "denies it and tells the user"),
    ("add_administrative_rights", {}, "runs it with administrator rights"),
    ("remove_administrative_rights", {}, "runs it without administrator rights"),
    ("run_as_user", {"account": "EXAMPLE\\svc"}, "runs it as EXAMPLE\\svc"),
    ("run_as_user", {}, "runs it as another user (none is named yet)"),
    ("set_environment_variable", {"variable": "LICENSE"}, "sets the environment variable LICENSE"),
    ("set_environment_variable", {}, "sets the environment variable (none is named yet)"),
    ("dance", {}, "denies it, because no agent can carry out this kind of action"),
]


@pytest.mark.parametrize(("kind", "settings", "words"), ACTIONS)
def test_an_action_is_told_by_what_it_does(kind: str, settings: dict[str, Any], words: str) -> None:
    assert action_words(an_action(kind, **settings)) == words


def test_every_kind_of_action_is_told() -> None:
    assert {kind for kind, *_ in ACTIONS} >= set(ACTION_KINDS)


def test_a_form_without_approval_type_says_that_it_denies() -> None:
    form = Action(name="Form", kind="approval_request_form")
    assert action_words(form) == "denies it, because it has no approval type: nobody could approve"


def test_the_value_of_an_environment_variable_is_not_told() -> None:
    action = an_action("set_environment_variable", variable="TOKEN", value="hunter2")
    assert "hunter2" not in action_words(action) + outcome_words([action])


ADD, REMOVE = "add_administrative_rights", "remove_administrative_rights"
FORM, JUSTIFY, WARN = "approval_request_form", "justify_elevation", "warning_message"


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (
            [FORM, ADD],
            "ask for a reason, wait for an approval by email, then run it with administrator rights",
        ),
        (
            [FORM, JUSTIFY, WARN],
            "ask for a reason, wait for an approval by email, "
            "then run it with the user's own rights",
        ),
        ([ADD], "run it with administrator rights"),
        ([ADD, REMOVE], "run it without administrator rights"),
        ([JUSTIFY, ADD], "ask for a reason, then run it with administrator rights"),
        (
            [WARN, JUSTIFY],
            "ask for a reason, warn the user, then run it with the user's own rights",
        ),
        ([WARN], "warn the user, then run it with the user's own rights"),
        (["deny_execute", FORM, ADD], "deny it without telling the user"),
        (["deny_execute", "deny_execute_message"], "deny it and tell the user"),
        (["dance", ADD], "deny it, because no agent can carry out Its dance"),
    ],
)
def test_actions_come_to_what_the_engine_would_do(kinds: list[str], words: str) -> None:
    assert outcome_words([an_action(kind) for kind in kinds]) == words


def test_accounts_and_variables_are_told_once_each() -> None:
    actions = [
        an_action("run_as_user"),
        an_action("run_as_user", account="EXAMPLE\\svc"),
        an_action("run_as_user", account="EXAMPLE\\other"),
        an_action("set_environment_variable", variable="LANG", value="C"),
        an_action("set_environment_variable", variable="TZ", value="UTC"),
        an_action("set_environment_variable", variable="LANG", value="nb"),
        an_action(ADD),
    ]
    assert outcome_words(actions) == (
        "run it as EXAMPLE\\svc with administrator rights, "
        "with the environment variables LANG and TZ set"
    )
    assert outcome_words(actions[1:4]) == (
        "run it as EXAMPLE\\svc, with the environment variable LANG set"
    )


@pytest.mark.parametrize(
    ("process", "words"),
    [
        ("email", "wait for an approval by email"),
        ("manual", "wait for an approval in Manage Approvals"),
        ("manual_alerts", "wait for an approval in Manage Approvals"),
        ("offline", "wait for an approval by a code from the help desk"),
        ("", "wait for an approval that nobody can give yet"),
    ],
)
def test_an_approval_is_told_by_how_it_is_given(process: str, words: str) -> None:
    assert words in outcome_words([an_action(FORM, a_type(process=process))])


def test_every_kind_of_process_is_told() -> None:
    for kind in ApprovalProcess.Kind:
        assert "wait for an approval" in outcome_words([an_action(FORM, a_type(process=kind))])


def test_two_forms_of_one_type_ask_once_and_of_two_types_twice() -> None:
    first, second = a_type("First"), a_type("Second", "manual")
    assert outcome_words([an_action(FORM, first), an_action(FORM, first)]).count("approval") == 1
    assert outcome_words([an_action(FORM, first), an_action(FORM, second)]) == (
        "ask for a reason, wait for an approval by email (First), "
        "ask for a reason, wait for an approval in Manage Approvals (Second), "
        "then run it with the user's own rights"
    )


@pytest.mark.parametrize("size", [1, 2, 3])
def test_words_and_engine_agree_on_any_actions(size: int) -> None:
    kinds = sorted({*ACTION_KINDS, "dance"})
    for chosen in itertools.combinations(kinds, size):
        rows = [an_action(kind, account="svc", name="LANG") for kind in chosen]
        words, decision = outcome_words(rows), decided(rows)
        assert words.startswith("deny") == (decision.verdict == "deny"), chosen
        assert ("approval" in words) == (decision.verdict == "approval_required"), chosen
        justified = "ask for a reason" in words and "approval" not in words
        assert justified == (decision.verdict == "justification_required"), chosen
        assert words.startswith("warn the user") == (decision.verdict == "warn"), chosen
        assert words.startswith("run it") == (decision.verdict == "allow"), chosen
        if decision.verdict == "allow":
            rights = decision.rights
            assert (" with administrator" in words) == rights["elevate"], chosen
            assert ("without administrator" in words) == rights["remove_rights"], chosen
            assert ("as svc" in words) == bool(rights["run_as"]), chosen
            assert ("LANG" in words) == bool(rights["environment"]), chosen


TYPES = [a_type("First"), a_type("Second", "manual"), a_type("Third", "")]
any_action = st.builds(
    lambda kind, text, type_: Action(
        name=f"Its {kind}",
        kind=kind,
        settings={"account": text, "variable": text, "value": text},
        approval_type=type_,
    ),
    st.sampled_from([*ACTION_KINDS, "dance"]),
    st.sampled_from(["", " ", "svc", "LANG"]),
    st.sampled_from([*TYPES, *TYPES, None]),
)


@given(st.lists(any_action, min_size=1, max_size=7))
def test_words_and_engine_agree_step_by_step(rows: list[Action]) -> None:
    """While everything is given that the engine asks for, it asks in the order of the words."""
    words = outcome_words(rows)
    forms = [row.approval_type for row in rows if row.kind in FORMS]
    types = {str(kind.pk): kind for kind in forms if kind}
    grants: list[engine.Grant] = []
    expected: list[str] = []
    answered = ""
    while (decision := decided(rows, tuple(grants), answered)).verdict not in {"allow", "deny"}:
        need = decision.need
        if need is None:
            kinds = {prompt.kind for prompt in decision.prompts}
            expected += ["ask for a reason"] if "justification" in kinds else []
            expected += ["warn the user"] if "warning" in kinds else []
            answered = decision.verdict
            continue
        grants.append(
            grant(
                event(),
                identity=need.scope_key,
                kind=need.approval_type,
                policy_id="p",
                rights=need.rights,
            )
        )
        by = {"email": "by email", "manual": "in Manage Approvals"}
        process = types[need.approval_type.id].process
        expected.append("ask for a reason")
        expected.append(
            f"wait for an approval {by[process.kind] if process else 'that nobody can give yet'}"
            + (f" ({need.approval_type.name})" if len(types) > 1 else "")
        )
    if decision.verdict == "deny":
        assert words.startswith("deny it")
        assert ("and tell the user" in words) == bool(decision.prompts)
        assert ("because" in words) == bool(decision.code)
        assert ("no approval type" in words) == (decision.code == "no_approval_type")
        return
    rights = decision.rights
    run = words.removeprefix(", ".join([*expected, "then "]) if expected else "")
    assert run.startswith("run it")
    assert (" as svc" in run, " as LANG" in run) == tuple(
        rights["run_as"] == name for name in ("svc", "LANG")
    )
    assert (" with administrator rights" in run) == rights["elevate"]
    assert (" without administrator rights" in run) == rights["remove_rights"]
    assert ("environment variable" in run) == bool(rights["environment"])


def decided(
    rows: list[Action], grants: tuple[engine.Grant, ...] = (), answered: str = ""
) -> engine.Decision:
    """What the engine says of a program that a policy of these actions matches."""
    actions = tuple(
        engine.Action(
            id=str(row.pk),
            name=row.name,
            kind=row.kind,
            settings=row.settings,
            approval_type=engine.ApprovalType(str(row.approval_type.pk), row.approval_type.name)
            if row.approval_type
            else None,
        )
        for row in rows
    )
    policy = engine.Policy("p", "p", "v", 50, 1, targets=(a_filter(),), actions=actions)
    return engine.compile([policy]).decide(event(), now=NOW, grants=grants, answered=answered)


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
