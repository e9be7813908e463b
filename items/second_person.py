"""Which changes need a second person (the rules, Second person for policy changes), where that is on.

The verbs in items/services.py ask here about each change, so there is no way around it. Apps above
register what it is about: what active policies are made of, and who could be a second person.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.advanced.models import AdvancedSettings
from items.author import Author
from items.models import Item


@dataclass(frozen=True)
class Rule:
    """Items whose changes need a second person: those of which it holds before or after."""

    holds: Callable[[Item], bool]  # of the item as it is stored
    may_end: bool = False  # a change after which it no longer holds needs none
    fields: frozenset[str] = frozenset()  # labels of those that it is about; empty: all


_rules: list[Rule] = []
Held = frozenset[Rule]


def register(rule: Rule) -> None:
    _rules.append(rule)


def is_required() -> bool:
    """Whether it is switched on."""
    # As stored, not as this process remembers it.
    return AdvancedSettings.objects.filter(is_builtin=True, settings__second_person=True).exists()


def held(item: Item, by: Author) -> Held | None:
    """The rules that hold of the stored item; None if `by` needs no second person anyway.

    Ask before the change: it may be the one that switches this off.
    """
    if not by.is_alone or not is_required():
        return None
    return frozenset(rule for rule in _rules if rule.holds(item))


def is_needed(item: Item, before: Held | None, labels: list[str], *, deleted: bool = False) -> bool:
    """Whether the change just made, of the fields with these labels, needs a second person."""
    if before is None:
        return False
    after = frozenset() if deleted else frozenset(rule for rule in _rules if rule.holds(item))
    return any(
        (rule in after or not rule.may_end) and (not rule.fields or rule.fields & set(labels))
        for rule in before | after
    )
