"""Approve and Deny of one request in the console: a dialog, then the verb."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from approvals.errors import AnswerRefused, NotAllowed, RequestClosed
from approvals.facts import signs_of_request
from approvals.models import ApprovalRequest, Decision
from approvals.pages.described import coverage, what_it_does
from approvals.pages.dialogs import RECORD, show_dialog
from approvals.pages.forms import ApproveForm, DenyForm
from approvals.pages.outcome import given_words
from approvals.pages.queue import rows_of
from approvals.services import Decider, decide
from approvals.services.deciding import closed_sentence
from core.dialogs import go_to, wants_fragment
from core.people.models import User
from core.roles import requires

TEMPLATES = {"approve": "approvals/approve_dialog.html", "deny": "approvals/deny_dialog.html"}


@requires("approvals.decide")
@require_http_methods(["GET", "HEAD", "POST"])
def request_approve(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm Approval: GET asks, POST decides."""
    return _answer(request, number, "approve")


@requires("approvals.decide")
@require_http_methods(["GET", "HEAD", "POST"])
def request_deny(request: HttpRequest, number: int) -> HttpResponse:
    """Deny with a comment: GET asks, POST decides."""
    return _answer(request, number, "deny")


def decide_in_console(
    http: HttpRequest, number: int, answer: str, cleaned: dict[str, Any]
) -> Decision:
    """The verb, for the signed-in user. Raises what `decide` raises."""
    assert isinstance(http.user, User)
    return decide(
        number=number,
        decider=Decider(channel=Decision.Channel.CONSOLE, user=http.user),
        answer=answer,
        minutes=cleaned.get("minutes"),
        comment=cleaned["comment"],
    )


def done_words(asked: ApprovalRequest, decision: Decision) -> str:
    """What a decision has led to, in a sentence."""
    asked.refresh_from_db()
    if asked.is_pending:
        given = asked.decisions.values("person_key").distinct().count()
        more = max(asked.terms.approvals_needed - given, 1)
        return f"Your approval of {asked} is recorded. {more} more needed."
    if decision.answer == Decision.Answer.DENY:
        return f"{asked} denied."
    return f"{asked} approved{given_words(decision.minutes)}."


def _answer(http: HttpRequest, number: int, answer: str) -> HttpResponse:
    asked = get_object_or_404(ApprovalRequest, pk=number)
    form = _form(http, asked, answer)
    if http.method != "POST":
        closed = "" if ApprovalRequest.objects.open().filter(pk=number) else closed_sentence(asked)
        return _ask(http, asked, form, answer, closed=closed, status=409 if closed else 200)
    if not form.is_valid():
        return _ask(http, asked, form, answer, status=422)
    try:
        decision = decide_in_console(http, number, answer, form.cleaned_data)
    except (RequestClosed, NotAllowed) as refused:
        asked.refresh_from_db()
        return _ask(http, asked, form, answer, closed=refused.message, status=409)
    except AnswerRefused as refused:
        form.add_error("amount" if answer == "approve" else None, refused.message)
        return _ask(http, asked, form, answer, status=422)
    return _done(http, asked, decision)


def _form(http: HttpRequest, asked: ApprovalRequest, answer: str) -> DenyForm:
    data = http.POST if http.method == "POST" else None
    if answer == "approve":
        return ApproveForm(data, longest=asked.terms.longest_grant)
    return DenyForm(data)


def _from_record(http: HttpRequest) -> bool:
    return (http.POST if http.method == "POST" else http.GET).get("back") == RECORD


def _ask(
    http: HttpRequest,
    asked: ApprovalRequest,
    form: DenyForm,
    answer: str,
    *,
    closed: str = "",
    status: int = 200,
) -> HttpResponse:
    record = _from_record(http)
    context = {
        "asked": asked,
        "form": form,
        "closed": closed,
        "does": what_it_does(asked),
        "signs": signs_of_request(asked),
        **coverage(asked),
        "back": RECORD if record else "",
        "back_url": _record_url(asked) if record else reverse("approvals:request_list"),
    }
    behind = asked if record else None
    return show_dialog(http, TEMPLATES[answer], context, asked=behind, status=status)


def _done(http: HttpRequest, asked: ApprovalRequest, decision: Decision) -> HttpResponse:
    said = done_words(asked, decision)
    if wants_fragment(http) and not _from_record(http):
        rows = rows_of(http, [asked])
        return render(http, "approvals/decided_rows.html", {"rows": rows, "said": said})
    messages.success(http, said)
    url = _record_url(asked) if _from_record(http) else reverse("approvals:request_list")
    return go_to(http, url)


def _record_url(asked: ApprovalRequest) -> str:
    return reverse("approvals:request_detail", args=[asked.number])
