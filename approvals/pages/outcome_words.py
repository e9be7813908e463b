"""Outcomes, decisions and grants in words, for pages and reports."""

from datetime import datetime

from approvals.models import ApprovalRequest, Decision, Grant
from core.dates import duration


def outcome_words(request: ApprovalRequest, *, known_at: datetime | None = None) -> str:
    """The state with what was given: "Approved for 2 hours, revoked", "Approved, One Time", "Denied".

    `known_at`: as it stood then, without a later revocation. Default: as it stands now.
    """
    grant = grant_of(request)
    if request.state != ApprovalRequest.State.APPROVED or grant is None:
        return request.get_state_display()
    is_revoked = grant.was_revoked_by(known_at) if known_at else grant.revoked_at
    return f"Approved{given_words(grant.minutes)}{', revoked' if is_revoked else ''}"


def outcome_state(request: ApprovalRequest) -> str:
    """The state that gives the words their colour: an approval that was revoked isn't a good one."""
    if request.state != ApprovalRequest.State.APPROVED:
        return request.state
    grant = grant_of(request)
    return "revoked" if grant is not None and grant.revoked_at else request.state


def given_words(minutes: int | None) -> str:
    """What an approval gave, to follow the word: ", One Time" or " for 2 hours"."""
    return ", One Time" if minutes is None else f" for {duration(minutes)}"


def is_narrower(decision: Decision) -> bool:
    """Whether somebody else's approval made the grant shorter than this one."""
    grant = grant_of(decision.request)
    return grant is not None and grant.minutes != decision.minutes


def decision_words(decision: Decision) -> str:
    """A decision: "Approved for 2 hours by Dana Whitfield on behalf of lee@example.com, by email"."""
    given = given_words(decision.minutes) if decision.answer == Decision.Answer.APPROVE else ""
    channel = decision.get_channel_display()
    instead = decision.invitation.on_behalf_of if decision.invitation else ""
    name = f"{decision.name} on behalf of {instead}" if instead else decision.name
    return f"{decision.get_answer_display()}{given} by {name}, {channel}"


def grant_of(request: ApprovalRequest) -> Grant | None:
    """The request's grant, if it has one."""
    return getattr(request, "grant", None)
