"""The declaration of a family of items: from it come its pages, dialogs, list, history and rights.

Each app's `items.py` subclasses `Family` and registers it. A new kind costs a settings dataclass, a
form and one line in its family's `kinds`.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

from core.roles import BY_PLATFORM, Access, Roles
from core.tables import Column as Column
from items.author import Author
from items.forms import ItemForm
from items.models import Item
from items.trail import Crumb, Trail, crumbs, place


@dataclass(frozen=True)
class Kind:
    """One kind ("template", "type") of a family's items. `key` is the item's `kind`."""

    key: str
    label: str
    form: type[ItemForm]
    retired: bool = False  # still shown where there is one, but not offered for a new item


@dataclass(frozen=True)
class Blocker:
    """Something that keeps an item from being deleted: another item, or a request, by its name."""

    name: str
    kind: str
    url: str


@dataclass(frozen=True)
class ListFilter:
    """A filter over the list: `?name=value`, equal to `lookup`.

    `presets`: the field of the create dialog that begins with what is chosen. `family`: the namespace
    of that whose items are the options; nobody is offered one that they don't see.
    """

    name: str
    label: str
    lookup: str
    options: Callable[[], list[tuple[str, str]]]
    presets: str = ""
    family: str = ""

    def narrow(self, rows: Any, value: str) -> Any:
        return rows.filter(**{self.lookup: value})


@dataclass(frozen=True)
class Panel:
    """A part of an item's page added by an app above the item's. The template gets `panel`."""

    template: str
    context: Callable[[Any], dict[str, Any]]  # of the item


@dataclass(frozen=True)
class Switch:
    """What a verb of its own turns on and off, beside an item's form. `name` is the file's word."""

    name: str  # "active"
    is_on: Callable[[Any], bool]
    turn: Callable[[Any, bool, Author], None]  # raises forms.SaveRefused


class Family:
    """Items of one model that share list, pages and rights. Subclasses set what has no value here."""

    model: type[Item]
    namespace: str  # of its URLs: reverse("NAMESPACE:list")
    path: str  # below the console's root, with a slash at its end
    noun: str  # "approval process"
    plural: str  # "approval processes"
    trail: Trail  # its list's place in the menus: ("Admin", "Actions")
    about: str  # one sentence: what these items are for
    kinds: tuple[Kind, ...]
    access: Access  # no preset: who may look is decided for each family

    kind_label = "Type"
    sensitive = False  # changes need the password again
    may_create = True
    single = False  # there is one item, which the list's address leads to
    may_duplicate = True
    switch: Switch | None = None
    # Lists that pages of their own change, by name: with what was removed and what was added.
    lists: Mapping[str, Callable[[Any, Sequence[str], Sequence[str], Author], None]] = {}
    in_files = True  # exported and imported as YAML

    # The list.
    list_template = "items/list.html"
    columns: tuple[Column, ...] = ()  # beside the name
    filters: tuple[Any, ...] = ()  # ListFilter, or items.listings.Choice
    search: tuple[str, ...] = ("name", "description")
    searched = "Name, description"  # what the search field says
    counts_uses = True  # a column says how many items use each
    row_actions = ""  # template of a last cell with buttons, as in items/listings.py
    blank_icon = "plus"
    default_sort = "name"  # as in ?sort=
    create_page = "create/"  # below the list: where Create leads
    import_page = ""  # and where Import leads, for families with one

    # The item's page.
    detail_template = "items/detail.html"
    actions_template = ""  # beside the tabs, on each of them
    details_label = "Details"  # of its first tab
    # Further pages that change something: (route, view class taking `family`, URL name).
    more_pages: tuple[tuple[str, Any, str], ...] = ()
    # Further tabs of the item's page, in the same form. Their label is the name, in title case.
    more_tabs: tuple[tuple[str, Any, str], ...] = ()

    def __init__(self) -> None:
        self.panels: list[Panel] = []
        self.more_blockers: list[Callable[[Any], list[Blocker]]] = []  # added by apps above

    def fetch(self, rows: Any) -> Any:
        """The queryset `rows` with what a row of the list needs of other tables."""
        return rows

    def matching(self, query: str) -> Q:
        """What a search for `query` finds."""
        found = Q()
        for name in self.search:
            found |= Q(**{f"{name}__icontains": query})
        return found

    def platforms(self, item: Any) -> frozenset[str]:
        """The platforms that the stored item is about; empty where only full administrators change it."""
        return frozenset()

    def of_platforms(self, rows: Any, platforms: frozenset[str]) -> Any:
        """The queryset `rows` without what administrators of these platforms alone don't see."""
        return rows

    def hint(self, item: Any) -> str:
        """What is wrong with an item, shown below its name in the list; "" where nothing is."""
        return ""

    def details(self, items: Sequence[Any], roles: Roles) -> Mapping[uuid.UUID, Any]:
        """What `list_template` shows of each item besides its columns, to somebody with these roles."""
        return {}

    def blockers(self, item: Any) -> list[Blocker]:
        """What keeps it from being deleted and is no item."""
        return []

    def saved_words(self, item: Any) -> str:
        """The message after Save Changes."""
        return "Saved."

    def crumbs(self, request: HttpRequest, item: Any | None) -> list[Crumb]:
        """The menu path of the list, or (with `item`) of the list in which it is."""
        return crumbs(self.trail)

    def page_context(self, item: Any) -> dict[str, Any]:
        """What `detail_template` needs beside the form."""
        return {}

    @property
    def blank_text(self) -> str:
        """What an empty list says."""
        return self.about

    @property
    def heading(self) -> str:
        return self.trail[-1]

    @property
    def create_title(self) -> str:
        """Of the dialog: "Create SMTP Server"."""
        return " ".join(["Create", *map(capfirst, self.noun.split())])

    @property
    def has_kinds(self) -> bool:
        return len(self.kinds) > 1

    @property
    def url(self) -> str:
        return reverse(f"{self.namespace}:list")

    def url_of(self, item: Item, page: str = "detail", *more: object) -> str:
        return self.url_of_key(item.pk, page, *more)

    def url_of_key(self, key: uuid.UUID, page: str = "detail", *more: object) -> str:
        return reverse(f"{self.namespace}:{page}", args=[key, *more])

    def queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.fetch(self.model._default_manager.all())
        keys = [kind.key for kind in self.kinds if kind.key]
        return rows.filter(kind__in=keys) if keys else rows

    def kind(self, key: str) -> Kind | None:
        return next((kind for kind in self.kinds if kind.key == key), None)

    def kind_of(self, item: Item) -> Kind:
        return self.kind_with(getattr(item, "kind", ""))

    def kind_with(self, key: str) -> Kind:
        """The kind of an item that is stored with this `kind`."""
        return next(kind for kind in self.kinds if kind.key in {"", key})

    def words_for(self, kind: Kind) -> str:
        """What an item of this kind is: "E-mail Approval Process", "approval type"."""
        return kind.label if self.has_kinds else self.noun

    def new(self, kind: Kind) -> Item:
        """An unsaved item with the kind's presets."""
        values: dict[str, Any] = {"kind": kind.key} if kind.key else {}
        if kind.form.settings_type is not None:
            values["settings"] = kind.form.settings_type(**kind.form.preset()).to_json()
        return self.model(**values)

    def form_of(self, item: Item, data: Any = None, **more: Any) -> ItemForm:
        return self.kind_of(item).form(data, instance=item, **more)

    def sort_expression(self, name: str) -> Any:
        """The expression for `?sort=name`; None if the name is unknown."""
        if name in {"", "name"}:
            return Lower("name")
        known = {column.sort for column in self.columns if column.sort}
        return F(name) if name in known else None


class PlatformFamily(Family):
    """Items that have a `platform`, whose administrators change them; empty: every platform."""

    access = BY_PLATFORM

    def platforms(self, item: Any) -> frozenset[str]:
        return frozenset({item.platform} - {""})

    def of_platforms(self, rows: Any, platforms: frozenset[str]) -> Any:
        return rows.filter(platform__in=["", *platforms])


_families: dict[str, Family] = {}
AnyFamily = TypeVar("AnyFamily", bound=Family)


def register(family: AnyFamily) -> AnyFamily:
    """Add the family and its pages; called once, in its app's `items.py`."""
    assert family.namespace not in _families, f"{family.namespace} is registered twice"
    missing = [name for name in Family.__annotations__ if not hasattr(family, name)]
    assert not missing, f"{type(family).__name__} lacks {', '.join(missing)}"
    _families[family.namespace] = family
    place(family.trail, f"{family.namespace}:list", family.access.view)
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


def family_with(model: str, kind: str) -> Family:
    """The family of a stored change: by its item's model and kind."""
    return next(
        family
        for family in families()
        if family.model._meta.label_lower == model and {k.key for k in family.kinds} & {"", kind}
    )


def page_of_item(item: Item) -> str:
    """The address of the item's page; "" if it has none."""
    try:
        family = family_of(item)
    except LookupError:
        return ""
    return family.url_of(item)
