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
from policies.engine.model import Filter, Policy


def in_order(policies: Iterable[Policy]) -> list[Policy]:
    """By priority number, the oldest first among equals."""
    return sorted(policies, key=lambda policy: (policy.priority, policy.created, policy.id))


def match_policies(
    event: Event, policies: Iterable[Policy], now: datetime
) -> tuple[list[Policy], Policy | None, tuple[PolicyTrace, ...]]:
    """Those that match up to the first that does not say Continue Enforcing; a trace of all.

    `policies` are in their order (`in_order`). The last that matches may do so only perhaps, and
    is then given apart, too: it is broken, or the report leaves it open. It ends the evaluation: no
    later policy may allow what it could have refused.
    """
    matched: list[Policy] = []
    perhaps: Policy | None = None
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
                if policy.broken or not matches(event, policy, now, doubt=False):
                    perhaps = policy
                ended_by = policy.name if perhaps or not policy.continue_enforcing else ""
    return matched, perhaps, tuple(trace)


def matches(event: Event, policy: Policy, now: datetime, *, doubt: bool) -> bool:
    """Whether one policy matches: perhaps, with `doubt`, or else certainly."""
    return (
        any(_met(event, policy, each, now, doubt) for each in policy.targets)
        and all(_met(event, policy, each, now, doubt) for each in policy.inclusions)
        and not any(_met(event, policy, each, now, not doubt) for each in policy.exclusions)
    )


def _met(event: Event, policy: Policy, each: Filter, now: datetime, doubt: bool) -> bool:
    """Nobody knows what a broken policy's emptied or unusable filters would say."""
    if policy.broken and each.settings.is_unknown:
        return doubt
    return each.settings.matches(event, now, doubt=doubt)


def match(event: Event, policy: Policy, now: datetime) -> PolicyTrace:
    """Whether one policy may match, with every condition tested."""
    roles = {
        "target": policy.targets,
        "inclusion": policy.inclusions,
        "exclusion": policy.exclusions,
    }
    conditions = []
    for role, filters in roles.items():
        for each in filters:
            doubt = role != "exclusion"
            met, why = each.settings.test(event, now, doubt=doubt)
            if policy.broken and each.settings.is_unknown:
                met = doubt
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
