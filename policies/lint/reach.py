"""Whether one policy decides all that another would, so that the other never comes to it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from policies.engine import Event, Filter, Policy
from policies.engine.conditions import Conditions
from policies.engine.filters import TimeOfDay
from policies.lint.examples import FILLINGS, WEEK, Example, Filling, examples_of, together

MAX_EXECUTIONS = 400  # of one target; of one with more, nothing is said


class Execution(NamedTuple):
    """One that a policy matches, and what it was made from."""

    event: Event
    now: datetime
    example: Example
    filling: Filling

    def changed(self, example: Example) -> tuple[Event, datetime]:
        """The same but for what `example` says."""
        return self.filling.event({**self.example, **example}, self.event.platform)


class Target:
    """One of a policy's targets with all its other conditions, and executions that they match."""

    def __init__(self, policy: Policy, target: Filter, platforms: Iterable[str]) -> None:
        self.filter = target
        self.conditions = Conditions(replace(policy, targets=(target,)))
        self._all = self._executions(policy, platforms)
        self.executions = [
            each for each in self._all if self.conditions.met(each.event, each.now, doubt=False)
        ]

    @property
    def is_excluded(self) -> bool:
        """Whether there would be executions, and the exclusions leave none."""
        without = Conditions(replace(self.conditions.policy, exclusions=()))
        return not self.executions and any(
            without.met(each.event, each.now, doubt=False) for each in self._all
        )

    def _executions(self, policy: Policy, platforms: Iterable[str]) -> list[Execution]:
        found: list[Execution] = []
        for platform in sorted(platforms):
            parts = [examples_of(each, platform) for each in (self.filter, *policy.inclusions)]
            for example in islice(together(parts), MAX_EXECUTIONS + 1):
                for filling in FILLINGS:
                    found.append(Execution(*filling.event(example, platform), example, filling))
        return found if len(found) <= MAX_EXECUTIONS else []

    def is_covered_by(self, other: Conditions) -> bool:
        """Whether `other` matches whatever this does, as far as examples tell."""
        return bool(self.executions) and (
            all(other.met(each.event, each.now, doubt=False) for each in self.executions)
            and not any(self._escapes_by(each, other) for each in other.policy.exclusions)
            and not self._escapes_in_time(other)
        )

    def _escapes_by(self, exclusion: Filter, other: Conditions) -> bool:
        """Whether the other's exclusion leaves out some of what this matches."""
        if any(exclusion.settings == each.settings for each in self.conditions.policy.exclusions):
            return False
        for execution in self.executions:
            left_out = examples_of(exclusion, execution.event.platform)
            if not left_out or any(
                self._escapes(other, *execution.changed(example)) for example in left_out
            ):
                return True
        return False

    def _escapes_in_time(self, other: Conditions) -> bool:
        policy = other.policy
        filters = (*policy.targets, *policy.inclusions, *policy.exclusions)
        return any(isinstance(each.settings, TimeOfDay) for each in filters) and any(
            self._escapes(other, each.event, moment) for each in self.executions for moment in WEEK
        )

    def _escapes(self, other: Conditions, event: Event, now: datetime) -> bool:
        return self.conditions.met(event, now, doubt=False) and not other.met(
            event, now, doubt=False
        )
