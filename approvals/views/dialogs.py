"""Dialogs: over the page with htmx; without it, the same address shows the page behind as well."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from approvals.models import ApprovalRequest
from approvals.views.queue import queue_context
from approvals.views.record_context import record_context

RECORD = "record"  # ?back=record: the dialog was opened on the request's own page


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for the dialog alone."""
    return bool(getattr(request, "htmx", False))


def varied(response: HttpResponse) -> HttpResponse:
    """Say that this address answers htmx otherwise, so that no cache mixes the two up."""
    patch_vary_headers(response, ["HX-Request"])
    return response


def show_dialog(
    http: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    asked: ApprovalRequest | None = None,
    status: int = 200,
) -> HttpResponse:
    """The dialog `template`; behind it the record of `asked`, or the queue."""
    if wants_fragment(http):
        return varied(render(http, template, context, status=status))
    if asked is not None:
        behind, page = record_context(http, asked.pk), "approvals/request_detail.html"
    else:
        behind, page = queue_context(http), "approvals/request_list.html"
    whole = {**behind, **context, "modal": True, "dialog_template": template}
    return varied(render(http, page, whole, status=status))
