"""Ready-made answers in the approver's own mail program, for pages."""

from dataclasses import dataclass

from approvals.letters.compose import approving, mailto
from approvals.models import Invitation
from approvals.tokens import reply_address, reply_token
from approvals.words import DENY
from core.dates import duration


@dataclass(frozen=True)
class AnswerLink:
    """One mailto link: its address and the words of its button."""

    href: str
    words: str
    approves: bool


def answer_links(invitation: Invitation) -> list[AnswerLink]:
    """Approve and Deny by email, as mailto URIs (RFC 6068) to the invitation's own reply address."""
    address = reply_address(reply_token(invitation.pk, invitation.key_number))
    subject = f"Re: [{invitation.request}] {invitation.request.file_name}"
    asked = invitation.request.asked_minutes
    words = f"Approve for {duration(asked)} by email" if asked else "Approve by email"
    return [
        AnswerLink(mailto(address, subject, approving(asked)), words, approves=True),
        AnswerLink(mailto(address, subject, DENY), "Deny by email", approves=False),
    ]
