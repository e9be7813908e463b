"""Approve or deny several requests at once: each by itself, with a result for each."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from approvals.errors import ApprovalError
from approvals.models import ApprovalRequest
from approvals.pages.deciding import decide_in_console, done_words
from approvals.pages.dialogs import show_dialog
from approvals.pages.forms import ApproveForm, DenyForm
from approvals.pages.queue import numbers_in, rows_of
from core.dialogs import wants_fragment
from core.pages import ROWS
from core.roles import requires


@dataclass(frozen=True)
class Result:
    """What became of one request of several."""

    asked: ApprovalRequest
    said: str
    worked: bool


@requires("approvals.decide")
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_decide(request: HttpRequest) -> HttpResponse:
    """GET asks about the ticked requests (`request`, `verb`), POST decides one after the other."""
    numbers = numbers_in(request, "request")[:ROWS]
    chosen = list(ApprovalRequest.objects.filter(pk__in=numbers).order_by("created_at", "number"))
    given = request.POST if request.method == "POST" else request.GET
    verb = "deny" if given.get("verb") == "deny" else "approve"
    form = _form(request, chosen, verb)
    if request.method != "POST" or not chosen or not form.is_valid():
        return _ask(request, chosen, form, verb)
    results = [_decide_one(request, asked, verb, form) for asked in chosen]
    if wants_fragment(request):
        return _rows(request, results)
    context = {"results": results, "worked": sum(result.worked for result in results)}
    return render(request, "approvals/bulk_results.html", context)


def _form(http: HttpRequest, chosen: list[ApprovalRequest], verb: str) -> DenyForm:
    data = http.POST if http.method == "POST" else None
    if verb == "deny":
        return DenyForm(data)
    longest = min((asked.terms.longest_grant for asked in chosen), default=24 * 60)
    return ApproveForm(data, longest=longest)


def _ask(
    http: HttpRequest, chosen: list[ApprovalRequest], form: DenyForm, verb: str
) -> HttpResponse:
    context = {
        "chosen": chosen,
        "form": form,
        "verb": verb,
        "back_url": reverse("approvals:request_list"),
    }
    status = 422 if form.is_bound else 200
    return show_dialog(http, "approvals/bulk_dialog.html", context, status=status)


def _decide_one(http: HttpRequest, asked: ApprovalRequest, verb: str, form: DenyForm) -> Result:
    """One decision in its own transaction: a refusal of one leaves the others standing."""
    try:
        decision = decide_in_console(http, asked.number, verb, form.cleaned_data)
    except ApprovalError as refused:
        return Result(asked, refused.message, worked=False)
    return Result(asked, done_words(asked, decision), worked=True)


def _rows(http: HttpRequest, results: list[Result]) -> HttpResponse:
    for result in results:
        result.asked.refresh_from_db()
    context = {
        "rows": rows_of(http, [result.asked for result in results]),
        "said": " ".join(result.said for result in results),
        "refused": [result for result in results if not result.worked],
    }
    return render(http, "approvals/decided_rows.html", context)
