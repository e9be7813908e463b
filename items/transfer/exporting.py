"""Items as the text of a file: all of them, a single one, or all as they were at a time.

Secrets are never written, and read-only items aren't either: every installation has the same.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Model
from django.utils import timezone

from core.text import name_key
from items.family import Family, families, family_of
from items.forms import ItemForm
from items.models import Change, Item, Named
from items.transfer.text import Plain, write
from items.transfer.values import NameOf, plain_values
from items.values import Posted, posted

KIND, BUILT_IN = "kind", "built_in"


@dataclass(frozen=True)
class _Source:
    """One item to write: its form, and what the form posts."""

    item: Item
    form: ItemForm
    values: Posted
    is_on: bool


def exported() -> list[Family]:
    """The families that files hold, in their order."""
    return sorted((f for f in families() if f.in_files), key=lambda family: family.namespace)


def export(only: Collection[Family] = (), *, at: datetime | None = None) -> str:
    """The file of all items, or of those of the families `only`; as they were at the time `at`."""
    chosen = [family for family in exported() if not only or family in only]
    with in_our_time_zone():
        if at is None:
            name_of = _names_now()
            return write({f.namespace: _entries(f, _stored(f), name_of) for f in chosen})
        past = _Past(at)
        return write({f.namespace: _entries(f, past.sources(f), past.name_of) for f in chosen})


def export_item(item: Item) -> str:
    """The file of this item alone."""
    family = family_of(item)
    with in_our_time_zone():
        return write({family.namespace: _entries(family, [_source(family, item)], _names_now())})


def in_our_time_zone() -> AbstractContextManager[None]:
    """A file's times of day are the console's, whoever exports or imports it."""
    return timezone.override(timezone.get_default_timezone())


def _entries(family: Family, sources: Iterable[_Source], name_of: NameOf) -> list[dict[str, Plain]]:
    """The sources as a file has them, by name."""
    entries = []
    for source in sources:
        values, item = plain_values(source.form, source.values, name_of), source.item
        entry: dict[str, Plain] = {"name": values.pop("name")}
        if getattr(item, "kind", ""):
            entry[KIND] = str(item.kind)  # type: ignore[attr-defined]
        if item.is_builtin:
            entry[BUILT_IN] = str(item.pk)
        entry |= values
        if family.switch is not None:
            entry[family.switch.name] = source.is_on
        entries.append(entry)
    return sorted(entries, key=lambda entry: name_key(str(entry["name"])))


def _stored(family: Family) -> Iterator[_Source]:
    for item in family.queryset():
        if not item.is_read_only:
            yield _source(family, item)


def _source(family: Family, item: Item) -> _Source:
    form = family.form_of(item)
    is_on = family.switch is not None and family.switch.is_on(item)
    return _Source(item, form, posted(form), is_on)


def _names_now() -> NameOf:
    """Names by primary key, read once for each model."""

    @cache
    def names(model: type[Model]) -> dict[str, str]:
        rows: Any = model._default_manager
        if issubclass(model, Named):
            return {str(key): name for key, name in rows.values_list("pk", "name")}
        return {str(row.pk): str(row.natural_key()[0]) for row in rows.all()}

    return lambda model, key: names(model).get(key, key)


class _Past:
    """What Change History says of a time: each item's newest version until then."""

    def __init__(self, at: datetime) -> None:
        newest: dict[tuple[str, Any], Any] = {}
        versions = Change.objects.filter(at__lte=at).order_by("version")
        for change in versions.values("pk", "model", "item_id", "item_name", "verb"):
            newest[change["model"], change["item_id"]] = change
        there = [change for change in newest.values() if change["verb"] != Change.Verb.DELETE]
        self._names = {(c["model"], str(c["item_id"])): c["item_name"] for c in there}
        self._keys: defaultdict[str, list[Any]] = defaultdict(list)
        for change in there:
            self._keys[change["model"]].append(change["pk"])
        self._now = _names_now()

    def name_of(self, model: type[Model], key: str) -> str:
        """The name that it had then; of what has no history, the one it has now."""
        return self._names.get((model._meta.label_lower, key)) or self._now(model, key)

    def sources(self, family: Family) -> Iterator[_Source]:
        built_in = {
            item.pk: item.is_read_only
            for item in family.model._default_manager.filter(is_builtin=True)
        }
        keys = self._keys[family.model._meta.label_lower]
        for change in Change.objects.in_bulk(keys).values():
            kind = next((k for k in family.kinds if k.key in {"", change.kind}), None)
            if kind is None or built_in.get(change.item_id):
                continue
            item = family.new(kind)
            item.pk, item.is_builtin = change.item_id, change.item_id in built_in
            is_on = family.switch is not None and family.switch.name in change.values
            yield _Source(item, family.form_of(item), change.values, is_on)
