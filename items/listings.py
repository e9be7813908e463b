"""Lists of what administrators look at but don't edit: computers, events, codes.

A `Listing` is declared once, with its columns; from it come the table, its search, sorting, choices and
pages, and the same rows as CSV. Lists of items are declared by their family (items/family.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from core.pages import MAX_QUERY, address, batches, page_of, sort_order
from core.tables import Column, Table, csv_response

Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Choice:
    """A menu above the list, `?name=value`. `narrow` gives the rows that a value leaves."""

    name: str
    label: str
    options: Callable[[], Options]
    narrow: Callable[[Any, str], Any]


@dataclass(frozen=True)
class Select:
    """A choice as the toolbar shows it: what can be chosen, and what is."""

    filter: Choice
    value: str
    options: Options


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Rows to read. `sort` fields are never null and need an index, or few rows."""

    noun: str
    plural: str
    columns: tuple[Column, ...]
    sort: str  # as in ?sort=, where nothing else is chosen
    choices: tuple[Choice, ...] = ()
    search: Callable[[str], Q]
    searched: str  # what the search looks at
    blank_icon: str
    blank_text: str  # why there is nothing, and what to do
    row_actions: str = ""  # template of a last cell with buttons; its context is `row`

    def answer(
        self, http: HttpRequest, rows: QuerySet[Any], template: str, **more: Any
    ) -> HttpResponseBase:
        """The page `template` with those of `rows` that were asked for, or all of these as CSV."""
        if http.GET.get("format") == "csv":
            found = batches(self._found(http, rows), **sort_order(self._sort(http)))
            return csv_response(http, self.plural, self.columns, found)
        return render(http, template, {**self.context(http, rows), **more})

    def context(self, http: HttpRequest, rows: QuerySet[Any]) -> dict[str, Any]:
        """What items/listing_panel.html needs."""
        table, sort, query = Table(self.columns), self._sort(http), query_of(http)
        selects = self._selects(http)
        page = page_of(self._found(http, rows), http, **sort_order(sort))
        return {
            "listing": self,
            "page": page,
            "headings": table.headings(http, sort),
            "rows": [(row, table.cells(row)) for row in page.rows],
            "query": query,
            "sort": http.GET.get("sort", ""),
            "selects": selects,
            "narrowed": query or any(select.value for select in selects),
            "csv_url": address(http, format="csv"),
        }

    def _found(self, http: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        for select in self._selects(http):
            if select.value:
                rows = select.filter.narrow(rows, select.value)
        query = query_of(http)
        return rows.filter(self.search(query)) if query else rows

    def _selects(self, http: HttpRequest) -> list[Select]:
        selects = []
        for choice in self.choices:
            options, value = choice.options(), http.GET.get(choice.name, "")
            selects.append(Select(choice, value if value in dict(options) else "", options))
        return selects

    def _sort(self, http: HttpRequest) -> str:
        return Table(self.columns).sort(http.GET.get("sort", ""), otherwise=self.sort)


def query_of(http: HttpRequest) -> str:
    """What was typed into the search field (`?q=`)."""
    return http.GET.get("q", "").strip()[:MAX_QUERY].replace("\0", "")
