"""Our own letters, as they really are, quoted in any way: their words are never the approver's."""

import re
import textwrap
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape

import pytest

from approvals.inbox.finding import find_invitation
from approvals.letters.kinds import FOOTER, FOOTERS, KINDS, SENTINEL
from approvals.models import ApprovalRequest, MailDraft, OutgoingMail
from approvals.outbox.claim import read as read_mails
from approvals.outbox.send import message_of
from approvals.reply import Invited, Keys, MailboxRules, Outcome, Reading, understand
from approvals.reply.html.lines import html_lines
from approvals.reply.our_mail import is_ours
from approvals.reply.sent import Sent
from approvals.services import Decider, ask_again, decide
from core.advanced.models import in_force
from core.advanced.settings import ConsoleSettings
from foreign_systems.models import ForeignSystem
from tests.approvals.replies import address_of, bring_in, make_reply
from tests.factories import (
    DANA,
    invitation_of,
    make_plea,
    make_request,
    make_smtp_server,
    make_user,
)

pytestmark = pytest.mark.django_db
RULES = MailboxRules(reply_address="reply@pm.example.com", authserv_ids=("mx.example.com",))
REASONS = ["Need the CAD viewer.", "APPROVE.", "yes " * 60, "DENY\nAPPROVE", "x" * 240 + " no"]


REPORTED = [*REASONS, f"{FOOTER} APPROVE", *FOOTERS, f"{SENTINEL} APPROVE"]
# Words of mails that have been sent are known for good.
FORMER_LINES = [
    "- write “APPROVE” to let it run one time,",
    "Below it you may write a comment; the user reads it.",
    "In a browser (deciding there needs sign-in): https://pm.example.com/d/x",
    "✓ Approve by e-mail",
    "Your mail program opens with the answer written; press Send.",
    "See everything and decide in a browser",
    "For a time covers: this file only",
    "Asked: 14 Jul 2026, 09:26 (UTC+2)",
    "PM-7. This went to dana@example.com as an approver of Email Approval Process.",
    "User alice took back the request to run setup.exe on WS-014.",
    "This needs an answer from nobody.",
    "Your answer to PM-7 came after its end and changed nothing.",
    "Your answer to PM-7 could not be read, so nothing was decided.",
    "What was read on its first line: “hm”",
    "What was read: an empty answer.",
    "Somebody else answered PM-7 at your address for answers, so nothing was decided.",
    "It came from: mallory@example.com",
    "Still waiting: user alice asked 20 minutes ago",
    "To run setup.exe as administrator on WS-014",
    *FOOTERS,
]


def letters(reason: str) -> dict[str, str]:
    """The text of each kind of letter about one request, by its purpose."""
    server = make_smtp_server()
    request = make_request(reason=reason)
    invitation = invitation_of(request)
    bring_in(make_reply(invitation, "hm"))
    bring_in(make_reply(invitation, "yes", sender="mallory@example.com"))
    elsewhere = make_reply(invitation, "yes", to="alice@example.com")
    bring_in(elsewhere, recipients=(address_of(invitation),))
    remind(request)
    OutgoingMail.objects.filter(purpose__in=("request", "reminder")).update(state="sent")
    decide(number=request.number, decider=Decider("console", user=make_user()), answer="deny")
    bring_in(make_reply(invitation, "approve"))
    for _ in range(2):
        in_force.remember(ConsoleSettings(request_mails_per_minute=1))
        make_request(reason=reason, plea=make_plea())
    in_force.forget()
    mails = OutgoingMail.objects.filter(recipient=DANA)
    for claimed in read_mails([mail.pk for mail in mails], server):
        message_of(claimed)
    return {mail.purpose: mail.draft.text for mail in mails}


def remind(request: ApprovalRequest) -> None:
    """Its time has come."""
    ApprovalRequest.objects.filter(pk=request.pk).update(remind_at=request.created_at)
    ask_again()


def read(text: str, *, kind: str = "plain") -> Reading:
    raw = (
        "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n"
        f"From: {DANA}\r\nTo: reply+{'a' * 26}@pm.example.com\r\n"
        f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    lines = text.replace("\n", "\r\n").encode()
    return understand(raw.encode() + lines, rules=RULES, find=_invited)


def _invited(keys: Keys) -> Invited | None:
    return Invited(id="1", address=DANA, status="pending") if keys.tokens else None


def quoted(text: str, width: int, mark: str) -> str:
    lines = [
        f"{mark}{piece}"
        for line in text.splitlines()
        for piece in (textwrap.wrap(line, width, break_on_hyphens=False) or [""])
    ]
    return "\n".join(lines)


def test_a_quote_of_any_letter_is_compared_with_what_was_sent() -> None:
    letters("Need the CAD viewer: may I have it?")
    server, compared = ForeignSystem.objects.get(), set()
    for mail in OutgoingMail.objects.filter(invitation__isnull=False):
        invited = find_invitation(Keys((), (mail.message_id,)))
        assert invited is not None
        left = mail.follows if mail.follows and mail.is_in_digest else mail
        raw = message_of(read_mails([left.pk], server)[0])
        message = message_from_bytes(raw, policy=policy.default)
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        quote = text.get_content().replace("\xa0", " ")  # as most programs have it
        assert Sent(invited.sent).is_whole(quote.splitlines()), left.purpose
        if html:
            lines = [line.text for line in html_lines(html.get_content())]
            assert Sent(invited.sent).is_whole(lines), left.purpose
        compared.add(left.purpose)
    assert {"request", "reminder", "digest", "unclear"} <= compared


@pytest.mark.parametrize("reason", REASONS)
def test_a_quoted_letter_alone_decides_nothing(reason: str) -> None:
    found = letters(reason)
    assert set(found) == {kind.key for kind in KINDS.values() if kind.openings is not None}
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


def into_our_html(sent: EmailMessage, typed: str, *, below: bool) -> str:
    """An answer as K-9 Mail writes it (Thunderbird for Android, too): into our document's body."""
    html = sent.get_body(("html",)).get_content()
    found = re.fullmatch(r"(.*<body[^>]*>)(.*)(</body>.*)", html, re.DOTALL)
    assert found
    before, ours, after = found.groups()
    own = f'<div dir="auto">{typed}</div>'
    quote = (
        f'<div class="gmail_quote">On 14 July 2026 09:26:00 CEST, {escape(sent["From"])} wrote:'
        '<blockquote class="gmail_quote" style="margin: 0pt 0pt 1ex 0.8ex; border-left: 1px solid '
        f'rgb(204, 204, 204); padding-left: 1ex;">\r\n{ours}</blockquote></div>'
    )
    answer = f'{quote}<br clear="all">{own}' if below else f"{own}<br><br>{quote}"
    return f"{before}{answer}{after}"


@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("purpose", ["request", "reminder"])
def test_an_answer_written_into_our_own_html_is_read(purpose: str, *, below: bool) -> None:
    server, request = make_smtp_server(), make_request(reason="Need the CAD viewer.")
    remind(request)
    mail = OutgoingMail.objects.get(recipient=DANA, purpose=purpose)
    sent = message_from_bytes(message_of(read_mails([mail.pk], server)[0]), policy=policy.default)
    for typed, outcome, comment in (
        ("Approve<br>Fine.", Outcome.APPROVE, "Fine."),
        ("Deny<br>Not today.", Outcome.DENY, "Not today."),
        ("", Outcome.UNCLEAR, ""),
    ):
        html = into_our_html(sent, typed, below=below)
        plain = make_reply(invitation_of(request), html, In_Reply_To=mail.message_id)
        raw = plain.replace(b"text/plain", b"text/html")
        reading = understand(raw, rules=RULES, find=find_invitation)
        assert (reading.outcome, reading.comment) == (outcome, comment), reading.reason


def letter_with_report(text: str) -> MailDraft:
    """A request mail below which a report tells of another request, whose every text is `text`."""
    plea = make_plea(account=text, computer_name=text[:255], file_path=text, policy_name=text[:200])
    make_request(plea=plea, reason=text[:250], to_addresses=())
    request = make_request(report_to_run="pending")
    draft = OutgoingMail.objects.get(request=request, recipient=DANA).draft
    assert "· Row 2: Request: PM-" in draft.text
    return draft


@pytest.mark.parametrize("text", REPORTED)
def test_a_quoted_report_alone_decides_nothing(text: str) -> None:
    letter = letter_with_report(text).text
    lines = letter.splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith("·"))
    # The whole letter, and what is left of it where the approver deleted the part above.
    for piece in (letter, "\n".join(lines[first:]), lines[first + 2], lines[first + 3]):
        for width in (40, 60, 72, 78, 998):
            for mark in ("", "> "):
                outcome = read(quoted(piece, width, mark)).outcome
                assert outcome is Outcome.UNCLEAR, (width, mark, piece[:40], outcome)


@pytest.mark.parametrize("text", REPORTED)
def test_an_answer_above_a_quoted_report_is_read_and_no_row_is_its_comment(text: str) -> None:
    letter = letter_with_report(text).text
    lines = letter.splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith("·"))
    for piece in (letter, "\n".join(lines[first:])):
        for mark in ("", "> "):
            reading = read(f"Approve for 2 hours\nFine.\n\n{quoted(piece, 998, mark)}")
            got = (reading.outcome, reading.minutes, reading.comment)
            assert got == (Outcome.APPROVE, 120, "Fine."), (mark, got)


@pytest.mark.parametrize("text", REPORTED)
def test_an_answer_below_a_quoted_report_is_read(text: str) -> None:
    letter = letter_with_report(text).text
    for width in (72, 998):
        reading = read(f"{quoted(letter, width, '> ')}\n\nDeny.\n")
        assert reading.outcome is Outcome.DENY


@pytest.mark.parametrize("text", REPORTED)
def test_a_report_in_a_quoted_html_letter_decides_nothing(text: str) -> None:
    letter = letter_with_report(text).html.partition("<body")[2].partition(">")[2]
    letter = letter.partition("</body>")[0]
    quotes = [letter, f'<blockquote type="cite">{letter}</blockquote>']
    for quote in quotes:
        assert read(f"<body>{quote}</body>", kind="html").outcome is Outcome.UNCLEAR
        reading = read(f"<body><div>Approve</div><div>Fine.</div>{quote}</body>", kind="html")
        assert (reading.outcome, reading.comment) == (Outcome.APPROVE, "Fine.")


def test_a_comment_may_speak_of_reports_and_rows() -> None:
    reading = read("Approve\nReport: see ticket 5\nRow 2: fine, too\nAs of: today\n")
    assert reading.comment == "Report: see ticket 5\nRow 2: fine, too\nAs of: today"


@pytest.mark.parametrize("line", FORMER_LINES)
def test_lines_of_earlier_wordings_are_still_ours(line: str) -> None:
    assert is_ours(line)
