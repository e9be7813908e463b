"""Ready-made answers in the approver's own mail program, for pages."""

from dataclasses import dataclass
from urllib.parse import quote

from approvals.models import Invitation
from approvals.tokens import reply_address, reply_token


@dataclass(frozen=True)
class AnswerLink:
    """One mailto link: its address and the words of its button."""

    href: str
    words: str
    approves: bool


def answer_links(invitation: Invitation) -> list[AnswerLink]:
    """Approve and Deny by e-mail, addressed to the invitation's own reply address."""
    address = reply_address(reply_token(invitation.pk, invitation.key_number))
    subject = f"Re: [{invitation.request}] {invitation.request.file_name}"
    return [
        AnswerLink(_mailto(address, subject, "APPROVE"), "Approve by e-mail", approves=True),
        AnswerLink(_mailto(address, subject, "DENY"), "Deny by e-mail", approves=False),
    ]


def _mailto(address: str, subject: str, word: str) -> str:
    """A mailto URI (RFC 6068); control characters of a file name have no place in a subject."""
    clean = "".join(letter for letter in subject if letter.isprintable())
    return f"mailto:{quote(address, safe='@+')}?subject={quote(clean)}&body={quote(word)}"
