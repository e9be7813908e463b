"""Why: every condition of every policy, met or not, with the values that were compared."""

from collections.abc import Collection, Iterable
from datetime import datetime

from policies.engine.conditions import test_of
from policies.engine.decision import (
    MATCHED,
    NOT_MATCHED,
    SKIPPED,
    ConditionTrace,
    PolicyTrace,
)
from policies.engine.event import Event
from policies.engine.filters.base import NOTHING_TESTED
from policies.engine.model import Filter, Policy


def trace_of(
    event: Event, policies: Iterable[Policy], children: Collection[Policy], now: datetime
) -> tuple[PolicyTrace, ...]:
    """A line for each of `policies`, in their order; `children` are those that passed on rights."""
    if children:
        chosen = {policy.id for policy in children}
        return tuple(
            _traced(policy, MATCHED, "It elevated the parent; its Child Actions apply.")
            if policy.id in chosen
            else _traced(policy, SKIPPED, "Child Actions of the parent's policy apply instead.")
            for policy in policies
        )
    trace: list[PolicyTrace] = []
    ended_by = ""
    for policy in policies:
        if not policy.active:
            trace.append(_traced(policy, SKIPPED, "The policy is not active."))
        elif ended_by:
            trace.append(_traced(policy, SKIPPED, f"{ended_by} matched and ended the evaluation."))
        else:
            found, is_certain = _explained(event, policy, now)
            trace.append(found)
            ends = policy.broken or not is_certain or not policy.continue_enforcing
            ended_by = policy.name if found.outcome == MATCHED and ends else ""
    return tuple(trace)


def _explained(event: Event, policy: Policy, now: datetime) -> tuple[PolicyTrace, bool]:
    """Whether one policy may match, with every condition tested; and whether that is certain."""
    roles = {
        "target": policy.targets,
        "inclusion": policy.inclusions,
        "exclusion": policy.exclusions,
    }
    conditions = [
        _condition(event, policy, role, each, now)
        for role, filters in roles.items()
        for each in filters
    ]
    found = [trace for trace, _ in conditions]
    targets = [each for each in found if each.role == "target"]
    failed = next(
        (each for each in found[len(targets) :] if each.met == (each.role == "exclusion")), None
    )
    if not targets:
        why = "No application is targeted."
    elif not any(each.met for each in targets):
        why = "None of the applications targeted matches."
    elif failed:
        why = f"The {failed.role} {failed.filter_name} is {'' if failed.met else 'not '}met."
    else:
        by_target = any(each.met and certain for each, certain in conditions[: len(targets)])
        is_certain = by_target and all(certain for _, certain in conditions[len(targets) :])
        why = "A target and every inclusion are met, and no exclusion."
        if not is_certain:
            why = "It may match: the policy or the report leaves a condition open."
        return _traced(policy, MATCHED, why, tuple(found)), is_certain
    return _traced(policy, NOT_MATCHED, why, tuple(found)), True


def _condition(
    event: Event, policy: Policy, role: str, each: Filter, now: datetime
) -> tuple[ConditionTrace, bool]:
    """One condition, in doubt in favour of a match; and whether that is certain."""
    test, doubt = test_of(policy, each), role != "exclusion"
    met, is_certain = test(event, now, doubt), test(event, now, True) == test(event, now, False)
    settings = each.settings
    why = NOTHING_TESTED[1] if settings.is_empty else settings.explain(event, now, met)
    return ConditionTrace(role, each.id, each.name, met, why), is_certain


def _traced(
    policy: Policy, outcome: str, why: str, conditions: tuple[ConditionTrace, ...] = ()
) -> PolicyTrace:
    return PolicyTrace(policy.id, policy.name, policy.version, outcome, why, conditions)
