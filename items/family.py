"""The declaration of a family of items: from it come its pages, dialogs, list, history and rights.

Each app's `items.py` registers its families. A new kind costs a settings dataclass, a form and one
line in its family's `kinds`.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from core.roles import Access
from core.tables import Column as Column
from items.forms import ItemForm
from items.models import Item


@dataclass(frozen=True)
class Kind:
    """One kind ("template", "type") of a family's items. `key` is the item's `kind`."""

    key: str
    label: str
    form: type[ItemForm]
    retired: bool = False  # still shown where there is one, but not offered for a new item


@dataclass(frozen=True)
class Blocker:
    """Something that is no item and keeps one from being deleted."""

    name: str
    kind: str
    url: str


@dataclass(frozen=True)
class Choice:
    """A filter over the list: `?name=value`, equal to `lookup`.

    `presets`: the field of the create dialog that begins with what is chosen.
    """

    name: str
    label: str
    lookup: str
    options: Callable[[], list[tuple[str, str]]]
    presets: str = ""


def _no_blockers(item: Any) -> list[Blocker]:
    return []


def no_hints(items: Sequence[Any]) -> dict[uuid.UUID, str]:
    return {}


def each(say: Callable[[Any], str]) -> Callable[[Sequence[Any]], dict[uuid.UUID, str]]:
    """Hints that are said of each item by itself."""
    return lambda items: {item.pk: say(item) for item in items}


@dataclass(frozen=True, kw_only=True)
class Family:
    """Items of one model that share list, pages and rights."""

    model: type[Item]
    namespace: str  # of its URLs: reverse("NAMESPACE:list")
    path: str  # below the console's root, with a slash at its end
    noun: str  # "approval process"
    plural: str  # "approval processes"
    trail: tuple[str, ...]  # its list's place in the menus: ("Admin", "Actions")
    about: str  # one sentence: what these items are for
    kinds: tuple[Kind, ...]
    kind_label: str = "Type"
    create_title: str = ""  # of the dialog; "Create NOUN" where it is empty
    columns: tuple[Column, ...] = ()  # of the list, beside the name
    search: tuple[str, ...] = ("name", "description")
    searched: str = "Name, description"  # what the search field says
    choices: tuple[Choice, ...] = ()
    access: Access  # no preset: who may look is decided for each family
    fetch: Callable[[Any], Any] = lambda rows: rows  # with what a row of the list needs of others
    sensitive: bool = False  # changes need the password again
    may_create: bool = True
    may_duplicate: bool = True
    blockers: Callable[[Any], list[Blocker]] = _no_blockers
    # Trouble, below the name in the list: of all items of a page at once.
    hints: Callable[[Sequence[Any]], Mapping[uuid.UUID, str]] = no_hints
    # Further pages that change something: (route, view class taking `family`, URL name).
    more_pages: tuple[tuple[str, Any, str], ...] = ()
    # Further tabs of the item's page, in the same form. Their label is the name, in title case.
    more_tabs: tuple[tuple[str, Any, str], ...] = ()
    detail_template: str = "items/detail.html"
    list_template: str = "items/list.html"
    saved_words: Callable[[Any], str] = lambda item: "Saved."
    crumbs_of: Callable[[Any, Any], tuple[Any, ...]] | None = None  # (request, item or None)
    page_context: Callable[[Any], dict[str, Any]] = lambda item: {}  # for detail_template

    @cached_property
    def heading(self) -> str:
        return self.trail[-1]

    @property
    def has_kinds(self) -> bool:
        return len(self.kinds) > 1

    def queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.fetch(self.model._default_manager.all())
        keys = [kind.key for kind in self.kinds if kind.key]
        return rows.filter(kind__in=keys) if keys else rows

    def kind_of(self, item: Item) -> Kind:
        key = getattr(item, "kind", "")
        return next(kind for kind in self.kinds if kind.key in {"", key})

    def kind(self, key: str) -> Kind | None:
        return next((kind for kind in self.kinds if kind.key == key), None)

    def new(self, kind: Kind) -> Item:
        """An unsaved item with the kind's presets."""
        values: dict[str, Any] = {"kind": kind.key} if kind.key else {}
        if kind.form.settings_type is not None:
            values["settings"] = kind.form.settings_type(**kind.form.preset()).to_json()
        return self.model(**values)

    def form_of(self, item: Item, data: Any = None, **more: Any) -> ItemForm:
        return self.kind_of(item).form(data, instance=item, **more)

    def sort_expression(self, name: str) -> Any:
        """What the list is ordered by for `?sort=name`, None for a name that there is not."""
        if name in {"", "name"}:
            return Lower("name")
        known = {column.sort for column in self.columns if column.sort}
        return F(name) if name in known else None

    @property
    def url(self) -> str:
        return reverse(f"{self.namespace}:list")

    def url_of(self, item: Item, page: str = "detail", *more: object) -> str:
        return reverse(f"{self.namespace}:{page}", args=[item.pk, *more])


_families: dict[str, Family] = {}


def register(family: Family) -> Family:
    """Make the family's pages, once, from its app's `items.py`."""
    assert family.namespace not in _families, f"{family.namespace} is registered twice"
    _families[family.namespace] = family
    return family


def families() -> Iterator[Family]:
    yield from _families.values()


def family_named(namespace: str) -> Family | None:
    return _families.get(namespace)


def family_of(item: Item) -> Family:
    """The family whose page shows `item`. Raises LookupError for an item without pages."""
    for family in families():
        keys = {kind.key for kind in family.kinds}
        if isinstance(item, family.model) and keys & {"", getattr(item, "kind", "")}:
            return family
    raise LookupError(f"no family of items has pages for {item._meta.label}")


def page_of_item(item: Item) -> str:
    """The address of the item's page, "" where it has none."""
    try:
        family = family_of(item)
    except LookupError:
        return ""
    return family.url_of(item)
