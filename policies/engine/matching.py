"""Which policies match an event, in order, with the reasons."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable, List, Tuple

from policies.engine.decision import (
    MATCHED,
    NOT_MATCHED,
    SKIPPED,
    ConditionTrace,
    PolicyTrace,
)
from policies.engine.event import Event
from policies.engine.model import Filter, Policy


def in_order(policies: Iterable[Policy]) -> List[Policy]:
    """By priority number, the oldest first among equals."""
    return sorted(policies, key=lambda policy: (policy.priority, policy.created, policy.id))


def match_policies(
    event: Event, policies: Iterable[Policy], now: datetime
) -> Tuple[List[Policy], Tuple[PolicyTrace, ...]]:
    """Those that match up to the first that does not say Continue Enforcing; a trace of all."""
    matched: List[Policy] = []
    trace: List[PolicyTrace] = []
    ended_by = ""
    for policy in in_order(policies):
        if not policy.active:
            trace.append(traced(policy, SKIPPED, "The policy is not active."))
        elif ended_by:
            trace.append(traced(policy, SKIPPED, f"{ended_by} matched and ended the evaluation."))
        else:
            found = _match(event, policy, now)
            trace.append(found)
            if found.outcome == MATCHED:
                matched.append(policy)
                ended_by = "" if policy.continue_enforcing else policy.name
    return matched, tuple(trace)


def traced(
    policy: Policy, outcome: str, why: str, conditions: Tuple[ConditionTrace, ...] = ()
) -> PolicyTrace:
    return PolicyTrace(policy.id, policy.name, policy.version, outcome, why, conditions)


def _match(event: Event, policy: Policy, now: datetime) -> PolicyTrace:
    targets = _test("target", policy.targets, event, now)
    inclusions = _test("inclusion", policy.inclusions, event, now)
    exclusions = _test("exclusion", policy.exclusions, event, now)
    outcome, why = _outcome(targets, inclusions, exclusions)
    return traced(policy, outcome, why, targets + inclusions + exclusions)


def _test(
    role: str, filters: Tuple[Filter, ...], event: Event, now: datetime
) -> Tuple[ConditionTrace, ...]:
    return tuple(
        ConditionTrace(role, each.id, each.name, *each.settings.test(event, now))
        for each in filters
    )


def _outcome(
    targets: Tuple[ConditionTrace, ...],
    inclusions: Tuple[ConditionTrace, ...],
    exclusions: Tuple[ConditionTrace, ...],
) -> Tuple[str, str]:
    if not targets:
        return NOT_MATCHED, "No application is targeted."
    if not any(each.met for each in targets):
        return NOT_MATCHED, "None of the applications targeted matches."
    for each in inclusions:
        if not each.met:
            return NOT_MATCHED, f"The inclusion {each.filter_name} is not met."
    for each in exclusions:
        if each.met:
            return NOT_MATCHED, f"The exclusion {each.filter_name} is met."
    return MATCHED, "A target and every inclusion are met, and no exclusion."
