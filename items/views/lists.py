"""The list of a family: search, sort, filters, pages, and the same rows as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from core.pages import Page, address, page_of
from core.tables import Cell, Column, Header, csv_response
from items.family import Choice, Family
from items.models import Item
from items.relations import counts_of_users
from items.views.base import FamilyView


@dataclass(frozen=True)
class Row:
    """One item in the list."""

    item: Item
    url: str
    hint: str
    cells: list[Cell]
    used_by: int


@dataclass(frozen=True)
class Filter:
    """One filter of the toolbar with its options, and which of them is chosen."""

    choice: Choice
    value: str
    options: list[tuple[str, str]]


class ItemList(FamilyView):
    """`?q=` searches, `?sort=-name` sorts, `?kind=` and the family's choices filter."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("format") == "csv":
            return self.as_csv()
        return render(request, self.family.list_template, self.context())

    def context(self) -> dict[str, Any]:
        """Of the list's page, which stands behind the create dialog too."""
        family, request = self.family, self.request
        sort = self._sort
        page: Page[Item] = page_of(
            self.filtered(),
            request,
            by=family.sort_expression(sort.removeprefix("-")),
            descending=sort.startswith("-"),
        )
        used = counts_of_users(family.model, [item.pk for item in page.rows])
        hints = family.hints(page.rows)
        return {
            **self.base_context(),
            "trail": self.trail()[:-1],
            "page": page,
            "rows": [
                _row(family, item, hints.get(item.pk, ""), used[item.pk]) for item in page.rows
            ],
            "headers": [
                Header.of(column, request, sort)
                for column in (Column("Name", str, sort="name"), *family.columns)
            ],
            "query": self.query,
            "filters": [f for f in self._filters() if len(f.options) > 1],
            "narrowed": self.query or any(f.value for f in self._filters()),
            "create_url": self._create_url(),
            "may_create": self.may_change and family.may_create,
            "csv_url": address(request, format="csv"),
            "sort": request.GET.get("sort", ""),
            "create_title": family.create_title or f"Create {family.noun}",
        }

    def _create_url(self) -> str:
        """Of the create dialog, which begins with what the list is narrowed to."""
        given = {f.choice.presets: f.value for f in self._filters() if f.choice.presets and f.value}
        return f"create/?{urlencode(given)}" if given else "create/"

    @property
    def query(self) -> str:
        return self.request.GET.get("q", "").strip()[:200].replace("\0", "")

    def rows(self) -> QuerySet[Any]:
        """All items of the list."""
        return self.family.queryset()

    def filtered(self) -> QuerySet[Any]:
        rows = self.rows()
        if self.query:
            found = Q()
            for name in self.family.search:
                found |= Q(**{f"{name}__icontains": self.query})
            rows = rows.filter(found)
        for each in self._filters():
            if each.value:
                rows = rows.filter(**{each.choice.lookup: each.value})
        return rows

    def _filters(self) -> Iterator[Filter]:
        family = self.family
        kinds = Choice("kind", family.kind_label, "kind", lambda: _kinds(family), "kind")
        for choice in (*([kinds] if family.has_kinds else []), *family.choices):
            options = choice.options()
            asked = self.request.GET.get(choice.name, "")
            known = asked if asked in dict(options) else ""
            yield Filter(choice, known, options)

    @property
    def _sort(self) -> str:
        asked = self.request.GET.get("sort", "")
        known = self.family.sort_expression(asked.removeprefix("-")) is not None
        return asked if known and asked.removeprefix("-") else "name"

    def as_csv(self) -> StreamingHttpResponse:
        """All rows of the list as it is filtered and sorted."""
        family, sort = self.family, self._sort
        by = family.sort_expression(sort.removeprefix("-"))
        rows = self.filtered().order_by(by.desc() if sort.startswith("-") else by.asc(), "pk")
        columns = [
            Column("Name", lambda item: item.name),
            Column("Description", lambda item: item.description),
            *family.columns,
        ]
        return csv_response(family.plural, columns, rows.iterator(500))


def _kinds(family: Family) -> list[tuple[str, str]]:
    return [(kind.key, kind.label) for kind in family.kinds]


def _row(family: Family, item: Item, hint: str, used_by: int) -> Row:
    cells = [Cell.of(column, item) for column in family.columns]
    return Row(item, family.url_of(item), hint, cells, used_by)
