"""Manage Approvals: the lists of pending and decided requests, and what they ask for again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from approvals.models import ApprovalRequest
from approvals.pages.queue import numbers_in, queue_context, rows_of
from approvals.pages.search import matching
from core.pages import ROWS, page_of
from core.roles import requires

_RESULT = ("grant",)  # what a row with its result shows beside the request itself


@requires("approvals.view")
@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """Pending requests. `?q=` searches, `?open=` opens rows, `?request=` ticks them."""
    return render(request, "approvals/request_list.html", queue_context(request))


@requires("approvals.view")
@require_safe
def decided_list(request: HttpRequest) -> HttpResponse:
    """Closed requests, the newest first."""
    query = request.GET.get("q", "").strip()[:200]
    closed = ApprovalRequest.objects.decided().filter(matching(query))
    page = page_of(
        closed.select_related(*_RESULT).prefetch_related("decisions"),
        request,
        by="closed_at",
        descending=True,
    )
    context = {"tab": "decided", "query": query, "page": page, "rows": rows_of(request, page.rows)}
    return render(request, "approvals/decided_list.html", context)


@requires("approvals.view")
@require_safe
def request_row(request: HttpRequest, number: int) -> HttpResponse:
    """One row of the queue, opened or closed again in place."""
    asked = get_object_or_404(ApprovalRequest.objects.select_related(*_RESULT), pk=number)
    opened, ticked = numbers_in(request, "open"), numbers_in(request, "request")
    (row,) = rows_of(request, [asked], opened=opened, ticked=ticked)
    return render(request, "approvals/queue_row.html", {"row": row})


@requires("approvals.view")
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The poll: how many requests are new, how old the shown ones are, and what became of them.

    New rows come only when they are asked for, and an opened row stays as it is.
    """
    query = request.GET.get("q", "").strip()[:200]
    (newest, *_) = numbers_in(request, "newest") or [0]
    fresh = ApprovalRequest.objects.open().filter(matching(query), number__gt=newest)
    shown = ApprovalRequest.objects.filter(pk__in=numbers_in(request, "shown")[:ROWS])
    rows = rows_of(request, shown.select_related(*_RESULT).prefetch_related("decisions"))
    context = {
        "fresh": fresh.order_by()[:1000].count(),
        "query": query,
        "waiting": [row for row in rows if row.waits],
        "results": [row for row in rows if not row.waits],
    }
    return render(request, "approvals/news.html", context)


@requires("home")
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """The counts of navigation and bell, each for its own place."""
    return render(request, "components/counts.html")
