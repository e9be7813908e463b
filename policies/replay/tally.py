"""What would change, counted in groups with a few examples of each."""

from dataclasses import astuple, dataclass, field
from typing import Any, Self

from policies.replay.comparing import Outcome

MAX_GROUPS = 200  # more are counted together
MAX_EXAMPLES = 3


@dataclass
class Group:
    """Events that change alike."""

    was: Outcome
    would_be: Outcome
    count: int = 0
    examples: list[str] = field(default_factory=list)  # ids of policy events


@dataclass
class Tally:
    """Counts of events. `moved`: another policy decides, to the same end."""

    same: int = 0
    moved: int = 0
    unread: int = 0  # kept in part, so nobody can say
    ungrouped: int = 0
    groups: dict[tuple[Outcome, Outcome], Group] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        return self.ungrouped + sum(group.count for group in self.groups.values())

    def add(self, was: Outcome, would_be: Outcome, event_id: object) -> None:
        if was.words == would_be.words:
            if was.policy == would_be.policy:
                self.same += 1
            else:
                self.moved += 1
            return
        key = (was, would_be)
        group = self.groups.get(key)
        if group is None:
            if len(self.groups) == MAX_GROUPS:
                self.ungrouped += 1
                return
            group = self.groups[key] = Group(was, would_be)
        group.count += 1
        if len(group.examples) < MAX_EXAMPLES:
            group.examples.append(str(event_id))

    def to_json(self) -> dict[str, Any]:
        groups = [
            [*astuple(each.was), *astuple(each.would_be), each.count, each.examples]
            for each in self.groups.values()
        ]
        counts = ("same", "moved", "unread", "ungrouped")
        return {name: getattr(self, name) for name in counts} | {"groups": groups}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        groups = {}
        for was, was_words, then, then_words, count, examples in stored.get("groups", ()):
            key = Outcome(was, was_words), Outcome(then, then_words)
            groups[key] = Group(*key, count, list(examples))
        counts = {name: value for name, value in stored.items() if name != "groups"}
        return cls(**counts, groups=groups)
