"""The conditions of one policy: whether they are met, and by which keys an event can be found."""

from collections.abc import Callable, Iterable
from datetime import datetime

from policies.engine.event import Event
from policies.engine.index import Key, Keys, best
from policies.engine.model import Filter, Policy

Test = Callable[[Event, datetime, bool], bool]  # the last is the answer where nobody can tell


class Conditions:
    """A target must be met, and every inclusion, and no exclusion."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._targets = [test_of(policy, each) for each in policy.targets]
        self._inclusions = [test_of(policy, each) for each in policy.inclusions]
        self._exclusions = [test_of(policy, each) for each in policy.exclusions]
        every = (*policy.targets, *policy.inclusions, *policy.exclusions)
        self._doubts = [each.settings.may_doubt for each in every]

    def met(self, event: Event, now: datetime, *, doubt: bool) -> bool:
        """Perhaps, with `doubt`, or else certainly."""
        for target in self._targets:
            if target(event, now, doubt):
                break
        else:
            return False
        for inclusion in self._inclusions:
            if not inclusion(event, now, doubt):
                return False
        for exclusion in self._exclusions:  # noqa: SIM110
            if exclusion(event, now, not doubt):
                return False
        return True

    def certainly_met(self, event: Event, now: datetime) -> bool:
        """Asked where they may be met: whether there is no doubt about it."""
        for may_doubt in self._doubts:
            if may_doubt(event):
                return self.met(event, now, doubt=False)
        return not self.policy.broken

    def keys(self, platform: str) -> Keys | None:
        """By its targets or by one inclusion, whichever leaves fewest; None if by nothing."""
        options = [_keys_of(self.policy, [each], platform) for each in self.policy.inclusions]
        return best([_keys_of(self.policy, self.policy.targets, platform), *options])


def test_of(policy: Policy, each: Filter) -> Test:
    """One filter's test. Nobody knows what a broken policy's emptied or unusable ones would say."""
    if policy.broken and each.settings.is_unknown:
        return _in_doubt
    return _never if each.settings.is_empty else each.settings.agrees


def _keys_of(policy: Policy, filters: Iterable[Filter], platform: str) -> Keys | None:
    """For filters of which one has to be met."""
    found: list[Key] = []
    for each in filters:
        test = test_of(policy, each)
        if test is _never:
            continue
        keys = None if test is _in_doubt else each.settings.index_keys(platform)
        if keys is None:
            return None
        found += keys
    return tuple(found)


def _in_doubt(event: Event, now: datetime, doubt: bool) -> bool:
    return doubt


def _never(event: Event, now: datetime, doubt: bool) -> bool:
    return False
