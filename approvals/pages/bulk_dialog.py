"""Approve or deny several requests at once: each by itself, with a result for each."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from approvals.errors import ApprovalError
from approvals.facts import signs_of_request
from approvals.letters.signs import Sign
from approvals.models import ApprovalRequest
from approvals.pages.decision_dialog import decide_in_console, decision_message
from approvals.pages.dialogs import behind_queue_dialog, show_dialog
from approvals.pages.forms import DenyForm, decision_form
from approvals.pages.request_facts import FactLine, bound_lines, coverage
from approvals.pages.request_queue import MANAGE_APPROVALS, numbers_in, queue_rows
from approvals.terms import MINUTES_A_DAY
from core.dialogs import wants_fragment
from core.pages import ROWS
from core.roles import Permission, requires
from items.trail import crumbs


@dataclass(frozen=True)
class ChosenRequest:
    """One request that is to be decided with others, with all that has to be seen before."""

    request: ApprovalRequest

    @property
    def bound(self) -> list[FactLine]:
        return bound_lines(self.request)

    @property
    def covers(self) -> dict[str, str]:
        return coverage(self.request)

    @property
    def signs(self) -> tuple[Sign, ...]:
        return signs_of_request(self.request)


@dataclass(frozen=True)
class BulkResult:
    """What became of one request of several."""

    approval_request: ApprovalRequest
    message: str
    succeeded: bool


@requires(Permission.APPROVALS_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_decide(request: HttpRequest) -> HttpResponse:
    """GET asks about the ticked requests (`request`, `verb`), POST decides one after the other."""
    given = request.POST if request.method == "POST" else request.GET
    verb = "deny" if given.get("verb") == "deny" else "approve"
    numbers = numbers_in(request, "request")[:ROWS]
    chosen = list(ApprovalRequest.objects.filter(pk__in=numbers).order_by("created_at", "number"))
    longest = min((each.terms.longest_grant for each in chosen), default=MINUTES_A_DAY)
    form = decision_form(verb, request.POST if request.method == "POST" else None, longest=longest)
    if request.method != "POST" or not chosen or not form.is_valid():
        return show_dialog(
            request,
            "approvals/bulk_dialog.html",
            {"chosen": [ChosenRequest(each) for each in chosen], "form": form, "verb": verb},
            behind=behind_queue_dialog(),
            status=422 if form.is_bound else 200,
        )
    results = [_decide_one(request, each, verb, form) for each in chosen]
    if wants_fragment(request):
        return _rows(request, results)
    succeeded = sum(result.succeeded for result in results)
    context = {
        "crumbs": crumbs(MANAGE_APPROVALS),
        "results": results,
        "succeeded": succeeded,
    }
    return render(request, "approvals/bulk_results.html", context)


def _decide_one(
    http: HttpRequest, approval_request: ApprovalRequest, verb: str, form: DenyForm
) -> BulkResult:
    """One decision in its own transaction: a refusal of one leaves the others standing."""
    try:
        decision = decide_in_console(http, approval_request.number, verb, form.cleaned_data)
    except ApprovalError as error:
        return BulkResult(approval_request, error.message, succeeded=False)
    message = decision_message(approval_request, decision)
    return BulkResult(approval_request, message, succeeded=True)


def _rows(http: HttpRequest, results: list[BulkResult]) -> HttpResponse:
    for result in results:
        result.approval_request.refresh_from_db()
    context = {
        "rows": queue_rows(http, [result.approval_request for result in results]),
        "message": " ".join(result.message for result in results),
        "refused": [result for result in results if not result.succeeded],
    }
    return render(http, "approvals/queue_results.html", context)
