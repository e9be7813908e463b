"""The entry point of the engine."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from actions.kinds import Effect
from policies.engine.decision import MATCHED, SKIPPED, Decision
from policies.engine.event import Event
from policies.engine.matching import in_order, match_policies, traced
from policies.engine.model import Grant, ParentDecision, Policy
from policies.engine.verdict import Standing, verdict

_NOTHING: Mapping[str, str] = {}
POLICY_BROKEN = "policy_broken"
# Policies that ask for approval or justification always leave a record, others only if told to.
_ALWAYS_RECORDED = (Effect.ASK_APPROVAL, Effect.ASK_REASON)


def decide(
    event: Event,
    policies: Iterable[Policy],
    *,
    grants: Iterable[Grant] = (),
    pending: Collection[str] = (),
    recently_denied: Mapping[str, str] = _NOTHING,
    parent: ParentDecision | None = None,
    now: datetime,
    answered: str = "",
) -> Decision:
    """Evaluate `event` against the policies of its computer's groups.

    `grants` are candidates of any computer and account, in the order in which they are to be tried;
    `pending` holds the plea keys of requests that wait for an approver; `recently_denied` the pause
    keys of what this account was denied lately, with the approver's comment; `parent` is what was
    decided for the program that starts this one; `now` is aware; `answered` is the verdict, such as
    "warn", whose prompt the user has answered: no other prompt passes. What a broken policy may
    match is denied with the code POLICY_BROKEN. No string in `event` raises.
    """
    policies = in_order(policies)
    matched = [policy for policy in policies if parent and parent.passes_on(policy)]
    if matched:
        steps = [(policy, action) for policy in matched for action in policy.child_actions]
        chosen = {policy.id for policy in matched}
        trace = tuple(
            traced(policy, MATCHED, "It elevated the parent; its Child Actions apply.")
            if policy.id in chosen
            else traced(policy, SKIPPED, "Child Actions of the parent's policy apply instead.")
            for policy in policies
        )
    else:
        matched, trace = match_policies(event, policies, now)
        steps = [(policy, action) for policy in matched for action in policy.actions]
    if not matched:
        return Decision("no_match", trace=trace)
    broken = next((policy for policy in matched if policy.broken), None)
    if broken:
        message = f"The policy {broken.name} can't be used: {broken.broken} Tell an administrator."
        decision = Decision("deny", POLICY_BROKEN, message)
    else:
        standing = Standing(tuple(grants), pending, recently_denied, answered, now)
        decision = verdict(event, steps, standing)
    return replace(
        decision,
        matched=tuple(policy.id for policy in matched),
        record=bool(broken)
        or any(policy.audit_events for policy in matched)
        or any(action.effect in _ALWAYS_RECORDED for _, action in steps),
        trace=trace,
    )
