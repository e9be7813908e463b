"""The door to the engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Collection, Iterable, List, Mapping, Optional, Tuple

from policies.engine.decision import MATCHED, SKIPPED, Decision, PolicyTrace
from policies.engine.event import Event
from policies.engine.matching import in_order, match_policies, traced
from policies.engine.model import FORM_KINDS, Action, Grant, ParentDecision, Policy
from policies.engine.verdict import Standing, Step, verdict

_NOTHING: Mapping[str, str] = {}
_ALWAYS_RECORDED = FORM_KINDS | {"justify_elevation"}


def decide(
    event: Event,
    policies: Iterable[Policy],
    *,
    grants: Iterable[Grant] = (),
    pending: Collection[str] = (),
    recently_denied: Mapping[str, str] = _NOTHING,
    parent: Optional[ParentDecision] = None,
    now: datetime,
    answered: bool = False,
) -> Decision:
    """Evaluate `event` against the policies of its computer's groups.

    `grants` are candidates of any computer and account, in the order in which they are to be tried;
    `pending` holds the scope keys of pleas that wait for an approver; `recently_denied` those that
    were denied lately, with the approver's comment; `parent` is what was decided for the program
    that starts this one; `now` is aware; `answered` says that the justification was given or the
    warning acknowledged. No string in `event` raises.
    """
    policies = list(policies)
    standing = Standing(tuple(grants), pending, recently_denied, answered, now)
    inherited = _child_policies(policies, parent)
    if inherited:
        steps = [(policy, action) for policy in inherited for action in policy.child_actions]
        return _decision(event, inherited, steps, _child_trace(policies, inherited), standing)
    matched, trace = match_policies(event, policies, now)
    steps = [(policy, action) for policy in matched for action in policy.actions]
    return _decision(event, matched, steps, trace, standing)


def _decision(
    event: Event,
    matched: List[Policy],
    steps: List[Step],
    trace: Tuple[PolicyTrace, ...],
    standing: Standing,
) -> Decision:
    if not matched:
        return Decision("no_match", trace=trace)
    return replace(
        verdict(event, steps, standing),
        matched=tuple(policy.id for policy in matched),
        record=_is_recorded(matched, [action for _, action in steps]),
        trace=trace,
    )


def _child_policies(policies: List[Policy], parent: Optional[ParentDecision]) -> List[Policy]:
    """The active policies of an elevated parent whose Child Actions replace the evaluation."""
    if parent is None or not parent.elevated:
        return []
    return [
        policy
        for policy in in_order(policies)
        if policy.active
        and policy.enforce_child
        and policy.child_actions
        and policy.id in parent.policy_ids
    ]


def _child_trace(policies: List[Policy], inherited: List[Policy]) -> Tuple[PolicyTrace, ...]:
    chosen = {policy.id for policy in inherited}
    return tuple(
        traced(policy, MATCHED, "It elevated the parent; its Child Actions apply.")
        if policy.id in chosen
        else traced(policy, SKIPPED, "Child Actions of the parent's policy apply instead.")
        for policy in in_order(policies)
    )


def _is_recorded(matched: List[Policy], actions: List[Action]) -> bool:
    """Policies that ask for approval or justification always leave a record, others if told to."""
    return any(policy.audit_events for policy in matched) or any(
        action.kind in _ALWAYS_RECORDED for action in actions
    )
