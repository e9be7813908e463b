"""Approve and Deny of one request in the console: a dialog, then the verb."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from approvals.errors import AnswerRefused, NotAllowed, RequestClosed
from approvals.models import ApprovalRequest, Decision
from approvals.pages.dialogs import (
    PageBehind,
    behind_queue_dialog,
    behind_request_dialog,
    from_request_page,
    show_dialog,
)
from approvals.pages.forms import decision_form
from approvals.pages.outcome_words import is_narrower, outcome_words
from approvals.pages.request_facts import stakes
from approvals.pages.request_queue import queue_rows
from approvals.services import Decider, decide
from approvals.services.deciding import closed_sentence
from approvals.services.quorum import quorum_of
from core.dialogs import go_to, wants_fragment
from core.people.models import User
from core.roles import Permission, requires


@requires(Permission.APPROVALS_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def request_approve(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm Approval: GET asks, POST decides."""
    return _dialog(request, number, "approve")


@requires(Permission.APPROVALS_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def request_deny(request: HttpRequest, number: int) -> HttpResponse:
    """Deny with a comment: GET asks, POST decides."""
    return _dialog(request, number, "deny")


def decide_in_console(
    http: HttpRequest, number: int, answer: str, cleaned: dict[str, Any]
) -> Decision:
    """Decide as the signed-in user. Raises what `decide` raises."""
    assert isinstance(http.user, User)
    return decide(
        number=number,
        decider=Decider(channel=Decision.Channel.CONSOLE, user=http.user),
        answer=answer,
        minutes=cleaned.get("minutes"),
        comment=cleaned["comment"],
    )


def decision_message(approval_request: ApprovalRequest, decision: Decision) -> str:
    """What a decision has led to, in a sentence."""
    approval_request.refresh_from_db()
    if approval_request.is_pending:
        given = quorum_of(approval_request).people
        more = max(approval_request.terms.approvals_needed - given, 1)
        return f"Your approval of {approval_request} is recorded. {more} more needed."
    outcome = outcome_words(approval_request)
    shortest = ", because the shortest approval counts" if is_narrower(decision) else ""
    return f"{approval_request} {outcome[0].lower()}{outcome[1:]}{shortest}."


def _dialog(http: HttpRequest, number: int, answer: str) -> HttpResponse:
    approval_request = get_object_or_404(ApprovalRequest, pk=number)
    terms = approval_request.terms
    data = http.POST if http.method == "POST" else None
    asked = approval_request.asked_minutes
    form = decision_form(answer, data, longest=terms.longest_grant, asked=asked)
    behind = behind_queue_dialog()
    if from_request_page(http):
        behind = behind_request_dialog(approval_request)
    closed = ""
    if http.method != "POST":
        if not ApprovalRequest.objects.open().filter(pk=number).exists():
            closed = closed_sentence(approval_request)
    elif form.is_valid():
        try:
            decision = decide_in_console(http, number, answer, form.cleaned_data)
            return _after(http, approval_request, decision, behind)
        except (RequestClosed, NotAllowed) as error:
            approval_request.refresh_from_db()
            closed = error.message
        except AnswerRefused as error:
            form.add_error("amount" if answer == "approve" else None, error.message)
    context = {
        **stakes(approval_request),
        "form": form,
        "closed": closed,
    }
    status = 409 if closed else 422 if form.is_bound else 200
    template = f"approvals/{answer}_dialog.html"
    return show_dialog(http, template, context, behind=behind, status=status)


def _after(
    http: HttpRequest, approval_request: ApprovalRequest, decision: Decision, behind: PageBehind
) -> HttpResponse:
    """With htmx over the queue, the row's result; otherwise back to the page behind."""
    message = decision_message(approval_request, decision)
    if wants_fragment(http) and not from_request_page(http):
        context = {"rows": queue_rows(http, [approval_request]), "message": message}
        return render(http, "approvals/queue_results.html", context)
    messages.success(http, message)
    return go_to(http, behind.url)
