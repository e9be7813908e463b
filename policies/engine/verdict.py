"""What the actions of the matched policies lead to.

In this order: a denial, which no grant lifts; each approval form, which needs a grant of its type;
then, if there are no forms, justification and warning; else allowed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from actions.kinds import Effect
from approvals.terms import Rights
from policies.engine.decision import Decision, Need, Prompt
from policies.engine.event import Event
from policies.engine.keys import covers, exact_key, pause_key, plea_key, scope_key
from policies.engine.model import NO_APPROVAL_TYPE, UNKNOWN_ACTION, Action, Grant, Policy

Step = tuple[Policy, Action]  # an action, and the policy that brought it
DENIED = "This application is not allowed to run."  # the message of a denial without a window
_FAULTS = {
    UNKNOWN_ACTION: "{} is of an unknown kind.",
    NO_APPROVAL_TYPE: "{} has no approval type: nobody can approve.",
}


@dataclass(frozen=True)
class Standing:
    """What is known of this computer's and account's approvals."""

    answered: str  # the verdict whose prompt was answered, "" for none
    now: datetime
    grants: tuple[Grant, ...] = ()
    pending: Collection[str] = ()  # plea keys
    recently_denied: Mapping[str, str] = field(default_factory=dict)  # pause key -> the comment


def verdict(event: Event, steps: Sequence[Step], standing: Standing) -> Decision:
    """The decision without its trace."""
    actions = [action for _, action in steps]
    denials = [action for action in actions if action.effect is Effect.DENY]
    if denials:
        windows = [action for action in denials if "message" in action.texts]
        message = windows[0].texts["message"] if windows else DENIED
        return Decision("deny", message=message, prompts=_prompts("deny", windows, Effect.DENY))
    for action in actions:
        if action.fault:
            return Decision("deny", action.fault, _FAULTS[action.fault].format(action.name))
    rights = rights_of(actions)
    forms = [step for step in steps if step[1].effect is Effect.ASK_APPROVAL]
    if forms:
        return _approval(event, forms, standing, rights)
    reasons = _prompts("justification", actions, Effect.ASK_REASON)
    prompts = reasons + _prompts("warning", actions, Effect.WARN)
    asks = "justification_required" if reasons else "warn"
    if prompts and standing.answered != asks:
        return Decision(asks, prompts=prompts)
    return Decision("allow", rights=rights.to_json())


def rights_of(actions: Sequence[Action]) -> Rights:
    """Removing rights beats adding them; the first policy to name a user or a variable wins."""
    effects = {action.effect for action in actions}
    run_as = ""
    environment: dict[str, str] = {}
    for action in actions:
        if action.effect is Effect.RUN_AS:
            run_as = run_as or action.texts["account"].strip()
        elif action.effect is Effect.SET_VARIABLE and action.texts["variable"].strip():
            environment.setdefault(action.texts["variable"].strip(), action.texts["value"])
    removed = Effect.REMOVE_RIGHTS in effects
    return Rights(Effect.ELEVATE in effects and not removed, run_as, environment, removed)


def _prompts(kind: str, actions: Sequence[Action], effect: Effect) -> tuple[Prompt, ...]:
    """One for each action of that effect."""
    reason = kind in {"approval", "justification"}
    return tuple(
        Prompt(kind, action.id, action.kind, action.texts, reason and action.reason_required)
        for action in actions
        if action.effect is effect
    )


def _approval(event: Event, forms: Sequence[Step], standing: Standing, rights: Rights) -> Decision:
    """Each form in order; one for the same scope as an earlier one asks nothing new.

    What is asked for includes the account that the endpoint asks to run as, unless the policy
    names another.
    """
    asked = replace(rights, run_as=rights.run_as or event.run_as)
    used: list[str] = []
    scopes: set[str] = set()
    for policy, action in forms:
        need = _need(event, policy, action, asked)
        if need.scope_key in scopes:
            continue
        scopes.add(need.scope_key)
        known = {"policy_id": policy.id, "approval_type_id": need.approval_type.id}
        covering = (
            grant
            for grant in standing.grants
            # A grant that passed one form does not pass another.
            if grant.id not in used
            and covers(grant, event, rights=asked, now=standing.now, **known)
        )
        grant = next(covering, None)
        if grant is None:
            return _missing(need, action, standing)
        used.append(grant.id)
    return Decision("allow", rights=rights.to_json(), used_grants=tuple(used))


def _need(event: Event, policy: Policy, action: Action, rights: Rights) -> Need:
    approval_type = action.approval_type
    assert approval_type is not None  # without one the action has a fault, and denies
    chosen = approval_type.characteristics
    known = {"policy_id": policy.id, "approval_type_id": approval_type.id}
    scope = scope_key(event, **known, characteristics=chosen)
    return Need(
        policy_id=policy.id,
        policy_name=policy.name,
        policy_version=policy.version,
        action_id=action.id,
        approval_type=approval_type,
        scope_key=scope,
        pause_key=pause_key(event, **known, characteristics=chosen),
        plea_key=plea_key(scope, rights),
        exact_key=exact_key(event),
        reason_required=action.reason_required,
        form=action.texts,
        rights=rights,
    )


def _missing(need: Need, action: Action, standing: Standing) -> Decision:
    if need.pause_key in standing.recently_denied:
        comment = standing.recently_denied[need.pause_key]
        message = f"A request for this application was denied recently. {comment}".strip()
        return Decision("deny", "recently_denied", message, need=need)
    if need.plea_key in standing.pending:
        prompts = _prompts("pending", [action], Effect.ASK_APPROVAL)
        return Decision("pending", message=need.form["pending"], prompts=prompts, need=need)
    prompts = _prompts("approval", [action], Effect.ASK_APPROVAL)
    return Decision("approval_required", prompts=prompts, need=need)
