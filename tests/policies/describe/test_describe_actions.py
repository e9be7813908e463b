"""Actions in words: each by itself, and what several come to."""

from typing import Any

import pytest

from actions.kinds import ACTION_KINDS
from actions.models import Action
from approvals.models import ApprovalProcess
from policies.describe import action_words, outcome_words
from tests.policies.describe.unstored import ADD, FORM, JUSTIFY, REMOVE, WARN, a_type, an_action

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
