"""What a file asks for, one item at a time: to be as it says, or to be gone.

Each goes through the kind's form and the services of items, as a person's change does. An attempt that
fails changes nothing and can be made again, once what it needs is there.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from core.text import name_key
from items.author import Gathering
from items.family import Family, family_of
from items.forms import ItemForm, SaveRefused
from items.models import Item
from items.services import DeleteBlocked, blockers_of, delete_item, kind_words, save_item
from items.transfer.exporting import BUILT_IN, KIND
from items.transfer.text import Entry
from items.transfer.values import NoSuchItem, WrongValue, posted_value
from items.values import Posted, as_data, belongs_to, posted

MAX_NAME: Final = 200  # characters that a problem shows of a name
MAX_WRONG: Final = 20  # fields of one item that a refusal names
Key = tuple[str, uuid.UUID]  # a model's label and an item's id, as Change History has them


@dataclass(frozen=True)
class Problem:
    """Why a file isn't imported: the line (0: of no line), the item, and a sentence."""

    line: int
    item: str  # "filter “Setup programs”"; "" for none
    text: str
    waits_for: tuple[str, str] | None = None  # the label of a model and the name key of an item

    def __str__(self) -> str:
        where = [f"line {self.line}"] * bool(self.line) + [self.item] * bool(self.item)
        return f"{', '.join(where)}: {self.text}" if where else self.text

    @property
    def sentence(self) -> str:
        """It, beginning with a capital letter."""
        text = str(self)
        return text[0].upper() + text[1:]


class Failed(Exception):
    """An attempt failed; nothing was changed."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


class Importer(Gathering):
    """Whoever imports, with the versions that the import has written so far."""

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what the block did, and forget what it wrote, if it fails."""
        begun = len(self.written)
        try:
            with transaction.atomic():
                yield
        except Failed:
            del self.written[begun:]
            raise


class Operation:
    """Something that a file asks for. `row`: the item, as soon as an attempt has found or made it."""

    label: str
    row: Key | None = None

    def attempt(self) -> None:
        """Bring it about, if it isn't so already. Raises Failed."""
        raise NotImplementedError


class Saving(Operation):
    """An item shall be as its entry in the file says. What the entry leaves out stays as it is."""

    def __init__(self, entry: Entry, family: Family, by: Importer) -> None:
        self.entry, self.family, self.by = entry, family, by
        self.name = entry.text("name")
        self.label = f"{family.noun} “{self.name[:MAX_NAME]}”" if self.name else family.noun
        self.key = family.model._meta.label_lower, name_key(self.name)

    def attempt(self) -> None:
        with self.by.attempt():
            if not self.name:
                raise self._failed("Write the item's name.", "name")
            item = self._stored()
            if item is not None and self._turn(item, on=False):
                item = self._stored()
            item = self._save(item or self._new())
            self._turn(item, on=True)
        self.row = item._meta.label_lower, item.pk

    def _stored(self) -> Item | None:
        """The item that the entry means: the built-in one of this id, else the one of this name."""
        rows = self.family.model._default_manager
        if BUILT_IN in self.entry.fields:
            known = rows.filter(is_builtin=True)
            item = next((i for i in known if str(i.pk) == self.entry.text(BUILT_IN)), None)
            if item is None:
                missing = (
                    "This installation lacks this built-in item. Run “manage.py add_defaults”."
                )
                raise self._failed(missing, BUILT_IN)
        else:
            item = rows.filter(name_key=name_key(self.name)).first()
        if item is None:
            return None
        wanted, actual = self.entry.text(KIND), getattr(item, "kind", "")
        if family_of(item) is not self.family or (wanted and wanted != actual):
            raise self._failed(
                f"Here, “{item}” is of another kind: {kind_words(item)}. A kind can't be changed. "
                "Delete that item first, or choose another name.",
                KIND,
            )
        return item

    def _new(self) -> Item:
        if not self.family.may_create:
            raise self._failed(f"There is no such {self.family.noun}, and none can be created.")
        key = self.entry.text(KIND)
        if not key and not self.family.has_kinds:
            return self.family.new(self.family.kinds[0])
        kind = self.family.kind(key)
        if kind is None:
            keys = ", ".join(str(kind.key) for kind in self.family.kinds)
            raise self._failed(f"{KIND}: Write one of these: {keys}.", KIND)
        return self.family.new(kind)

    def _save(self, item: Item) -> Item:
        """Save the item if it isn't so already; the item as it is stored."""
        form = self.family.form_of(item)
        stored = posted(form)
        wanted = self._wanted(form, stored)
        if wanted == stored and not item._state.adding:
            return item
        if item.is_read_only:
            raise self._failed("It's read-only. Duplicate it, and write the copy's name here.")
        form = self.family.form_of(item, as_data(wanted, version=str(item.version)))
        form.keep_secrets()
        if not form.is_valid():
            raise Failed(
                *(
                    self._problem(str(text), name)
                    for name, errors in form.errors.items()
                    for text in errors
                )
            )
        try:
            save_item(form, by=self.by)
        except SaveRefused as refused:
            raise Failed(*(self._problem(e, refused.field) for e in refused.errors)) from refused
        saved: Item = type(item)._default_manager.get(pk=form.instance.pk)
        return saved

    def _wanted(self, form: ItemForm, stored: Posted) -> Posted:
        """What `form` would post if it held what the entry says. Raises Failed with all that's wrong."""
        apart = {KIND, BUILT_IN, *([self.family.switch.name] if self.family.switch else [])}
        wanted, problems = dict(stored), list[Problem]()
        for name, written in self.entry.fields.items():
            if len(problems) == MAX_WRONG:
                break
            if name in apart or (name in form.fields and form.fields[name].disabled):
                continue
            try:
                given = posted_value(form, name, written)
            except NoSuchItem as missing:
                key = missing.model._meta.label_lower, name_key(missing.name)
                problems.append(self._problem(f"{name}: {missing}", name, waits_for=key))
            except WrongValue as wrong:
                problems.append(self._problem(f"{name}: {wrong}", name))
            else:
                wanted = {n: v for n, v in wanted.items() if not belongs_to(n, name)} | given
        if problems:
            raise Failed(*problems)
        return wanted

    def _turn(self, item: Item, *, on: bool) -> bool:
        """Switch the item to `on` if the entry wants that and it isn't so; whether it was done."""
        switch = self.family.switch
        if switch is None or switch.name not in self.entry.fields:
            return False
        wanted = self.entry.text(switch.name)
        if wanted not in {"true", "false"}:
            raise self._failed(f"{switch.name}: Write true or false.", switch.name)
        if (wanted == "true") is not on or switch.is_on(item) is on:
            return False
        try:
            switch.turn(item, on, self.by)
        except SaveRefused as refused:
            errors = (self._problem(text, switch.name) for text in refused.errors)
            raise Failed(*errors) from refused
        return True

    def _failed(self, text: str, name: str | None = None) -> Failed:
        return Failed(self._problem(text, name))

    def _problem(
        self, text: str, name: str | None = None, *, waits_for: tuple[str, str] | None = None
    ) -> Problem:
        written = self.entry.fields.get(name or "")
        return Problem(written.line if written else self.entry.line, self.label, text, waits_for)


class Deleting(Operation):
    """An item shall be gone, unless it can't be: built-in ones, and those that must stay."""

    def __init__(self, item: Item, family: Family, by: Importer) -> None:
        self.item, self.by = item, by
        self.row = item._meta.label_lower, item.pk
        self.label = f"{family.noun} “{item}”"
        self.kept = ""  # why it stays, as the last attempt found

    def attempt(self) -> None:
        with self.by.attempt():
            stored = type(self.item)._default_manager.filter(pk=self.item.pk).first()
            self.kept = stored.undeletable if stored else ""
            if stored is None or self.kept:
                return
            try:
                delete_item(stored, by=self.by)
            except DeleteBlocked as blocked:
                using = blockers_of(stored)[0]
                text = f"It can't be deleted, because {using.kind} “{using.name}” uses it."
                raise Failed(Problem(0, self.label, text)) from blocked
