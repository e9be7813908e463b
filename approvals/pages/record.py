"""The page of one request: what was asked, what happened, the grant, the people."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from approvals.pages.queue import numbers_in
from approvals.pages.record_context import record_context
from approvals.pages.timeline import fetch, story
from core.roles import requires


@requires("approvals.view")
@require_safe
def request_detail(request: HttpRequest, number: int) -> HttpResponse:
    """PM-number, with its timeline."""
    return render(request, "approvals/request_detail.html", record_context(request, number))


@requires("approvals.view")
@require_safe
def request_news(request: HttpRequest, number: int) -> HttpResponse:
    """The poll: whether more has happened than the `?seen=` things that the page shows."""
    asked = fetch(number)
    if asked is None:
        raise Http404
    (seen, *_) = numbers_in(request, "seen") or [0]
    more = max(0, len(story(asked)) - seen)
    return render(request, "approvals/request_news.html", {"asked": asked, "more": more})
