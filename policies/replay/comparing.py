"""One event before and after a change of policies. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from policies.describe.verdicts import rights_words, verdict_words
from policies.engine import Decision, Event, ParentDecision, Policy, PolicySet, compile
from policies.engine.filters.time_of_day import TimeOfDay


@dataclass(frozen=True)
class Outcome:
    """What is decided, as far as a change of it matters to anybody."""

    policy: str  # id of the one that decided: the first that matched; "" for none
    words: str  # "Allowed with administrator rights"

    @classmethod
    def of(cls, decision: Decision, *, with_type: bool = True) -> "Outcome":
        """`with_type`: whether it matters which type of approval is needed."""
        policy = decision.matched[0] if decision.matched else ""
        detail = ""
        if decision.verdict == "allow":
            detail = rights_words(decision.rights)
        elif decision.need is not None and with_type:
            detail = f"({decision.need.approval_type.name})"
        return cls(policy, f"{verdict_words(decision.verdict)} {detail}".strip())


class Comparison:
    """Two policy sets. Events that none of what differs between them may match are the same by both."""

    def __init__(self, before: PolicySet, after: PolicySet) -> None:
        self._before, self._after = before, after
        kept = set(map(id, before.policies)) & set(map(id, after.policies))
        both = (*before.policies, *after.policies)
        self._changed = compile(each for each in both if id(each) not in kept)

    def outcomes(
        self, event: Event, now: datetime, parent: ParentDecision | None
    ) -> tuple[Outcome, Outcome] | None:
        """Before and after; None where it makes no difference."""
        if not self._changed.decide(event, now=now, parent=parent).matched:
            return None
        before = self._before.decide(event, now=now, parent=parent)
        return Outcome.of(before), Outcome.of(self._after.decide(event, now=now, parent=parent))


def depend_on_time(policies: Iterable[Policy]) -> bool:
    """Whether a filter of theirs tests the time."""
    return any(
        each.kind == TimeOfDay.kind
        for policy in policies
        for each in (*policy.targets, *policy.inclusions, *policy.exclusions)
    )
