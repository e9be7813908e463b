"""What the page of one request shows."""

from typing import Any

from django.http import Http404, HttpRequest

from approvals.facts import signs_of_request
from approvals.models import ApprovalRequest, Grant, Invitation
from approvals.pages.described import covered, facts_of
from approvals.pages.earlier import decided_before
from approvals.pages.outcome import given_words, grant_of, outcome_words
from approvals.pages.timeline import fetch, story
from core.dates import length_words
from core.people.selectors import person_with_address
from core.roles import allowed


def record_context(http: HttpRequest, number: int) -> dict[str, Any]:
    """Context of the request's page; fetches what it tells. Raises Http404."""
    asked = fetch(number)
    if asked is None:
        raise Http404
    before, grant = decided_before(asked), grant_of(asked)
    return {
        "asked": asked,
        "outcome": outcome_words(asked),
        "facts": facts_of(asked),
        "signs": signs_of_request(asked),
        "story": story(asked),
        "grant": grant,
        "covered": covered(grant) if grant else "",
        "grant_state": _grant_state(asked),
        "people": [_person(asked, invitation) for invitation in _in_order(asked)],
        "before": [(earlier, outcome_words(earlier), earlier.final_decision) for earlier in before],
        "may_decide": allowed(http, "approvals.decide"),
        "may_read_raw": allowed(http, "mail.raw"),
    }


def _in_order(asked: ApprovalRequest) -> list[Invitation]:
    return sorted(asked.invitations.all(), key=lambda invitation: invitation.address)


def _grant_state(asked: ApprovalRequest) -> tuple[str, str]:
    """State and word: active, used up, ended or revoked."""
    grant = grant_of(asked)
    if grant is None:
        return "", ""
    if grant.revoked_at:
        return "revoked", "Revoked"
    if grant.one_time and grant.used_at:
        return "used", "Used up"
    if Grant.objects.valid().filter(pk=grant.pk).exists():
        return "active", "Active"
    return "ended", "Ended"


def _person(asked: ApprovalRequest, invitation: Invitation) -> dict[str, str]:
    """One invited approver: name, state and what he did."""
    person = person_with_address(invitation.address)
    name = person.display_name if person else invitation.address
    answers = list(invitation.decisions.all())
    if answers:
        last = answers[-1]
        given = given_words(last.minutes) if last.answer == "approve" else ""
        after = length_words(last.at - asked.created_at)
        return {
            "name": name,
            "state": "approved" if last.answer == "approve" else "denied",
            "word": f"{last.get_answer_display()}{given}",
            "more": f"answered after {after}",
        }
    if invitation.state == Invitation.State.OPEN:
        return {"name": name, "state": "pending", "word": "Asked", "more": invitation.address}
    return {"name": name, "state": "closed", "word": "Closed", "more": "not needed any more"}
