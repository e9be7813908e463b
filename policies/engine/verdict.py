"""What the actions of the matched policies come to.

In this order: a denial, which no grant lifts; each approval form, which needs a grant of its type;
then, where there are no forms, justification and warning; else allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Collection, Dict, List, Mapping, Optional, Sequence, Set, Tuple

from policies.engine.decision import Decision, Need, Rights
from policies.engine.event import Event
from policies.engine.keys import covers, exact_key, scope_key
from policies.engine.model import (
    ACTION_KINDS,
    DENY_KINDS,
    FORM_KINDS,
    Action,
    ApprovalType,
    Grant,
    Policy,
)
from policies.engine.prompts import prompt, reason_required, texts

Step = Tuple[Policy, Action]  # an action, and the policy that brought it


@dataclass(frozen=True)
class Standing:
    """What is known of this computer's and account's approvals."""

    grants: Tuple[Grant, ...]
    pending: Collection[str]  # scope keys
    recently_denied: Mapping[str, str]  # scope key -> the approver's comment
    answered: bool
    now: datetime


def verdict(event: Event, steps: Sequence[Step], standing: Standing) -> Decision:
    """The decision without its trace."""
    denied = _denied(steps)
    if denied:
        return denied
    rights = rights_of(steps)
    forms = [step for step in steps if step[1].kind in FORM_KINDS]
    if forms:
        return _approval(event, forms, standing, rights)
    if not standing.answered:
        asked = _ask(steps)
        if asked:
            return asked
    return Decision("allow", rights=rights.to_json())


def rights_of(steps: Sequence[Step]) -> Rights:
    """Removing rights beats adding them; the first policy to name a user or a variable wins."""
    kinds = {action.kind for _, action in steps}
    removed = "remove_administrative_rights" in kinds
    run_as = ""
    environment: Dict[str, str] = {}
    for _, action in steps:
        if action.kind == "run_as_user" and not run_as:
            run_as = str(action.settings.get("account", ""))
        elif action.kind == "set_environment_variable" and action.settings.get("variable"):
            name, value = action.settings["variable"], action.settings.get("value", "")
            environment.setdefault(str(name), str(value))
    elevate = "add_administrative_rights" in kinds and not removed
    return Rights(elevate, run_as, environment, removed)


def _denied(steps: Sequence[Step]) -> Optional[Decision]:
    denials = [action for _, action in steps if action.kind in DENY_KINDS]
    if denials:
        shown = [action for action in denials if action.kind == "deny_execute_message"]
        prompts = tuple(prompt("deny", action) for action in shown)
        return Decision("deny", message=texts((shown or denials)[0])["message"], prompts=prompts)
    for _, action in steps:
        if action.kind not in ACTION_KINDS:
            return Decision("deny", "unknown_action", f"{action.name} is of an unknown kind.")
        if action.kind in FORM_KINDS and action.approval_type is None:
            return Decision(
                "deny",
                "no_approval_type",
                f"{action.name} has no approval type: nobody can approve.",
            )
    return None


def _ask(steps: Sequence[Step]) -> Optional[Decision]:
    actions = [action for _, action in steps]
    reasons = [prompt("justification", a, reason=True) for a in _of("justify_elevation", actions)]
    warnings = [prompt("warning", a) for a in _of("warning_message", actions)]
    if not reasons and not warnings:
        return None
    return Decision(
        "justification_required" if reasons else "warn", prompts=tuple(reasons + warnings)
    )


def _of(kind: str, actions: Sequence[Action]) -> List[Action]:
    return [action for action in actions if action.kind == kind]


def _approval(event: Event, forms: Sequence[Step], standing: Standing, rights: Rights) -> Decision:
    """Each form in order; one that pleads for the same as an earlier one asks nothing new."""
    used: List[str] = []
    pleas: Set[str] = set()
    for policy, action in forms:
        need = _need(event, policy, action, rights)
        if need is None or need.scope_key in pleas:
            continue
        pleas.add(need.scope_key)
        grant = _first_covering(event, need, standing, used)
        if grant is None:
            return _missing(need, action, standing)
        used.append(grant.id)
    return Decision("allow", rights=rights.to_json(), used_grants=tuple(used))


def _need(event: Event, policy: Policy, action: Action, rights: Rights) -> Optional[Need]:
    kind: Optional[ApprovalType] = action.approval_type
    if kind is None:  # `_denied` has refused it
        return None
    scope = scope_key(
        event,
        policy_id=policy.id,
        approval_type_id=kind.id,
        characteristics=kind.characteristics,
    )
    return Need(
        policy_id=policy.id,
        policy_name=policy.name,
        policy_version=policy.version,
        action_id=action.id,
        approval_type=kind,
        scope_key=scope,
        exact_key=exact_key(event),
        reason_required=reason_required(action),
        form=texts(action),
        elevated=rights.elevate,
    )


def _first_covering(
    event: Event, need: Need, standing: Standing, used: Sequence[str]
) -> Optional[Grant]:
    """In the order handed in; a grant that passed one form does not pass another."""
    for grant in standing.grants:
        if grant.id not in used and covers(
            grant,
            event,
            policy_id=need.policy_id,
            approval_type_id=need.approval_type.id,
            now=standing.now,
        ):
            return grant
    return None


def _missing(need: Need, action: Action, standing: Standing) -> Decision:
    if need.scope_key in standing.recently_denied:
        comment = standing.recently_denied[need.scope_key]
        message = "A request for this application was denied recently."
        return Decision(
            "deny", "recently_denied", f"{message} {comment}" if comment else message, need=need
        )
    if need.scope_key in standing.pending:
        shown = (prompt("pending", action),)
        return Decision("pending", message=need.form["pending"], prompts=shown, need=need)
    return Decision(
        "approval_required", prompts=(prompt("approval", action, reason=True),), need=need
    )
