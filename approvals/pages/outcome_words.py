"""How a request ended, in words for pages."""

from datetime import timedelta

from approvals.models import ApprovalRequest, Decision, Grant
from core.dates import duration

State = ApprovalRequest.State


def outcome_words(request: ApprovalRequest) -> str:
    """The state with what was given: "Approved for 2 hours", "Approved, One Time", "Denied"."""
    grant = grant_of(request)
    if request.state != State.APPROVED or grant is None:
        return request.get_state_display()
    return f"Approved{given_words(granted_minutes(grant))}"


def given_words(minutes: int | None) -> str:
    """What an approval gave, to follow the word: ", One Time" or " for 2 hours"."""
    return ", One Time" if minutes is None else f" for {duration(minutes)}"


def decision_words(decision: Decision) -> str:
    """What somebody answered: "Approved for 2 hours by Dana Whitfield, by email"."""
    given = given_words(decision.minutes) if decision.answer == Decision.Answer.APPROVE else ""
    channel = decision.get_channel_display()
    return f"{decision.get_answer_display()}{given} by {decision.name}, {channel}"


def grant_of(request: ApprovalRequest) -> Grant | None:
    """The request's grant, if it has one."""
    return getattr(request, "grant", None)


def granted_minutes(grant: Grant) -> int | None:
    """How long a grant was given for; None for One Time."""
    if grant.expires_at is None:
        return None
    return round((grant.expires_at - grant.granted_at) / timedelta(minutes=1))
