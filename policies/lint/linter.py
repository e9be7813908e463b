"""The entry point of lint: the active policies in their order, and what is odd about any policy."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from policies.engine import Filter, Policy
from policies.engine.conditions import Conditions
from policies.engine.index import Index
from policies.engine.words import joined, listed, shown
from policies.lint.findings import Finding
from policies.lint.reach import Target
from policies.lint.risks import denies, grants, risks


@dataclass(frozen=True, eq=False)
class PlacedPolicy:
    """A policy, the groups that it reaches, and the platforms of these."""

    policy: Policy
    groups: frozenset[str]
    platforms: frozenset[str]

    @property
    def order(self) -> tuple[object, ...]:
        return self.policy.priority, self.policy.created, self.policy.id

    @property
    def named(self) -> str:
        return f"{shown(self.policy.name)} ({self.policy.priority})"

    @cached_property
    def targets(self) -> list[Target]:
        return [Target(self.policy, each, self.platforms) for each in self.policy.targets]

    @cached_property
    def conditions(self) -> Conditions:
        return Conditions(self.policy)

    @cached_property
    def grants(self) -> bool:
        return grants(self.policy)


class Linter:
    """Finds what is odd about policies among the active ones."""

    def __init__(self, active: Iterable[PlacedPolicy]) -> None:
        self._active = sorted(active, key=lambda each: each.order)
        self._indexes: dict[str, Index] = {}

    def findings(self, placed: PlacedPolicy) -> list[Finding]:
        """What is odd about `placed`; an inactive one is looked at as if it were active."""
        if not placed.groups:
            return []  # that it reaches nothing is said elsewhere
        rights_added = any(
            each.policy.continue_enforcing and each.grants
            for target in placed.targets
            for each in self._before(placed, target)
        )
        return [
            *self._reach(placed),
            *self._made_pointless(placed),
            *risks(placed.policy, placed.platforms, rights_added=rights_added),
        ]

    def _reach(self, placed: PlacedPolicy) -> Iterator[Finding]:
        """Whether others decide first, for all of its targets or for some."""
        if placed.targets and all(each.is_excluded for each in placed.targets):
            yield Finding(
                "never_matches",
                "Never matches: its exclusions leave out everything it targets.",
                "Remove or narrow an exclusion.",
            )
        decided: list[tuple[Filter, PlacedPolicy]] = []
        denied: list[tuple[Filter, PlacedPolicy]] = []
        for target in placed.targets:
            for earlier in self._before(placed, target):
                if placed.grants and denies(earlier.policy):
                    denied.append((target.filter, earlier))
                elif earlier.policy.continue_enforcing:
                    continue
                else:
                    decided.append((target.filter, earlier))
                break
        everything = len(decided) + len(denied) == len(placed.targets)
        if denied:
            begins = "Asks in vain" if placed.policy.asks_approval else "Elevates in vain"
            yield _first("denied_first", begins, "deny", denied, len(placed.targets))
        if decided:
            kind, begins = (
                ("unreachable", "Never reached") if everything else ("shadowed", "Reached in part")
            )
            yield _first(kind, begins, "decide", decided, len(placed.targets))

    def _made_pointless(self, placed: PlacedPolicy) -> Iterator[Finding]:
        """Later policies that give rights to programs which this one denies.

        Of the same platforms alone: whoever administers one of them sees this policy, and not all that
        it reaches beyond. The other policy's own findings say it too.
        """
        if not denies(placed.policy) or placed.policy.broken:
            return
        for later in self._active:
            if later.order <= placed.order or not later.grants:
                continue
            if later.policy.id == placed.policy.id or not later.groups <= placed.groups:
                continue
            if later.platforms != placed.platforms:
                continue
            covered = [each for each in later.targets if each.is_covered_by(placed.conditions)]
            if covered:
                names = listed([each.filter.name for each in covered], "and")
                part = "" if len(covered) == len(later.targets) else f" for {names}"
                yield Finding(
                    "denied_first",
                    f"Makes {later.named} pointless{part}: this policy denies it first.",
                    "Exclude those programs here, or give the other policy a lower priority number.",
                    later.policy,
                )

    def _before(self, placed: PlacedPolicy, target: Target) -> Iterator[PlacedPolicy]:
        """Active policies before it that match whatever the target does, wherever it does."""
        if target.first is None:
            return
        first = target.first.event
        for at in self._index(first.platform).candidates(first):
            earlier = self._active[at]
            if earlier.order >= placed.order:
                return
            if (
                earlier.policy.id != placed.policy.id
                and placed.groups <= earlier.groups
                and not earlier.policy.broken
                and target.is_covered_by(earlier.conditions)
            ):
                yield earlier

    def _index(self, platform: str) -> Index:
        if platform not in self._indexes:
            keys = [each.conditions.keys(platform) for each in self._active]
            self._indexes[platform] = Index(keys)
        return self._indexes[platform]


def _first(
    kind: str, begins: str, verb: str, found: Sequence[tuple[Filter, PlacedPolicy]], targets: int
) -> Finding:
    """That others come first, for these of its targets."""
    others = list(dict.fromkeys(other for _, other in found))
    programs = (
        "all its programs"
        if len(found) == targets
        else listed([each.name for each, _ in found], "and")
    )
    if len(others) == 1:
        verb = {"deny": "denies", "decide": "decides"}[verb]
    return Finding(
        kind,
        f"{begins}: {joined([each.named for each in others], 'and')} {verb} {programs} first.",
        "Give this policy a lower priority number, or narrow the other one.",
        others[0].policy,
    )
