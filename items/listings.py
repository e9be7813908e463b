"""Lists of what administrators look at but don't edit: computers, events, codes.

A `Listing` is declared once, with its columns; from it come the table, its search, sorting, choices and
pages, and the same rows as CSV. Lists of items are declared by their family (items/family.py).
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.dateparse import parse_date

from core.pages import MAX_QUERY, address, batches, page_of, sort_order
from core.roles import Roles, roles_of, sees_all
from core.tables import Cell, Column, Table, csv_response
from core.zones import shown_zone
from items.family import ListFilter, family_named
from items.rights import seen_items

Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Choice:
    """A menu above the list, `?name=value`, where that is more than a lookup (items.family.ListFilter).

    `narrow` gives the rows that a value leaves.
    """

    name: str
    label: str
    options: Callable[[], Options]
    narrow: Callable[[Any, str], Any]
    presets: str = ""  # as in items.family.ListFilter, and so is `family`
    family: str = ""


@dataclass(frozen=True)
class Select:
    """A choice as the toolbar shows it: what can be chosen, and what is."""

    filter: Choice | ListFilter
    value: str
    options: Options


def options_for(roles: Roles, choice: Choice | ListFilter) -> Options:
    """What somebody with these roles can choose."""
    options, family = choice.options(), family_named(choice.family)
    if family is None or sees_all(roles):
        return options
    seen = {str(key) for key in seen_items(family, roles).values_list("pk", flat=True)}
    return [option for option in options if option[0] in seen]


@dataclass(frozen=True)
class Row:
    """A row of the list as its page shows it."""

    of: Any
    cells: list[Cell]
    tags: Sequence[str] = ()  # plain facts, beside the first cell's text
    fault: str = ""  # what is wrong with it, below that
    details: Any = None  # of a family's own list


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Rows to read. `sort` fields are never null and need an index, or few rows."""

    noun: str
    plural: str
    columns: tuple[Column, ...]
    sort: str  # as in ?sort=, where nothing else is chosen
    choices: tuple[Choice | ListFilter, ...] = ()
    dates: str = ""  # the field of a time that `?from=` and `?to=` (days, both included) narrow
    search: Callable[[str], Q]
    searched: str  # what the search looks at
    search_help: str = ""  # how to search, where nothing is found
    blank_icon: str
    blank_title: str = ""  # else "No PLURAL yet."
    blank_text: str  # why there is nothing, and what to do
    blank_link: tuple[str, str] = ("", "")  # words and URL name of the next step
    row_actions: str = ""  # template of a last cell with buttons; its context is `row`
    # URL name of a dialog about the rows that are ticked (`?row=ID`), and the template of its buttons.
    bulk: tuple[str, str] = ("", "")

    def answer(
        self, http: HttpRequest, rows: QuerySet[Any], template: str, **more: Any
    ) -> HttpResponseBase:
        """The page `template` with those of `rows` that were asked for, or all of these as CSV."""
        if http.GET.get("format") == "csv":
            found = batches(
                self._found(http, rows, selects_of(http, self.choices)),
                **sort_order(self._sort(http)),
            )
            return csv_response(http, self.plural, self.columns, found)
        return render(http, template, {**self.context(http, rows), **more})

    def context(self, http: HttpRequest, rows: QuerySet[Any]) -> dict[str, Any]:
        """What items/list_panel.html needs."""
        table, sort, query = Table(self.columns), self._sort(http), query_of(http)
        selects, days = selects_of(http, self.choices), self._days(http)
        page = page_of(self._found(http, rows, selects), http, **sort_order(sort))
        return {
            "listing": self,
            "page": page,
            "headings": table.headings(http, sort),
            "rows": [Row(row, table.cells(row)) for row in page.rows],
            "query": query,
            "sort": http.GET.get("sort", ""),
            "selects": selects,
            "days": days,
            "narrowed": query or any(s.value for s in selects) or any(days.values()),
            "csv_url": address(http, format="csv"),
        }

    def _found(
        self, http: HttpRequest, rows: QuerySet[Any], selects: list[Select]
    ) -> QuerySet[Any]:
        for select in selects:
            if select.value:
                rows = select.filter.narrow(rows, select.value)
        days = self._days(http)
        if first := days.get("from"):
            rows = rows.filter(**{f"{self.dates}__gte": beginning_of(first)})
        if last := days.get("to"):
            rows = rows.filter(**{f"{self.dates}__lt": beginning_of(last + timedelta(days=1))})
        query = query_of(http)
        return rows.filter(self.search(query)) if query else rows

    def _days(self, http: HttpRequest) -> dict[str, date | None]:
        """What `?from=` and `?to=` say; None for what is no day. Empty if the list has no dates."""
        return {name: day_of(http.GET.get(name, "")) for name in ("from", "to") if self.dates}

    def _sort(self, http: HttpRequest) -> str:
        return Table(self.columns).sort(http.GET.get("sort", ""), otherwise=self.sort)


def selects_of(http: HttpRequest, choices: Iterable[Choice | ListFilter]) -> list[Select]:
    """Each with the value chosen in the address, "" for one that isn't offered."""
    selects = []
    for choice in choices:
        options = options_for(roles_of(http.user), choice)
        value = http.GET.get(choice.name, "")
        selects.append(Select(choice, value if value in dict(options) else "", options))
    return selects


def day_of(text: str) -> date | None:
    """The day that `text` names as browsers send it, if it's one of ours: others overflow."""
    with suppress(ValueError):
        day = parse_date(text)
        return day if day and 1970 <= day.year < 9000 else None
    return None


def beginning_of(day: date) -> datetime:
    """In the zone in which the page shows its times."""
    return datetime.combine(day, time.min, tzinfo=shown_zone())


def query_of(http: HttpRequest) -> str:
    """What was typed into the search field (`?q=`)."""
    return http.GET.get("q", "").strip()[:MAX_QUERY].replace("\0", "")
