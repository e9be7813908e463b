"""The page of one request: what was asked, what happened, the grant, the people."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from approvals.views.record_context import record_context
from pmconsole.roles import requires


@requires("approvals.view")
@require_safe
def request_detail(request: HttpRequest, number: int) -> HttpResponse:
    """PM-number, with its timeline."""
    return render(request, "approvals/request_detail.html", record_context(request, number))
