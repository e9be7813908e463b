"""What actions do: one by one from their kinds' words, together from the engine's own decisions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from actions.kinds import ACTION_KINDS
from actions.models import Action
from policies import engine
from policies.engine.model import NO_APPROVAL_TYPE, UNKNOWN_ACTION
from policies.engine.verdict import Standing, verdict
from policies.engine.words import listed, shown
from policies.snapshot import compiled_action

_FAULTS = {
    UNKNOWN_ACTION: "no agent can carry out {}",
    NO_APPROVAL_TYPE: "{} has no approval type",
}
_PROMPTS = {"justification": "ask for a reason", "warning": "warn the user"}
# Any execution that the policy matches: what its actions lead to does not depend on which.
_EXECUTION = engine.Event(platform="", computer_id="", computer="", account="")
_POLICY = engine.Policy(id="", name="", version="", priority=1, created=0)
_NOW = datetime(2000, 1, 1, tzinfo=UTC)


def action_words(action: Action) -> str:
    """What one action does: "runs it with administrator rights". Values of variables are left out."""
    compiled = compiled_action(action)
    if compiled.fault == UNKNOWN_ACTION:
        return "denies it, because no agent can carry out this kind of action"
    if compiled.fault == NO_APPROVAL_TYPE:
        return "denies it, because it has no approval type: nobody could approve"
    kind = ACTION_KINDS[action.kind]
    values = {name: shown(text.strip()) for name, text in compiled.texts.items()}
    if kind.needs and not values[kind.needs]:
        values[kind.needs] = kind.unnamed
    reason = "a reason" if compiled.reason_required else "a reason, which may be empty,"
    type_name = shown(compiled.approval_type.name) if compiled.approval_type else ""
    return kind.words.format(**values, reason=reason, type=type_name)


def outcome_words(actions: Sequence[Action]) -> str:
    """What `actions` lead to: "ask for a reason, then run it as EXAMPLE\\svc".

    The engine decides, again and again, while everything that it asks for is given.
    """
    types = {str(a.approval_type.pk): a.approval_type for a in actions if a.approval_type}
    steps = [(_POLICY, compiled_action(action)) for action in actions]
    grants: list[engine.Grant] = []
    conditions: list[tuple[str, str]] = []  # what, and the approval type's name
    answered = ""
    while True:
        standing = Standing(answered, _NOW, tuple(grants))
        decision = verdict(_EXECUTION, steps, standing)
        if decision.verdict == "deny":
            return _denial([action for _, action in steps], decision)
        if decision.verdict == "allow":
            break
        if decision.need:
            grants.append(decision.need.granted_once())
            needed = types[decision.need.approval_type.id]
            process = needed.process
            by = process.decided if process else "that nobody can give yet"
            conditions.append((f"ask for a reason, wait for an approval {by}", needed.name))
        else:
            answered = decision.verdict
            kinds = dict.fromkeys(prompt.kind for prompt in decision.prompts)
            conditions += [(_PROMPTS[kind], "") for kind in kinds]
    run = _run(decision.rights)
    if not conditions:
        return run
    names = [f" ({shown(name)})" if len(grants) > 1 else "" for _, name in conditions]
    words = [what + name for (what, _), name in zip(conditions, names, strict=True)]
    return ", ".join([*words, f"then {run}"])


def _denial(actions: Sequence[engine.Action], decision: engine.Decision) -> str:
    if not decision.code:
        return (
            "deny it and tell the user" if decision.prompts else "deny it without telling the user"
        )
    at_fault = next(action for action in actions if action.fault == decision.code)
    return f"deny it, because {_FAULTS[decision.code].format(shown(at_fault.name))}"


def _run(rights: Mapping[str, Any]) -> str:
    words = f"run it as {shown(rights['run_as'])}" if rights["run_as"] else "run it"
    if rights["remove_rights"]:
        words += " without administrator rights"
    elif rights["elevate"]:
        words += " with administrator rights"
    elif not rights["run_as"]:
        words += " with the user's own rights"
    names = list(rights["environment"])
    if not names:
        return words
    plural = "s" if len(names) > 1 else ""
    return f"{words}, with the environment variable{plural} {listed(names, 'and')} set"
