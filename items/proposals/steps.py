"""The changes of a proposal: kept as they would be in Change History, and made again from there.

So whatever an import, a dialog, a restore or a switch would have done is proposed in one way: version by
version, through the kind's form and the verbs of items.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from django.core.exceptions import PermissionDenied

from items.author import Gathering
from items.family import Family, family_with
from items.forms import SaveRefused
from items.models import Change, Item, joined_fields
from items.relations import used_by_changed
from items.rights import offer_only_seen
from items.services import DeleteBlocked, StaleItem, delete_item, kind_words, save_item
from items.values import Posted, as_data, posted

Verb = Change.Verb
Uses = list[list[Any]]  # [model, id, kind in words, name, version]


class Outdated(Exception):
    """The changes can't be made as they were proposed; a sentence says why."""


@dataclass(frozen=True)
class Step:
    """One change: the version it would have written."""

    model: str
    kind: str
    item_id: str
    name: str
    version: int
    verb: str
    restored_version: int | None
    fields: list[list[str]]  # label, old, new
    values: Posted

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls(
            change.model,
            change.kind,
            str(change.item_id),
            change.item_name,
            change.version,
            str(change.verb),
            change.restored_version,
            [list(each) for each in change.fields],
            change.values,
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def family(self) -> Family:
        return family_with(self.model, self.kind)

    @property
    def kind_words(self) -> str:
        """("policy", "Deny Execute Action")."""
        return self.family.words_for(self.family.kind_with(self.kind))

    @property
    def label(self) -> str:
        return f"{self.kind_words} {self.name}"

    def take(self, by: Gathering) -> None:
        """Make the change. Raises Outdated."""
        try:
            if self.verb == Verb.DELETE:
                delete_item(self._stored(), by=by)
            elif self.verb == Verb.CREATE:
                item = self.family.new(self.family.kind_with(self.kind))
                item.pk = uuid.UUID(self.item_id)  # other steps refer to it
                self._save(item, by)
            else:
                self._save(self._stored(), by)
                self._switch(by)
                self._change_lists(by)
        except StaleItem as stale:
            raise Outdated(f"The {self.label} was changed meanwhile.") from stale
        except DeleteBlocked as blocked:
            raise Outdated(f"The {self.label} is used by now, and can't be deleted.") from blocked
        except PermissionDenied as denied:
            raise Outdated(
                f"Whoever proposed it may no longer change the {self.label}."
            ) from denied
        except SaveRefused as refused:
            raise Outdated(f"The {self.label} can't be saved: {refused}") from refused

    def _stored(self) -> Item:
        item: Item | None = self.family.queryset().filter(pk=self.item_id).first()
        if item is None:
            raise Outdated(f"The {self.label} was deleted meanwhile.")
        if item.version != self.version - 1:
            raise StaleItem
        return item

    def _save(self, item: Item, by: Gathering) -> None:
        """Through the form of its kind, if that changes anything."""
        switch = self.family.switch
        values = {k: v for k, v in self.values.items() if switch is None or k != switch.name}
        if not item._state.adding and posted(self.family.form_of(item)) == values:
            return
        form = self.family.form_of(item, as_data(values, version=str(item.version)))
        if by.roles is not None:
            offer_only_seen(form, by.roles)
        form.keep_secrets()
        if not form.is_valid():
            errors = " ".join(str(text) for texts in form.errors.values() for text in texts)
            raise Outdated(f"The {self.label} can't be saved: {errors}")
        save_item(form, by=by, verb=Verb(self.verb), restored_version=self.restored_version)

    def _switch(self, by: Gathering) -> None:
        switch = self.family.switch
        if switch is None:
            return
        item = self.family.queryset().get(pk=self.item_id)
        on = switch.name in self.values
        if self.verb == Verb.UPDATE and switch.is_on(item) is not on:
            switch.turn(item, on, by)

    def _change_lists(self, by: Gathering) -> None:
        for label, removed, added in self.fields:
            change = self.family.lists.get(label)
            if change is not None:
                item = self.family.queryset().get(pk=self.item_id)
                change(item, removed.splitlines(), added.splitlines(), by)


def steps_of(stored: Iterable[dict[str, Any]]) -> list[Step]:
    return [Step(**each) for each in stored]


def uses_in_words(items: Iterable[Item]) -> Uses:
    return [
        [item._meta.label_lower, str(item.pk), kind_words(item), item.name, item.version]
        for item in items
    ]


def take_all(steps: Sequence[Step], uses: Uses, *, by: Gathering) -> None:
    """Make the changes, in the caller's transaction: those that were proposed, on what was there then.

    Raises Outdated.
    """
    for step in steps:
        step.take(by)
    made = [Step.of(change) for change in by.written]
    if [(s.item_id, s.fields) for s in made] != [(s.item_id, s.fields) for s in steps]:
        raise Outdated("The same changes would do something else by now.")
    now = uses_in_words(used_by_changed(by.written))
    for used in [each for each in now if each not in uses]:
        raise Outdated(f"The {used[2]} {used[3]}, which it uses, was changed meanwhile.")


def merged(steps: Iterable[Step]) -> Iterator[Step]:
    """What the steps do together to each item, for people to read."""
    of_item: dict[str, list[Step]] = {}
    for step in steps:
        of_item.setdefault(step.item_id, []).append(step)
    for first, *further in of_item.values():
        last = further[-1] if further else first
        verb = first.verb if first.verb == Verb.CREATE else last.verb
        fields = joined_fields(step.fields for step in (first, *further))
        yield replace(last, verb=verb, fields=fields)
