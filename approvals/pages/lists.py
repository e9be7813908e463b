"""Manage Approvals, Decided and the grants: each list is declared once, with its columns."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from approvals.models import ApprovalRequest, Decision, Grant
from approvals.models.grants import GrantQuerySet
from approvals.pages.outcome_words import outcome_state, outcome_words
from approvals.pages.request_facts import covered
from approvals.pages.request_queue import MANAGE_APPROVALS
from approvals.pages.request_search import matching
from core.roles import Permission, allowed, requires
from core.tables import Column
from items.family import ListFilter
from items.listings import Choice, Listing
from items.trail import crumbs

LIST_TEMPLATE = "approvals/approval_list.html"
_WHOSE_GRANT = ("Program", "Request", "Approved By", "User", "Computer", "Covers")


SEARCHED = "Number, user, file, hash"
HOW_TO_SEARCH = (
    "Enter a whole request number or hash, or the beginning of a user, computer or file name."
)
SEE_PENDING = ("See pending requests", "approvals:request_list")
_of_request = partial(matching, prefix="request__")
_KINDS = Choice(
    "kind",
    "Kind",
    lambda: [("1", "One Time"), ("0", "For a while")],
    lambda rows, one_time: rows.filter(one_time=one_time == "1"),
)


def _final(request: ApprovalRequest, say: Callable[[Decision], str]) -> str:
    final = request.final_decision
    return say(final) if final else ""


def _by(final: Decision) -> str:
    own = f"{final.name}, {final.get_channel_display()}"
    return own if final.decided_alone else final.deciders


def _times(count: int) -> str:
    return f"{count} time{'' if count == 1 else 's'}"


DECIDED = Listing(
    noun="decided request",
    plural="decided requests",
    columns=(
        Column(
            "Program",
            lambda request: request.file_name,
            link=ApprovalRequest.get_absolute_url,
            width="wide",
        ),
        Column("Request", str, place="beside"),
        Column("Policy", lambda request: request.policy_name, place="below"),
        Column("User", lambda request: request.short_account),
        Column("Computer", lambda request: request.computer_name, place="below"),
        Column("Outcome", outcome_words, tone=outcome_state),
        Column(
            "Decided By",
            lambda request: _final(request, _by),
            place="below",
        ),
        Column("Comment", lambda request: _final(request, lambda d: d.comment)),
        Column("Closed", lambda request: request.closed_at, sort="closed_at", width="fit"),
    ),
    sort="-closed_at",
    choices=(
        ListFilter(
            "outcome",
            "Outcome",
            "state",
            lambda: [
                (str(state.value), str(state.label))
                for state in ApprovalRequest.State
                if state != ApprovalRequest.State.PENDING
            ],
        ),
    ),
    dates="closed_at",
    search=matching,
    searched=SEARCHED,
    search_help=HOW_TO_SEARCH,
    blank_icon="pending",
    blank_title="Nothing has been decided yet.",
    blank_text="Requests appear here once they are approved, denied or cancelled, or expire.",
    blank_link=SEE_PENDING,
)

ACTIVE_GRANTS = Listing(
    noun="active grant",
    plural="active grants",
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
            lambda grant: _final(grant.request, lambda final: final.deciders),
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
    choices=(_KINDS,),
    search=_of_request,
    searched=SEARCHED,
    search_help=HOW_TO_SEARCH,
    blank_icon="lock",
    blank_title="No grants are active.",
    blank_text="An approval gives a grant, for one run or for a limited time. A grant leaves this "
    "list when it is used up, ends, or is revoked.",
    blank_link=SEE_PENDING,
)

REVOKED_GRANTS = Listing(
    noun="revoked grant",
    plural="revoked grants",
    columns=(
        *(column for column in ACTIVE_GRANTS.columns if column.label in _WHOSE_GRANT),
        Column("Reason", lambda grant: grant.revoke_reason, width="wide"),
        Column("Revoked By", lambda grant: grant.revoked_by, place="below"),
        Column("Revoked", lambda grant: grant.revoked_at, sort="revoked_at", width="fit"),
        Column("Used", lambda grant: _times(grant.use_count), width="fit"),
    ),
    sort="-revoked_at",
    choices=(_KINDS,),
    search=_of_request,
    searched=SEARCHED,
    search_help=HOW_TO_SEARCH,
    blank_icon="cancelled",
    blank_title="No grants have been revoked.",
    blank_text="Revoke a grant on Active Grants or on the page of its request. It is then listed "
    "here with the reason.",
    blank_link=SEE_PENDING,
)


def decided() -> QuerySet[ApprovalRequest]:
    rows = ApprovalRequest.objects.decided().select_related("grant")
    return rows.with_decisions().without_texts()


def active_grants() -> QuerySet[Grant]:
    return _with_requests(Grant.objects.valid())


def revoked_grants() -> QuerySet[Grant]:
    return _with_requests(Grant.objects.filter(revoked_at__isnull=False))


def _with_requests(grants: GrantQuerySet) -> QuerySet[Grant]:
    return grants.with_use_count().select_related("request").prefetch_related("request__decisions")


@requires(Permission.APPROVALS_VIEW)
@require_safe
def decided_list(request: HttpRequest) -> HttpResponseBase:
    """Closed requests, the newest first. `?q=` searches, `?sort=` sorts, `?format=csv` downloads."""
    return DECIDED.answer(request, decided(), LIST_TEMPLATE, **_frame(request, "decided"))


@requires(Permission.APPROVALS_VIEW)
@require_safe
def grant_list(request: HttpRequest) -> HttpResponseBase:
    """Grants that can still be used, the newest first; parameters as for `decided_list`."""
    return ACTIVE_GRANTS.answer(
        request, active_grants(), LIST_TEMPLATE, **_frame(request, "grants")
    )


@requires(Permission.APPROVALS_VIEW)
@require_safe
def revoked_list(request: HttpRequest) -> HttpResponseBase:
    """Grants that were taken back, the newest first; parameters as for `decided_list`."""
    return REVOKED_GRANTS.answer(
        request, revoked_grants(), LIST_TEMPLATE, **_frame(request, "revoked")
    )


def grants_context(http: HttpRequest) -> dict[str, Any]:
    """Of the page of active grants, behind its dialog."""
    return {**ACTIVE_GRANTS.context(http, active_grants()), **_frame(http, "grants")}


def _frame(http: HttpRequest, tab: str) -> dict[str, Any]:
    return {
        "crumbs": crumbs(MANAGE_APPROVALS)[:-1],  # the last one is the heading
        "tab": tab,
        "may_act": allowed(http, Permission.APPROVALS_DECIDE),
    }
