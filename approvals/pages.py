"""Lists in pages: keyset pagination, search by what an index can find, counts that stop.

A page's address names the last row before it, so a page costs the same however far down it is, and
rows that come or go above it do not shift it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

ROWS = 50
COUNT_STOPS = 999
_NUMBER = re.compile(r"(?:PM-)?(\d{1,18})\Z", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{64}\Z", re.IGNORECASE)
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """Some rows of a list. `total` is up to one more than COUNT_STOPS; URLs are "" where none is."""

    rows: list[M]
    total: int
    next_url: str
    first_url: str


def page_of(
    queryset: QuerySet[M], request: HttpRequest, *, by: str, descending: bool = False
) -> Page[M]:
    """The page that `?after=` names, ordered by the time `by`, then by primary key.

    An `after` that cannot be read gives the first page.
    """
    sign = "-" if descending else ""
    ordered = queryset.order_by(f"{sign}{by}", f"{sign}pk")
    after = _position(request.GET.get("after", ""), queryset.model)
    if after:
        ordered = ordered.filter(_beyond(by, "lt" if descending else "gt", *after))
    rows = list(ordered[: ROWS + 1])
    more = len(rows) > ROWS
    rows = rows[:ROWS]
    return Page(
        rows=rows,
        total=queryset.order_by()[: COUNT_STOPS + 1].count(),
        next_url=_url(request, after=_mark(rows[-1], by)) if more else "",
        first_url=_url(request) if after else "",
    )


def _beyond(by: str, direction: str, moment: datetime, key: object) -> Q:
    return Q(**{f"{by}__{direction}": moment}) | Q(**{by: moment, f"pk__{direction}": key})


def _mark(row: Model, by: str) -> str:
    value: Any = getattr(row, by)
    return f"{value.isoformat()}~{row.pk}"


def _position(mark: str, model: type[Model]) -> tuple[datetime, object] | None:
    moment, _, key = mark.partition("~")
    try:
        when, row = datetime.fromisoformat(moment), model._meta.pk.to_python(key)
    except (ValueError, ValidationError):
        return None
    return (when, row) if when.tzinfo and row is not None else None


def _url(request: HttpRequest, **changes: str) -> str:
    """This page's address with the given parameters in place of its position and opened row."""
    query = request.GET.copy()
    for name in ("after", "open"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def matching(query: str, *, prefix: str = "") -> Q:
    """What the search field finds: number or hash exactly, else user, computer, file by beginning.

    `prefix` leads from the searched table to the request, such as "request__".
    """
    text = query.strip()
    if not text:
        return Q()
    number = _NUMBER.match(text)
    if number:
        return Q(**{f"{prefix}number": int(number[1])})
    if _HASH.match(text):
        return Q(**{f"{prefix}sha256": text.lower()})
    names: Sequence[str] = ("account", "computer_name", "file_name")
    found = Q(**{f"{prefix}account__iendswith": f"\\{text}"})
    for name in names:
        found |= Q(**{f"{prefix}{name}__istartswith": text})
    return found
