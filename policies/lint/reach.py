"""Whether one policy decides all that another would, so that the other never comes to it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import islice, product
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

    def mixed_with(self, example: Example) -> Iterator[tuple[Event, datetime]]:
        """The same with what `example` says. Where both say something, either of it is tried."""
        shared = sorted(self.example.keys() & example.keys())
        for own in product((False, True), repeat=len(shared)):
            kept = {
                name: self.example[name] for name, is_own in zip(shared, own, strict=True) if is_own
            }
            yield self.filling.event({**self.example, **example, **kept}, self.event.platform)


class Target:
    """One of a policy's targets with all its other conditions, and executions that they match."""

    def __init__(self, policy: Policy, target: Filter, platforms: Iterable[str]) -> None:
        self.filter = target
        self.conditions = Conditions(replace(policy, targets=(target,)))
        self._platforms = sorted(platforms)

    @cached_property
    def first(self) -> Execution | None:
        """One that it matches, found before all others are made."""
        return next(self._matched(), None)

    @cached_property
    def executions(self) -> list[Execution]:
        """Those that it matches; none where there would be too many."""
        found = list(islice(self._matched(), MAX_EXECUTIONS + 1))
        return found if len(found) <= MAX_EXECUTIONS else []

    @property
    def is_excluded(self) -> bool:
        """Whether there would be executions, and the exclusions leave none."""
        policy = self.conditions.policy
        if not policy.exclusions or self.first is not None:
            return False
        without = Conditions(replace(policy, exclusions=()))
        return any(without.met(each.event, each.now, doubt=False) for each in self._made())

    def _matched(self) -> Iterator[Execution]:
        met = self.conditions.met
        return (each for each in self._made() if met(each.event, each.now, doubt=False))

    def _made(self) -> Iterator[Execution]:
        for platform in self._platforms:
            filters = (self.filter, *self.conditions.policy.inclusions)
            parts = [examples_of(each, platform) for each in filters]
            for example in islice(together(parts), MAX_EXECUTIONS + 1):
                for filling in FILLINGS:
                    yield Execution(*filling.event(example, platform), example, filling)

    def is_covered_by(self, other: Conditions) -> bool:
        """Whether `other` matches whatever this does, as far as examples tell."""
        first = self.first
        return (
            first is not None
            and other.met(first.event, first.now, doubt=False)
            and bool(self.executions)
            and all(other.met(each.event, each.now, doubt=False) for each in self.executions)
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
                self._escapes(other, event, now)
                for example in left_out
                for event, now in execution.mixed_with(example)
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
