"""Which policies match an event, in order, with the reasons."""

from collections.abc import Iterable
from datetime import datetime

from policies.engine.decision import (
    MATCHED,
    NOT_MATCHED,
    SKIPPED,
    ConditionTrace,
    PolicyTrace,
)
from policies.engine.event import Event
from policies.engine.model import Policy


def in_order(policies: Iterable[Policy]) -> list[Policy]:
    """By priority number, the oldest first among equals."""
    return sorted(policies, key=lambda policy: (policy.priority, policy.created, policy.id))


def match_policies(
    event: Event, policies: Iterable[Policy], now: datetime
) -> tuple[list[Policy], tuple[PolicyTrace, ...]]:
    """Those that match up to the first that does not say Continue Enforcing; a trace of all.

    `policies` are in their order (`in_order`).
    """
    matched: list[Policy] = []
    trace: list[PolicyTrace] = []
    ended_by = ""
    for policy in policies:
        if not policy.active:
            trace.append(traced(policy, SKIPPED, "The policy is not active."))
        elif ended_by:
            trace.append(traced(policy, SKIPPED, f"{ended_by} matched and ended the evaluation."))
        else:
            tested = match(event, policy, now)
            trace.append(tested)
            if tested.outcome == MATCHED:
                matched.append(policy)
                ended_by = "" if policy.continue_enforcing else policy.name
    return matched, tuple(trace)


def match(event: Event, policy: Policy, now: datetime) -> PolicyTrace:
    """Whether one policy matches, with every condition tested."""
    roles = {
        "target": policy.targets,
        "inclusion": policy.inclusions,
        "exclusion": policy.exclusions,
    }
    conditions = tuple(
        ConditionTrace(role, each.id, each.name, *each.settings.test(event, now))
        for role, filters in roles.items()
        for each in filters
    )
    targets = [each for each in conditions if each.role == "target"]
    failed = next(
        (each for each in conditions[len(targets) :] if each.met == (each.role == "exclusion")),
        None,
    )
    if not targets:
        why = "No application is targeted."
    elif not any(each.met for each in targets):
        why = "None of the applications targeted matches."
    elif failed:
        is_met = "is met" if failed.met else "is not met"
        why = f"The {failed.role} {failed.filter_name} {is_met}."
    else:
        why = "A target and every inclusion are met, and no exclusion."
        return traced(policy, MATCHED, why, conditions)
    return traced(policy, NOT_MATCHED, why, conditions)


def traced(
    policy: Policy, outcome: str, why: str, conditions: tuple[ConditionTrace, ...] = ()
) -> PolicyTrace:
    return PolicyTrace(policy.id, policy.name, policy.version, outcome, why, conditions)
