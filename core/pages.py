"""Lists in pages and in batches: keyset pagination, and counts that stop.

A page's address names the last row before it, so every page costs the same, and rows that appear or
disappear above it don't shift it. An index on the sorted field and the primary key serves them all.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Expression, F, Model, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from django.http import HttpRequest

ROWS = 50
BATCH = 250  # rows of a download that are fetched at once: the first come soon
MAX_COUNT = 999  # counting further is slow and of no use
MAX_QUERY = 200  # characters of a search
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """Some rows of a list. `total` is at most MAX_COUNT + 1; a URL is "" if there is no such page."""

    rows: list[M]
    total: int
    next_url: str
    first_url: str


def page_of(
    queryset: QuerySet[M],
    request: HttpRequest,
    *,
    by: str | Expression,
    descending: bool = False,
) -> Page[M]:
    """The page that `?after=` names, ordered by `by` (never null), then by primary key.

    `by` is a field or an expression of text, number or time. An `after` that can't be read gives
    the first page.
    """
    ordered = _ordered(queryset, by, descending)
    after = _position(request.GET.get("after", ""), ordered)
    rows = list(_beyond(ordered, after, descending)[: ROWS + 1])
    next_url = ""
    if len(rows) > ROWS:
        value, key = _place(rows[ROWS - 1])
        mark = [value, str(key)]
        position = json.dumps(mark, default=datetime.isoformat, ensure_ascii=False)
        next_url = address(request, after=position)
    return Page(
        rows=rows[:ROWS],
        total=count_of(queryset) if after or next_url else len(rows),
        next_url=next_url,
        first_url=address(request) if after else "",
    )


def batches(
    queryset: QuerySet[M], *, by: str | Expression, descending: bool = False
) -> Iterator[list[M]]:
    """All rows as `page_of` orders them, BATCH at a time.

    Each batch is a short query of its own. A cursor would have PostgreSQL fetch all rows before the
    first one is seen, as no transaction holds it open.
    """
    ordered, after = _ordered(queryset, by, descending), None
    while rows := list(_beyond(ordered, after, descending)[:BATCH]):
        yield rows
        if len(rows) < BATCH:
            return
        after = _place(rows[-1])


def _ordered(queryset: QuerySet[M], by: str | Expression, descending: bool) -> QuerySet[M]:
    sign = "-" if descending else ""
    keyed: Any = queryset.annotate(sort_key=F(by) if isinstance(by, str) else by)
    ordered: QuerySet[M] = keyed.order_by(f"{sign}sort_key", f"{sign}pk")
    return ordered


def _beyond(
    ordered: QuerySet[M], after: tuple[object, object] | None, descending: bool
) -> QuerySet[M]:
    """The rows behind the place `after`; all of them if it is None.

    By a row comparison, `(key, pk) < (…)`, where databases start reading their index. Written as
    `key < … OR (key = … AND pk < …)`, they read it from its beginning.
    """
    if after is None:
        return ordered
    beyond = TupleLessThan if descending else TupleGreaterThan
    return ordered.filter(beyond((F("sort_key"), F("pk")), after))


def _place(row: Any) -> tuple[object, object]:
    return row.sort_key, row.pk


def _position(mark: str, ordered: QuerySet[M]) -> tuple[object, object] | None:
    """The place that `mark` names; None if there is none or it was tampered with."""
    field = ordered.query.annotations["sort_key"].output_field
    try:
        value, key = json.loads(mark)
        str(value).encode()  # no database takes half a surrogate pair
        position = field.to_python(value), ordered.model._meta.pk.to_python(key)
        if isinstance(position[0], datetime):
            position[0].astimezone(UTC)  # nor a moment outside the years 1 to 9999
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        return None
    naive = isinstance(position[0], datetime) and position[0].tzinfo is None
    return None if naive or None in position or "\0" in str(value) else position


def sort_order(sort: str) -> dict[str, Any]:
    """A sorting as addresses name it, "field" or "-field", as `page_of` and `batches` take it."""
    return {"by": sort.removeprefix("-"), "descending": sort.startswith("-")}


def address(request: HttpRequest, **changes: str) -> str:
    """This page's address with `changes`, without position and opened row; "" removes a parameter."""
    query = request.GET.copy()
    for name, value in {"after": "", "open": "", **changes}.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def count_of(rows: QuerySet[Any]) -> int:
    """How many rows there are, at most MAX_COUNT + 1: counting stops there."""
    return rows.order_by()[: MAX_COUNT + 1].count()


def count_words(count: int) -> str:
    """A count that stops: "7", "999+"."""
    return f"{MAX_COUNT}+" if count > MAX_COUNT else str(count)
