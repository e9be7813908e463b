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

    `policies` are in their order (`in_order`). A broken policy that may match ends the evaluation:
    no later policy may allow what it could have refused.
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
                goes_on = policy.continue_enforcing and not policy.broken
                ended_by = "" if goes_on else policy.name
    return matched, tuple(trace)


def match(event: Event, policy: Policy, now: datetime) -> PolicyTrace:
    """Whether one policy matches, with every condition tested.

    What a broken policy's emptied or unusable filters would say is not known; so that it refuses
    rather than lets through, they count in favour of a match.
    """
    roles = {
        "target": policy.targets,
        "inclusion": policy.inclusions,
        "exclusion": policy.exclusions,
    }
    conditions = []
    for role, filters in roles.items():
        for each in filters:
            met, why = each.settings.test(event, now)
            if policy.broken and each.settings.is_unknown:
                met = role != "exclusion"
            conditions.append(ConditionTrace(role, each.id, each.name, met, why))
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
        return traced(policy, MATCHED, why, tuple(conditions))
    return traced(policy, NOT_MATCHED, why, tuple(conditions))


def traced(
    policy: Policy, outcome: str, why: str, conditions: tuple[ConditionTrace, ...] = ()
) -> PolicyTrace:
    return PolicyTrace(policy.id, policy.name, policy.version, outcome, why, conditions)
