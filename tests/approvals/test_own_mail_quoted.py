"""Our own letters, as they really are, quoted in any way: their words are never the approver's."""

import textwrap

import pytest

from approvals.models import OutgoingMail
from approvals.outbox.send import message_of
from approvals.reply import Invited, Keys, MailboxRules, Outcome, Reading, understand
from approvals.services import Decider, decide
from tests.approvals.replies import bring_in, make_reply
from tests.factories import DANA, invitation_of, make_request, make_smtp_server, make_user

pytestmark = pytest.mark.django_db
REASONS = ["Need the CAD viewer.", "APPROVE.", "yes " * 60, "DENY\nAPPROVE", "x" * 240 + " no"]


def letters(reason: str) -> dict[str, str]:
    """The text of each kind of letter about one request, by its purpose."""
    server = make_smtp_server()
    request = make_request(reason=reason)
    invitation = invitation_of(request)
    bring_in(make_reply(invitation, "hm"))
    bring_in(make_reply(invitation, "yes", sender="mallory@example.com"))
    OutgoingMail.objects.filter(purpose="request").update(state="sent")
    decide(number=request.number, decider=Decider("console", user=make_user()), answer="deny")
    bring_in(make_reply(invitation, "approve"))
    mails = OutgoingMail.objects.filter(recipient=DANA)
    for mail in mails:
        message_of(mail, server)
    return {mail.purpose: mail.draft["text"] for mail in mails}


def read(text: str) -> Reading:
    raw = (
        "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n"
        f"From: {DANA}\r\nTo: reply+{'a' * 26}@pm.example.com\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    lines = text.replace("\n", "\r\n").encode()
    rules = MailboxRules(reply_address="reply@pm.example.com", authserv_ids=("mx.example.com",))
    return understand(raw.encode() + lines, rules=rules, find=_invited)


def _invited(keys: Keys) -> Invited | None:
    return Invited(id="1", address=DANA, status="pending") if keys.tokens else None


def quoted(text: str, width: int, mark: str) -> str:
    lines = [
        f"{mark}{piece}"
        for line in text.splitlines()
        for piece in (textwrap.wrap(line, width, break_on_hyphens=False) or [""])
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("reason", REASONS)
def test_a_quoted_letter_alone_decides_nothing(reason: str) -> None:
    found = letters(reason)
    assert set(found) == {"request", "unclear", "stranger", "outcome", "closed"}
    for purpose, text in found.items():
        for width in (40, 60, 72, 78, 998):
            for mark in ("", "> "):
                outcome = read(quoted(text, width, mark)).outcome
                assert outcome is Outcome.UNCLEAR, (purpose, width, mark, outcome)


@pytest.mark.parametrize("reason", REASONS)
def test_an_answer_above_a_quoted_letter_is_read_and_no_line_of_ours_is_its_comment(
    reason: str,
) -> None:
    for purpose, text in letters(reason).items():
        for mark in ("", "> "):
            reading = read(f"Approve for 2 hours\nFine.\n\n{quoted(text, 998, mark)}")
            got = (reading.outcome, reading.minutes, reading.comment)
            assert got == (Outcome.APPROVE, 120, "Fine."), (purpose, mark, got)
