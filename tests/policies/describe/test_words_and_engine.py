"""Where words tell what the engine does, the engine is asked whether it does."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.kinds import ACTION_KINDS
from actions.models import Action
from policies import engine
from policies.describe import outcome_words
from tests.policies.describe.unstored import FORMS, a_type, an_action
from tests.policies.engine.engine_parts import NOW, a_filter, event, grant


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
