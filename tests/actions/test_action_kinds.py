"""Every kind of action is declared whole: its record, its form, its effect, its words."""

from dataclasses import fields
from string import Formatter
from typing import Any

import pytest

from actions.forms import FORMS
from actions.items import ACTIONS
from actions.kinds import ACTION_KINDS, ActionKind, Effect
from approvals import defaults
from policies import engine
from policies.engine.verdict import rights_of
from tests.policies.engine.engine_parts import NOW, event, policy

KINDS = list(ACTION_KINDS.values())
every_kind = pytest.mark.parametrize("kind", KINDS, ids=list(ACTION_KINDS))


@every_kind
def test_a_kind_can_be_created_and_every_setting_edited(kind: ActionKind) -> None:
    offered = ACTIONS.kind(kind.key)
    assert offered is not None, "not in the Create dialog"
    assert (offered.label, offered.form) == (kind.label, FORMS[kind.settings])
    settings = {field.name for field in fields(kind.settings)}
    assert settings <= set(offered.form.base_fields), "a setting that no field edits"
    shown = {name for section in offered.form.sections for name in section.fields}
    assert settings <= shown, "a setting that no section shows"
    assert (kind.effect is Effect.ASK_APPROVAL) == ("approval_type" in offered.form.base_fields)


@every_kind
def test_the_words_of_a_kind_name_what_there_is(kind: ActionKind) -> None:
    named = {name for _, name, _, _ in Formatter().parse(kind.words) if name}
    assert named <= {"reason", "type", *kind.preset_texts}
    assert kind.needs in {"", *named}
    assert bool(kind.needs) == bool(kind.unnamed)
    assert ("type" in named) == (kind.effect is Effect.ASK_APPROVAL)


@every_kind
def test_a_built_in_action_has_what_its_effect_needs(kind: ActionKind) -> None:
    if not kind.built_in:
        assert kind.needs, "a kind that needs nothing comes with a built-in action"
        return
    assert not kind.needs
    asks = kind.effect is Effect.ASK_APPROVAL
    assert kind.approval_type in ({defaults.EXECUTE, defaults.OFFLINE} if asks else {""})


# What the engine does for each effect when nothing is granted yet, and which settings it reads.
EFFECTS = {
    Effect.DENY: ("deny", set()),
    Effect.ASK_APPROVAL: ("approval_required", {"reason_required", "pending"}),
    Effect.ASK_REASON: ("justification_required", {"reason_required"}),
    Effect.WARN: ("warn", {"message"}),
    Effect.ELEVATE: ("allow", set()),
    Effect.REMOVE_RIGHTS: ("allow", set()),
    Effect.RUN_AS: ("allow", {"account"}),
    Effect.SET_VARIABLE: ("allow", {"variable", "value"}),
}


@every_kind
def test_the_engine_carries_out_every_kind(kind: ActionKind) -> None:
    verdict, read = EFFECTS[kind.effect]
    assert read <= {field.name for field in fields(kind.settings)}
    approval_type = engine.ApprovalType("t", "Type")
    settings = kind.settings().to_json() | dict.fromkeys([kind.needs] if kind.needs else [], "X")
    action = engine.Action("a", "Action", kind.key, settings, approval_type)
    decision = engine.compile([policy(action)]).decide(event(), now=NOW)
    assert (decision.verdict, decision.code) == (verdict, "")
    if verdict == "allow":
        assert rights_of([action]) != rights_of([])


@pytest.mark.parametrize("key", [k.key for k in KINDS if "title" in k.preset_texts])
def test_a_text_that_was_saved_empty_stays_empty(key: str) -> None:
    """The presets fill in only what was never saved, and there is one set of them."""
    kind = ACTION_KINDS[key]
    emptied = dict.fromkeys(kind.preset_texts, "")
    approval_type = engine.ApprovalType("t", "Type")

    def prompt_texts(settings: Any) -> dict[str, str]:
        action = engine.Action("a", "Action", key, settings, approval_type)
        decision = engine.compile([policy(action)]).decide(event(), now=NOW)
        return dict(decision.prompts[0].texts)

    assert prompt_texts(emptied) == emptied
    assert prompt_texts({}) == kind.preset_texts
    offered = ACTIONS.kind(key)
    assert offered is not None
    assert prompt_texts(ACTIONS.new(offered).settings) == kind.preset_texts
