"""The dialogs of Manage Approvals: over a request's record, or over the queue."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from approvals.models import ApprovalRequest
from approvals.pages.queue import queue_context
from approvals.pages.record_context import record_context
from core.dialogs import show_over

RECORD = "record"  # ?back=record: the dialog was opened on the request's own page


def show_dialog(
    http: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    asked: ApprovalRequest | None = None,
    status: int = 200,
) -> HttpResponse:
    """The dialog `template`; behind it the record of `asked`, or the queue."""
    record = asked is not None
    return show_over(
        http,
        template,
        context,
        page="approvals/request_detail.html" if record else "approvals/request_list.html",
        behind=lambda: record_context(http, asked.pk) if asked else queue_context(http),
        status=status,
    )
