"""Reports as pages: the rows of request mails and e-mail tasks, with period, search, sorting and CSV."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.pages import Page, address
from core.reports import (
    MAX_ROWS,
    Parameters,
    Report,
    UnknownReport,
    all_reports,
    report,
    written,
)
from core.reports import Row as Values
from core.roles import Permission, allowed, requires, roles_of, roles_with
from core.tables import Column, Table, csv_response
from core.zones import shown, shown_zone
from items.listings import Choice as Menu
from items.listings import Row, Select, beginning_of, day_of, options_for, query_of
from items.trail import crumbs, place
from policies.items import POLICIES
from policies.models import Policy

DAYS: Final = 30  # that a report is about if none are chosen
REPORTS = place(("Reports",), "reports:contents", roles_with(Permission.REPORTS_VIEW))
POLICY = Menu(
    "policy",
    "Policy",
    lambda: [(str(pk), name) for pk, name in Policy.objects.values_list("pk", "name")],
    lambda rows, policy: rows,  # the report itself narrows its rows
    family=POLICIES.namespace,
)


@dataclass(frozen=True)
class Listed:
    """A report as items/list_panel.html shows a list."""

    report: Report
    noun: str = "row"
    plural: str = "rows"
    searched: str = "Any column"
    blank_icon: str = "info"
    blank_title: str = "Nothing to report."

    @property
    def blank_text(self) -> str:
        if self.report.takes_period:
            return "Nothing of this kind happened on these days. Choose others above."
        return "There is nothing of this kind now."


@requires(Permission.REPORTS_VIEW)
@require_safe
def report_list(request: HttpRequest) -> HttpResponseBase:
    """The reports that this person may open."""
    shown = [each for each in all_reports() if _may_open(request, each)]
    return render(request, "console/reports.html", {"reports": shown, "days": DAYS})


@requires(Permission.REPORTS_VIEW)
@require_safe
def report_page(request: HttpRequest, key: str) -> HttpResponseBase:
    """One report. `?from=`, `?to=`, `?policy=`, `?q=` and `?sort=` narrow and order it; `?format=csv`."""
    try:
        chosen = report(key)
    except UnknownReport:
        raise Http404 from None
    if not _may_open(request, chosen):
        raise PermissionDenied
    rows = _sorted(list(chosen.rows(_parameters(request, chosen))), request)
    is_cut = len(rows) == MAX_ROWS
    if words := query_of(request).casefold():
        read = zip(rows, written(rows, shown_zone())[1], strict=True)
        rows = [row for row, texts in read if any(words in text.casefold() for text in texts)]
    if request.GET.get("format") == "csv":
        zone, lines = written(rows, timezone.get_default_timezone(), iso=True)
        return csv_response(request, chosen.name, _columns(chosen, zone), [lines])
    return render(
        request,
        "console/report.html",
        {**_context(request, chosen, rows), "cut_at": f"{MAX_ROWS:,}" if is_cut else ""},
    )


def _may_open(request: HttpRequest, chosen: Report) -> bool:
    return not chosen.about_mail or allowed(request, Permission.MAIL_QUEUE_VIEW)


def _columns(chosen: Report, zone: str) -> list[Column]:
    """Those of rows that are written, with what their headings say of the times."""

    def linked(index: int) -> Callable[[Sequence[str]], str] | None:
        link = chosen.columns[index].link
        return (lambda row: link(row[index])) if link else None

    return [
        Column(
            column.heading(zone),
            itemgetter(index),
            sort=str(index),
            number=column.holds == "number",
            link=linked(index),
            width="fit" if column.holds == "time" or column.link else "",
        )
        for index, column in enumerate(chosen.columns)
    ]


def _context(request: HttpRequest, chosen: Report, rows: list[Values]) -> dict[str, Any]:
    zone, texts = written(rows, shown_zone())
    table = Table(_columns(chosen, zone))
    query, select = query_of(request), _select(request)
    days_chosen = any(day_of(request.GET.get(name, "")) for name in ("from", "to"))
    period = _parameters(request, chosen)
    days = {"from": shown(period.since), "to": shown(period.until - timedelta.resolution)}
    return {
        "report": chosen,
        "listing": Listed(chosen),
        "crumbs": crumbs(REPORTS),
        "days": {name: at.date() for name, at in days.items() if chosen.takes_period},
        "preset": DAYS if chosen.takes_period and not days_chosen else 0,
        "selects": [select] if chosen.takes_policy else [],
        "query": query,
        "narrowed": query or select.value or days_chosen,
        "sort": request.GET.get("sort", ""),
        "headings": table.headings(request, request.GET.get("sort", "")),
        "rows": [Row(row, table.cells(row)) for row in texts],
        "page": Page(rows, len(rows), next_url="", first_url=""),
        "csv_url": address(request, format="csv"),
    }


def _select(request: HttpRequest) -> Select:
    """The menu of policies, and the one that `?policy=` names if it is one of them."""
    options, value = options_for(roles_of(request.user), POLICY), request.GET.get("policy", "")
    return Select(POLICY, value if value in dict(options) else "", options)


def _parameters(request: HttpRequest, chosen: Report) -> Parameters:
    now, policy = timezone.now(), _select(request).value if chosen.takes_policy else ""
    first, last = day_of(request.GET.get("from", "")), day_of(request.GET.get("to", ""))
    until = beginning_of(last + timedelta(days=1)) if last else now
    return Parameters(
        since=beginning_of(first) if first else until - timedelta(days=DAYS),
        until=until,
        policy_id=UUID(policy) if policy else None,
        now=now,
    )


def _sorted(rows: list[Values], request: HttpRequest) -> list[Values]:
    """By the column that `?sort=` names; else in the report's own order."""
    sort = request.GET.get("sort", "")
    index = int(sort.removeprefix("-")) if sort.removeprefix("-") in {*"0123456789"} else -1
    if not rows or not 0 <= index < len(rows[0]):
        return rows
    return sorted(rows, key=lambda row: _order(row[index]), reverse=sort.startswith("-"))


def _order(value: str | int | datetime | None) -> tuple[bool, Any]:
    """Nothing comes first; the numbers within texts count by their size: PM-9, PM-10."""
    if isinstance(value, str):
        pieces: list[Any] = re.split(r"(\d+)", value[:200].casefold(), flags=re.ASCII)
        pieces[1::2] = map(int, pieces[1::2])
        return bool(value), pieces
    return value is not None, value or 0
