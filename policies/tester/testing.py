"""Asking the engine for the tester: by a computer's policies and approvals, or by a group's policies."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from policies.engine import Decision, Event, PolicySet
from policies.evaluation import evaluate
from policies.in_force import policies_of
from policies.models import Computer, ComputerGroup


@dataclass(frozen=True)
class Explanation:
    """What would be decided, by which policies; `request` is the one that waits or was approved."""

    event: Event
    decision: Decision
    policies: PolicySet
    of: str  # whose policies these are
    request: int | None = None
    with_approvals: bool = True


def decided_on(computer: Computer, event: Event, *, at: datetime | None = None) -> Explanation:
    """As if `computer` reported the event at this time (now)."""
    found = evaluate(event, computer_id=computer.pk, trace=True, now=at)
    return Explanation(event, found.decision, found.policies, computer.name, found.request)


def decided_in(group: ComputerGroup, event: Event, *, at: datetime | None = None) -> Explanation:
    """By the policies of one group, as if nobody had asked for anything."""
    policies = policies_of(frozenset({group.pk}))
    decision = policies.decide(event, now=at or timezone.now(), trace=True)
    return Explanation(event, decision, policies, group.name, with_approvals=False)
