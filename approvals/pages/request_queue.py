"""Manage Approvals, Pending: the queue of requests, its single rows, and the poll for news."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from approvals.facts import signs_of_request
from approvals.letters.signs import Sign
from approvals.models import ApprovalRequest
from approvals.pages.file_history import FileHistory, file_histories
from approvals.pages.outcome_words import outcome_state, outcome_words
from approvals.pages.request_facts import (
    FactLine,
    bound_lines,
    more_lines,
    worst_signs,
)
from approvals.pages.request_search import matching
from core.pages import ROWS, address, batches, count_of, page_of, sort_order
from core.roles import Permission, allowed, requires, roles_with
from core.tables import Cell, Column, Table, csv_response
from items.listings import query_of
from items.trail import crumbs, place

MANAGE_APPROVALS = place(
    ("Admin", "Tools", "Manage Approvals"),
    "approvals:request_list",
    roles_with(Permission.APPROVALS_VIEW),
)


@dataclass(frozen=True)
class QueueRow:
    """One request in the queue; with its result once it is closed."""

    request: ApprovalRequest
    history: FileHistory
    is_open: bool = False
    ticked: bool = False
    may_decide: bool = False

    @property
    def number(self) -> int:
        return self.request.number

    @property
    def waits(self) -> bool:
        """Whether it may still be decided; otherwise the row shows its result."""
        return self.request.is_pending and self.request.expires_at > timezone.now()

    @property
    def state(self) -> str:
        return "expired" if self.request.is_pending else outcome_state(self.request)

    @property
    def reason_or_outcome(self) -> str:
        if self.waits:
            return self.request.reason
        return "Expired" if self.request.is_pending else outcome_words(self.request)

    @property
    def decided_by(self) -> str:
        """Who decided, with the comment; "" while it waits, or when nobody decided."""
        final = None if self.waits else self.request.final_decision
        if final is None:
            return ""
        by = f"by {final.deciders}"
        return f"{by}: “{final.comment}”" if final.comment else by

    @property
    def hint(self) -> str:
        return worst_signs(self.request)

    @property
    def cells(self) -> list[Cell]:
        return QUEUE.cells(self)

    @property
    def signs(self) -> tuple[Sign, ...]:
        return signs_of_request(self.request)

    @property
    def bound(self) -> list[FactLine]:
        return bound_lines(self.request)

    @property
    def facts(self) -> list[FactLine]:
        return more_lines(self.request)


QUEUE = Table(
    [
        Column(
            "Program",
            lambda row: row.request.file_name,
            link=lambda row: row.request.get_absolute_url(),
            width="wide",
        ),
        Column("Request", lambda row: str(row.request), place="beside"),
        Column("Policy", lambda row: row.request.policy_name, place="below"),
        Column("User", lambda row: row.request.short_account),
        Column("Computer", lambda row: row.request.computer_name, place="below"),
        Column(
            "User Reason",
            lambda row: row.reason_or_outcome,
            tone=lambda row: "" if row.waits else row.state,
        ),
        Column("", lambda row: row.decided_by, place="below"),
        Column("Asked Before", lambda row: row.history.words, width="fit"),
        Column("", lambda row: row.history.outcomes, place="below"),
        Column("Requested", lambda row: row.request.created_at, sort="created_at", width="fit"),
    ]
)


@requires(Permission.APPROVALS_VIEW)
@require_safe
def request_list(request: HttpRequest) -> HttpResponseBase:
    """Pending requests. `?q=` searches, `?open=` opens rows, `?request=` ticks them."""
    if request.GET.get("format") == "csv":
        waiting, sort = _waiting(query_of(request)), _sort(request)
        rows = (queue_rows(request, batch) for batch in batches(waiting, **sort_order(sort)))
        return csv_response(request, "pending requests", QUEUE.columns, rows)
    return render(request, "approvals/request_list.html", queue_context(request))


@requires(Permission.APPROVALS_VIEW)
@require_safe
def request_row(request: HttpRequest, number: int) -> HttpResponse:
    """One row of the queue, opened or closed again in place."""
    found = get_object_or_404(ApprovalRequest.objects.select_related("grant"), pk=number)
    opened, ticked = numbers_in(request, "open"), numbers_in(request, "request")
    (row,) = queue_rows(request, [found], opened=opened, ticked=ticked)
    return render(request, "approvals/queue_row.html", {"row": row})


@requires(Permission.APPROVALS_VIEW)
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The poll: how many requests are new, how old the shown ones are, and what became of them.

    New rows are not added until the page is loaded again, and an opened row stays as it is.
    """
    query = query_of(request)
    (newest, *_) = numbers_in(request, "newest") or [0]
    fresh = ApprovalRequest.objects.open().filter(matching(query), number__gt=newest)
    shown = ApprovalRequest.objects.filter(pk__in=numbers_in(request, "shown")[:ROWS])
    rows = queue_rows(request, shown.select_related("grant").with_decisions())
    context = {
        "fresh": count_of(fresh),
        "query": query,
        "waiting": [row for row in rows if row.waits],
        "results": [row for row in rows if not row.waits],
    }
    return render(request, "approvals/news.html", context)


@requires(Permission.HOME)
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """The counts of navigation and bell, each for its own place."""
    return render(request, "components/counts.html")


def queue_context(http: HttpRequest) -> dict[str, Any]:
    """Context of the Pending page: longest waiting first, unless sorted otherwise."""
    query, sort = query_of(http), _sort(http)
    page = page_of(_waiting(query), http, **sort_order(sort))
    last_decided = None
    if not page.rows and not query:
        decided = ApprovalRequest.objects.filter(state__in=["approved", "denied"])
        last_decided = decided.with_decisions().order_by("-closed_at").first()
    opened, ticked = numbers_in(http, "open"), numbers_in(http, "request")
    return {
        "crumbs": crumbs(MANAGE_APPROVALS)[:-1],  # the last one is the heading
        "tab": "pending",
        "query": query,
        "sort": http.GET.get("sort", ""),
        "page": page,
        "headings": QUEUE.headings(http, sort),
        "rows": queue_rows(http, page.rows, opened=opened, ticked=ticked),
        "newest": max((request.number for request in page.rows), default=0),
        "csv_url": address(http, format="csv"),
        "may_decide": allowed(http, Permission.APPROVALS_DECIDE),
        "last_decided": last_decided,
    }


def _waiting(query: str) -> QuerySet[ApprovalRequest]:
    return ApprovalRequest.objects.open().filter(matching(query))


def _sort(http: HttpRequest) -> str:
    return QUEUE.sort(http.GET.get("sort", ""), otherwise="created_at")


def queue_rows(
    http: HttpRequest,
    requests: Iterable[ApprovalRequest],
    *,
    opened: Collection[int] = (),
    ticked: Collection[int] = (),
) -> list[QueueRow]:
    """Rows for these requests; the histories of their files are fetched at once."""
    requests = list(requests)
    histories = file_histories(requests)
    may_decide = allowed(http, Permission.APPROVALS_DECIDE)
    return [
        QueueRow(
            request=request,
            history=histories.get(request.number, FileHistory()),
            is_open=request.number in opened,
            ticked=request.number in ticked,
            may_decide=may_decide,
        )
        for request in requests
    ]


def numbers_in(http: HttpRequest, name: str) -> list[int]:
    """The request numbers of a repeated parameter; anything else in it is ignored."""
    given = (http.GET if http.method == "GET" else http.POST).getlist(name)
    return [int(text) for text in given if text.isdecimal() and len(text) < 19]
