"""The page of one request: its facts, timeline, grant and approvers."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from approvals.facts import signs_of_request
from approvals.models import ApprovalRequest, Decision, Grant, Invitation
from approvals.pages.file_history import decided_before, decided_later
from approvals.pages.outcome_words import (
    given_words,
    grant_of,
    outcome_state,
    outcome_words,
)
from approvals.pages.request_facts import covered, fact_lines
from approvals.pages.request_queue import MANAGE_APPROVALS, numbers_in
from approvals.pages.timeline import request_with_history, timeline
from core.actors import Actor
from core.dates import length_words
from core.people.selectors import person_with_address
from core.roles import Permission, allowed, requires
from items.trail import crumbs

# Links that apps above add to a request's page: words and address.
ELSEWHERE: list[Callable[[ApprovalRequest], tuple[str, str]]] = []


@requires(Permission.APPROVALS_VIEW)
@require_safe
def request_detail(request: HttpRequest, number: int) -> HttpResponse:
    """PM-number, with its timeline."""
    return render(request, "approvals/request_detail.html", request_context(request, number))


@requires(Permission.APPROVALS_VIEW)
@require_safe
def request_news(request: HttpRequest, number: int) -> HttpResponse:
    """The poll: how many more events there are than the `?seen=` ones that the page shows."""
    approval_request = _fetch(number)
    (seen, *_) = numbers_in(request, "seen") or [0]
    more = max(0, len(timeline(approval_request)) - seen)
    context = {"approval_request": approval_request, "more": more}
    return render(request, "approvals/request_news.html", context)


def request_context(http: HttpRequest, number: int) -> dict[str, Any]:
    """Context of the request's page. Raises Http404."""
    approval_request = _fetch(number)
    grant = grant_of(approval_request)
    invitations = sorted(approval_request.invitations.all(), key=lambda one: one.address)
    return {
        "crumbs": crumbs(MANAGE_APPROVALS),
        "approval_request": approval_request,
        "outcome": outcome_words(approval_request),
        "outcome_state": outcome_state(approval_request),
        "facts": fact_lines(approval_request),
        "signs": signs_of_request(approval_request),
        "events": timeline(approval_request),
        "grant": grant,
        "covered": covered(grant) if grant else "",
        "grant_state": _grant_state(grant) if grant else ("", ""),
        "people": [_approver(approval_request, invitation) for invitation in invitations],
        "before": decided_before(approval_request),
        "later": decided_later(approval_request),
        "elsewhere": [link(approval_request) for link in ELSEWHERE],
        "may_decide": allowed(http, Permission.APPROVALS_DECIDE),
        "may_read_raw": allowed(http, Permission.MAIL_RAW),
    }


def _fetch(number: int) -> ApprovalRequest:
    approval_request = request_with_history(number)
    if approval_request is None:
        raise Http404
    return approval_request


def _grant_state(grant: Grant) -> tuple[str, str]:
    """State and word: active, used up, ended or revoked."""
    if grant.revoked_at:
        return "revoked", "Revoked"
    if grant.one_time and grant.used_at:
        return "used", "Used up"
    if Grant.objects.valid().filter(pk=grant.pk).exists():
        return "active", "Active"
    return "ended", "Ended"


def _approver(approval_request: ApprovalRequest, invitation: Invitation) -> dict[str, str]:
    """One invited approver: name, state and the last answer."""
    person = person_with_address(invitation.address)
    name = Actor.of_user(person).name if person else invitation.address
    answers = list(invitation.decisions.all())
    if answers:
        last = answers[-1]
        approved = last.answer == Decision.Answer.APPROVE
        given = given_words(last.minutes) if approved else ""
        return {
            "name": name,
            "state": "approved" if approved else "denied",
            "word": f"{last.get_answer_display()}{given}",
            "more": f"answered after {length_words(last.at - approval_request.created_at)}",
        }
    if invitation.state == Invitation.State.OPEN:
        return {"name": name, "state": "pending", "word": "Asked", "more": invitation.address}
    return {"name": name, "state": "closed", "word": "Closed", "more": "no longer needed"}
