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
POLICY_BROKEN, REPORT_UNCLEAR = "policy_broken", "report_unclear"
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
    answered: bool = False,
) -> Decision:
    """Evaluate `event` against the policies of its computer's groups.

    `grants` are candidates of any computer and account, in the order in which they are to be tried;
    `pending` holds the plea keys of requests that wait for an approver; `recently_denied` the scope
    keys of those that were denied lately, with the approver's comment; `parent` is what was decided
    for the program that starts this one; `now` is aware; `answered` says that the justification was
    given or the warning acknowledged. What a broken policy may match is denied with the code
    POLICY_BROKEN, and what another may match only by one reading of a report that has two, with
    REPORT_UNCLEAR. No string in `event` raises.
    """
    policies = in_order(policies)
    matched = [policy for policy in policies if parent and parent.passes_on(policy)]
    if matched:
        steps = [(policy, action) for policy in matched for action in policy.child_actions]
        perhaps = next((policy for policy in matched if policy.broken), None)
        chosen = {policy.id for policy in matched}
        trace = tuple(
            traced(policy, MATCHED, "It elevated the parent; its Child Actions apply.")
            if policy.id in chosen
            else traced(policy, SKIPPED, "Child Actions of the parent's policy apply instead.")
            for policy in policies
        )
    else:
        matched, perhaps, trace = match_policies(event, policies, now)
        steps = [(policy, action) for policy in matched for action in policy.actions]
    if not matched:
        return Decision("no_match", trace=trace)
    broken = perhaps.broken if perhaps else ""
    if perhaps and broken:
        message = f"The policy {perhaps.name} can't be used: {broken} Tell an administrator."
        decision = Decision("deny", POLICY_BROKEN, message)
    elif perhaps and not any(action.effect is Effect.DENY for _, action in steps):
        message = (
            f"The endpoint's report can be read in two ways, and the policy {perhaps.name} applies "
            "to one of them only. Tell an administrator."
        )
        decision = Decision("deny", REPORT_UNCLEAR, message)
    else:
        standing = Standing(tuple(grants), pending, recently_denied, answered, now)
        decision = verdict(event, steps, standing)
    return replace(
        decision,
        matched=tuple(policy.id for policy in matched),
        record=perhaps is not None
        or any(policy.audit_events for policy in matched)
        or any(action.effect in _ALWAYS_RECORDED for _, action in steps),
        trace=trace,
    )
