"""Lists in pages: keyset pagination, and counts that stop.

A page's address names the last row before it, so every page costs the same, and rows that appear or
disappear above it don't shift it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Expression, F, Model, Q, QuerySet
from django.http import HttpRequest

ROWS = 50
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
    sign, beyond = ("-", "lt") if descending else ("", "gt")
    ordered = queryset.annotate(sort_key=F(by) if isinstance(by, str) else by)
    ordered = ordered.order_by(f"{sign}sort_key", f"{sign}pk")
    after = _position(request.GET.get("after", ""), ordered)
    if after:
        value, key = after
        same = Q(sort_key=value, **{f"pk__{beyond}": key})
        ordered = ordered.filter(same | Q(**{f"sort_key__{beyond}": value}))
    rows = list(ordered[: ROWS + 1])
    next_url = ""
    if len(rows) > ROWS:
        last: Any = rows[ROWS - 1]
        mark = [last.sort_key, str(last.pk)]
        position = json.dumps(mark, default=datetime.isoformat, ensure_ascii=False)
        next_url = address(request, after=position)
    return Page(
        rows=rows[:ROWS],
        total=queryset.order_by()[: MAX_COUNT + 1].count(),
        next_url=next_url,
        first_url=address(request) if after else "",
    )


def _position(mark: str, ordered: QuerySet[M]) -> tuple[object, object] | None:
    """The row that `mark` names; None if there is none or it was tampered with."""
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


def address(request: HttpRequest, **changes: str) -> str:
    """This page's address with `changes`, without position and opened row; "" removes a parameter."""
    query = request.GET.copy()
    for name, value in {"after": "", "open": "", **changes}.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def count_words(count: int, *, stop: int = MAX_COUNT) -> str:
    """A count that stops: "7", "999+"."""
    return f"{stop}+" if count > stop else str(count)
