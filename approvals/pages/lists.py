"""Manage Approvals, Decided and the grants: each list is declared once, with its columns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from approvals.models import ApprovalRequest, Decision, Grant
from approvals.pages.outcome_words import outcome_state, outcome_words
from approvals.pages.request_facts import covered
from approvals.pages.request_queue import MANAGE_APPROVALS
from approvals.pages.request_search import matching, search_text
from core.pages import address, batches, page_of, sort_order
from core.roles import Permission, allowed, requires
from core.tables import Column, Table, csv_response
from items.trail import crumbs

LIST_TEMPLATE = "approvals/approval_list.html"
_WHOSE_GRANT = ("Program", "Request", "Approved By", "User", "Computer", "Covers")


@dataclass(frozen=True, kw_only=True)
class ApprovalList:
    """A tab of Manage Approvals with rows to read. `sort` fields need an index, or few rows."""

    tab: str
    title: str
    caption: str
    rows: Callable[[], QuerySet[Any]]
    request_path: str = ""  # from a row to its request: "request__"
    columns: tuple[Column, ...]
    sort: str  # as in ?sort=, where nothing else is chosen
    row_actions: str = ""  # template of a last cell with buttons; its context is `row`
    noun: str  # in "No NOUN matches"
    blank_icon: str
    blank_title: str
    blank_text: str

    def context(self, http: HttpRequest) -> dict[str, Any]:
        """Of the list's page: the chosen page of rows, searched and sorted."""
        table, query, sort = Table(self.columns), search_text(http), self._sort(http)
        page = page_of(self._matching(query), http, **sort_order(sort))
        return {
            "crumbs": crumbs(MANAGE_APPROVALS)[:-1],  # the last one is the heading
            "list": self,
            "tab": self.tab,
            "query": query,
            "sort": http.GET.get("sort", ""),
            "page": page,
            "headings": table.headings(http, sort),
            "rows": [(row, table.cells(row)) for row in page.rows],
            "csv_url": address(http, format="csv"),
            "may_decide": allowed(http, Permission.APPROVALS_DECIDE),
        }

    def csv(self, http: HttpRequest) -> HttpResponseBase:
        """All its rows, as searched and sorted."""
        rows = batches(self._matching(search_text(http)), **sort_order(self._sort(http)))
        return csv_response(http, self.title, self.columns, rows)

    def _sort(self, http: HttpRequest) -> str:
        return Table(self.columns).sort(http.GET.get("sort", ""), otherwise=self.sort)

    def _matching(self, query: str) -> QuerySet[Any]:
        return self.rows().filter(matching(query, prefix=self.request_path))


def _final(request: ApprovalRequest, say: Callable[[Decision], str]) -> str:
    final = request.final_decision
    return say(final) if final else ""


def _times(count: int) -> str:
    return f"{count} time{'' if count == 1 else 's'}"


DECIDED = ApprovalList(
    tab="decided",
    title="Decided requests",
    caption="Decided, expired and cancelled requests",
    rows=lambda: (
        ApprovalRequest.objects.decided().select_related("grant").with_decisions().without_texts()
    ),
    columns=(
        Column(
            "Program",
            lambda request: request.file_name,
            link=lambda request: reverse("approvals:request_detail", args=[request.number]),
            width="wide",
        ),
        Column("Request", str, place="beside"),
        Column("Policy", lambda request: request.policy_name, place="below"),
        Column("User", lambda request: request.short_account),
        Column("Computer", lambda request: request.computer_name, place="below"),
        Column("Outcome", outcome_words, tone=outcome_state),
        Column(
            "Decided By",
            lambda request: _final(request, lambda d: f"{d.name}, {d.get_channel_display()}"),
            place="below",
        ),
        Column("Comment", lambda request: _final(request, lambda d: d.comment)),
        Column("Closed", lambda request: request.closed_at, sort="closed_at", width="fit"),
    ),
    sort="-closed_at",
    noun="decided request",
    blank_icon="pending",
    blank_title="Nothing has been decided yet.",
    blank_text="Requests appear here once they are approved, denied or cancelled, or expire.",
)

ACTIVE_GRANTS = ApprovalList(
    tab="grants",
    title="Active grants",
    caption="Grants that can still be used",
    rows=lambda: (
        Grant.objects.valid()
        .with_use_count()
        .select_related("request")
        .prefetch_related("request__decisions")
    ),
    request_path="request__",
    columns=(
        Column(
            "Program",
            lambda grant: grant.request.file_name,
            link=lambda grant: reverse("approvals:request_detail", args=[grant.request_id]),
            sort="request__file_name",
        ),
        Column("Request", lambda grant: str(grant.request), place="beside"),
        Column(
            "Approved By",
            lambda grant: ", ".join(given.name for given in grant.request.decisions.all()),
            place="below",
        ),
        Column("User", lambda grant: grant.request.short_account, sort="request__account"),
        Column(
            "Computer",
            lambda grant: grant.request.computer_name,
            sort="request__computer_name",
            place="below",
        ),
        Column("Covers", covered, width="wide"),
        Column("Until", lambda grant: grant.expires_at, width="fit"),
        Column(
            "",
            lambda grant: "the next run uses it up" if grant.one_time else "",
            place="below",
        ),
        Column("Granted", lambda grant: grant.granted_at, sort="granted_at", width="fit"),
        Column("Used", lambda grant: _times(grant.use_count), width="fit"),
    ),
    sort="-granted_at",
    row_actions="approvals/revoke_button.html",
    noun="active grant",
    blank_icon="lock",
    blank_title="No grants are active.",
    blank_text="An approval gives a grant, for one run or for a limited time. A grant leaves this "
    "list when it is used up, ends, or is revoked.",
)

REVOKED_GRANTS = ApprovalList(
    tab="revoked",
    title="Revoked grants",
    caption="Grants that were revoked, and why",
    rows=lambda: (
        Grant.objects.filter(revoked_at__isnull=False)
        .with_use_count()
        .select_related("request")
        .prefetch_related("request__decisions")
    ),
    request_path="request__",
    columns=(
        *(column for column in ACTIVE_GRANTS.columns if column.label in _WHOSE_GRANT),
        Column("Reason", lambda grant: grant.revoke_reason, width="wide"),
        Column("Revoked By", lambda grant: grant.revoked_by, place="below"),
        Column("Revoked", lambda grant: grant.revoked_at, sort="revoked_at", width="fit"),
        Column("Used", lambda grant: _times(grant.use_count), width="fit"),
    ),
    sort="-revoked_at",
    noun="revoked grant",
    blank_icon="cancelled",
    blank_title="No grants have been revoked.",
    blank_text="Revoke a grant on Active Grants or on the page of its request. It is then listed "
    "here with the reason.",
)


@requires(Permission.APPROVALS_VIEW)
@require_safe
def decided_list(request: HttpRequest) -> HttpResponseBase:
    """Closed requests, the newest first. `?q=` searches, `?sort=` sorts, `?format=csv` downloads."""
    return _show(request, DECIDED)


@requires(Permission.APPROVALS_VIEW)
@require_safe
def grant_list(request: HttpRequest) -> HttpResponseBase:
    """Grants that can still be used, the newest first; parameters as for `decided_list`."""
    return _show(request, ACTIVE_GRANTS)


@requires(Permission.APPROVALS_VIEW)
@require_safe
def revoked_list(request: HttpRequest) -> HttpResponseBase:
    """Grants that were taken back, the newest first; parameters as for `decided_list`."""
    return _show(request, REVOKED_GRANTS)


def _show(http: HttpRequest, chosen: ApprovalList) -> HttpResponseBase:
    if http.GET.get("format") == "csv":
        return chosen.csv(http)
    return render(http, LIST_TEMPLATE, chosen.context(http))
