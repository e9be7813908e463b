"""The dialogs of Manage Approvals, and the pages that they open over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from approvals.models import ApprovalRequest
from approvals.pages.lists import LIST_TEMPLATE, grants_context
from approvals.pages.request_page import request_context
from approvals.pages.request_queue import queue_context
from core.dialogs import show_over

RECORD = "record"  # ?back=record: the dialog was opened on the request's own page


@dataclass(frozen=True)
class PageBehind:
    """The page behind a dialog, which Cancel and a done decision go back to."""

    template: str
    url: str
    context: Callable[[HttpRequest], dict[str, Any]]


def behind_queue_dialog() -> PageBehind:
    return PageBehind(
        "approvals/request_list.html", reverse("approvals:request_list"), queue_context
    )


def behind_grant_dialog() -> PageBehind:
    return PageBehind(LIST_TEMPLATE, reverse("approvals:grant_list"), grants_context)


def behind_request_dialog(approval_request: ApprovalRequest) -> PageBehind:
    number = approval_request.number
    return PageBehind(
        "approvals/request_detail.html",
        approval_request.get_absolute_url(),
        lambda http: request_context(http, number),
    )


def from_request_page(http: HttpRequest) -> bool:
    """Whether the dialog was opened on the page of its request."""
    return (http.POST if http.method == "POST" else http.GET).get("back") == RECORD


def show_dialog(
    http: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    behind: PageBehind,
    status: int = 200,
) -> HttpResponse:
    """The dialog `template`, over the page `behind` where htmx has not kept that in place."""
    back = RECORD if from_request_page(http) else ""
    return show_over(
        http,
        template,
        {**context, "back": back, "back_url": behind.url},
        page=behind.template,
        behind=lambda: behind.context(http),
        status=status,
    )
