"""Ready-made answers in the approver's own mail program, for pages."""

from dataclasses import dataclass

from approvals.letters.compose import mailto
from approvals.models import Invitation
from approvals.tokens import reply_address, reply_token
from approvals.words import APPROVE, DENY


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
    return [
        AnswerLink(mailto(address, subject, APPROVE), "Approve by email", approves=True),
        AnswerLink(mailto(address, subject, DENY), "Deny by email", approves=False),
    ]
