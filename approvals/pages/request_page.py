"""The page of one request: its facts, timeline, grant and approvers."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from approvals.facts import name_at, signs_of_request
from approvals.letters.kinds import ASKING
from approvals.models import ApprovalRequest, Decision, Grant, Invitation, OutgoingMail
from approvals.pages.file_history import decided_before, decided_later
from approvals.pages.outcome_words import (
    given_words,
    grant_of,
    outcome_state,
    outcome_words,
)
from approvals.pages.request_facts import FactLine, covered, fact_lines
from approvals.pages.request_queue import MANAGE_APPROVALS, numbers_in
from approvals.pages.timeline import joined, request_with_history, timeline
from core.actors import Actor
from core.dates import length_words
from core.people.models import User
from core.people.selectors import people_by_address
from core.roles import Permission, allowed, requires
from items.trail import crumbs

# Links that apps above add to a request's page: words and address; "" where this visitor can't go.
ELSEWHERE: list[tuple[str, Callable[[HttpRequest, ApprovalRequest], str]]] = []
# Where a fact's label leads, as apps above say; "" where this visitor can't go.
FACT_LINKS: dict[str, Callable[[HttpRequest, ApprovalRequest], str]] = {}


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
    grant, events = grant_of(approval_request), timeline(approval_request)
    invitations = sorted(approval_request.invitations.all(), key=lambda one: one.address)
    return {
        "crumbs": crumbs(MANAGE_APPROVALS),
        "approval_request": approval_request,
        "outcome": outcome_words(approval_request),
        "outcome_state": outcome_state(approval_request),
        "facts": _linked_facts(http, approval_request),
        "signs": signs_of_request(approval_request),
        "events": joined(events),
        "seen": len(events),
        "grant": grant,
        "covered": covered(grant) if grant else "",
        "grant_state": _grant_state(grant) if grant else ("", ""),
        "people": _approvers(approval_request, invitations),
        "before": decided_before(approval_request),
        "later": decided_later(approval_request),
        "elsewhere": [(label, url_of(http, approval_request)) for label, url_of in ELSEWHERE],
        "may_decide": allowed(http, Permission.APPROVALS_DECIDE),
        "may_read_raw": allowed(http, Permission.MAIL_RAW),
    }


def _linked_facts(http: HttpRequest, approval_request: ApprovalRequest) -> list[FactLine]:
    """Its facts, those about a thing with a page of its own linked to that."""
    links = {"Approval Type": _type_url, **FACT_LINKS}
    return [
        replace(fact, url=links[fact.label](http, approval_request))
        if fact.label in links
        else fact
        for fact in fact_lines(approval_request)
    ]


def _type_url(http: HttpRequest, approval_request: ApprovalRequest) -> str:
    key = approval_request.type_id
    return reverse("approval_types:detail", args=[key]) if key else ""


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


def _asked(approval_request: ApprovalRequest, invitation: Invitation) -> dict[str, Any]:
    """Whether an approver who hasn't answered has been asked: what became of the newest email."""
    own = [mail for mail in approval_request.mails.all() if mail.invitation_id == invitation.pk]
    asking = [mail for mail in own if mail.purpose in ASKING]
    away = [each for each in approval_request.incoming.all() if each.says_away]
    if any(each.invitation_id == invitation.pk for each in away):
        return {"state": "off", "word": "Away", "more": "by automatic reply"}
    if any(mail.state == OutgoingMail.State.SENT and not mail.bounced_at for mail in asking):
        return {"state": "pending", "word": "Asked", "more": invitation.address}
    mail = asking[-1] if asking else None
    tried = [attempt.outcome for each in asking for attempt in each.attempts.all()]
    if OutgoingMail.State.UNKNOWN in tried:
        next_try = mail.next_try if mail is not None else None
        more = f"the email to {invitation.address} may have arrived"
        return {"state": "unknown", "word": "Perhaps asked", "more": more, "next_try": next_try}
    if mail is None:
        return {"state": "off", "word": "Not asked by email", "more": invitation.address}
    if mail.bounced_at:
        more = f"the email to {invitation.address} came back"
        return {"state": "failed", "word": "Not reached", "more": more}
    if mail.is_unfinished:
        word = "Being asked" if mail.state == OutgoingMail.State.QUEUED else "Not asked yet"
        state, next_try = str(mail.state), mail.next_try if mail.tries or mail.last_answer else None
        return {"state": state, "word": word, "more": invitation.address, "next_try": next_try}
    end = "was cancelled" if mail.state == OutgoingMail.State.CANCELLED else "failed"
    more = f"the email to {invitation.address} {end}"
    return {"state": "failed", "word": "Not asked", "more": more}


def _approvers(
    approval_request: ApprovalRequest, invitations: Collection[Invitation]
) -> list[dict[str, Any]]:
    """The invited approvers, each with name, state and the last answer."""
    people = people_by_address([invitation.address for invitation in invitations])
    return [_approver(approval_request, each, people[each.address]) for each in invitations]


def _approver(
    approval_request: ApprovalRequest, invitation: Invitation, people: list[User]
) -> dict[str, Any]:
    name = Actor.of_user(people[0]).name if people else invitation.address
    if invitation.on_behalf_of:
        name = f"{name}, for {name_at(invitation.on_behalf_of)}"
    if invitation.asked_as:
        name = f"{name}, {invitation.asked_as_words}"
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
        return {"name": name, **_asked(approval_request, invitation)}
    return {"name": name, "state": "closed", "word": "Closed", "more": "no longer needed"}
