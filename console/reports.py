"""Reports as pages: the rows of request mails and e-mail tasks, with period, search, sorting and CSV."""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
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
from core.reports import MAX_ROWS, Parameters, Report, UnknownReport, all_reports, report
from core.reports import Row as Texts
from core.roles import Permission, allowed, requires, roles_of, roles_with
from core.tables import Column, Table, csv_response
from items.listings import Choice as Menu
from items.listings import Row, Select, beginning_of, day_of, options_for, query_of
from items.trail import crumbs, place
from policies.items import POLICIES
from policies.models import Policy

DAYS: Final = 30  # that a report is about if none are chosen
_MOMENT: Final = re.compile(r"\d{1,2} \w{3} \d{4}, \d\d:\d\d( \(UTC[^)]*\))")  # of core/dates.py
_NUMBER: Final = re.compile(r"\d[\d,]*", re.ASCII)
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
    columns = [
        Column(label, itemgetter(index), sort=str(index), width="" if index else "fit")
        for index, label in enumerate(chosen.columns)
    ]
    words, all_rows = query_of(request).casefold(), chosen.rows(_parameters(request, chosen))
    found = [row for row in all_rows if any(words in text.casefold() for text in row)]
    rows = _sorted(found, request)
    if request.GET.get("format") == "csv":
        return csv_response(request, chosen.name, columns, [rows])
    return render(request, "console/report.html", _context(request, chosen, columns, rows))


def _may_open(request: HttpRequest, shown: Report) -> bool:
    return not shown.about_mail or allowed(request, Permission.MAIL_QUEUE_VIEW)


def _context(
    request: HttpRequest, chosen: Report, columns: list[Column], rows: list[Texts]
) -> dict[str, Any]:
    table = Table([_as_shown(column, rows) for column in columns])
    query, select = query_of(request), _select(request)
    chosen_days = {name: day_of(request.GET.get(name, "")) for name in ("from", "to")}
    preset = chosen.takes_period and not any(chosen_days.values())
    since = timezone.localdate(_parameters(request, chosen).since)
    days = {"from": since, "to": None} if preset else chosen_days
    return {
        "report": chosen,
        "listing": Listed(chosen),
        "crumbs": crumbs(REPORTS),
        "days": days if chosen.takes_period else {},
        "preset": DAYS if preset else 0,
        "selects": [select] if chosen.takes_policy else [],
        "query": query,
        "narrowed": query or select.value or any(chosen_days.values()),
        "sort": request.GET.get("sort", ""),
        "headings": table.headings(request, request.GET.get("sort", "")),
        "rows": [Row(row, table.cells(row)) for row in rows],
        "page": Page(rows, len(rows), next_url="", first_url=""),
        "is_cut": len(rows) == MAX_ROWS,
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


def _as_shown(column: Column, rows: list[Texts]) -> Column:
    """As the page has it: numbers to the right, and a zone that all its times share in its head."""
    texts = [text for row in rows if (text := str(column.text(row)))]
    zones = {found[1] if (found := _MOMENT.match(text)) else "" for text in texts}
    if len(zones) == 1 and (zone := zones.pop()):
        return replace(
            column,
            label=f"{column.label}{zone}",
            text=lambda row: str(column.text(row)).replace(zone, "", 1),
        )
    return replace(column, number=bool(texts) and all(map(_NUMBER.fullmatch, texts)))


def _sorted(rows: list[Texts], request: HttpRequest) -> list[Texts]:
    """By the column that `?sort=` names; else in the report's own order."""
    sort = request.GET.get("sort", "")
    index = int(sort.removeprefix("-")) if sort.removeprefix("-") in {*"0123456789"} else -1
    if not rows or not 0 <= index < len(rows[0]):
        return rows
    return sorted(rows, key=lambda row: _order(row[index]), reverse=sort.startswith("-"))


def _order(text: str) -> tuple[int, float | str]:
    """Numbers by their size, moments by their time, the rest by its letters; nothing comes first."""
    with suppress(ValueError):  # as core/dates.py writes it; all of a report are in one zone
        when = datetime.strptime(text.partition(" (UTC")[0], "%d %b %Y, %H:%M")  # noqa: DTZ007
        return 2, when.replace(tzinfo=UTC).timestamp()
    digits = text.replace(",", "").removeprefix("PM-")
    if digits.isascii() and digits.isdigit():
        return 1, float(digits)
    return (3 if text else 0), text.casefold()
