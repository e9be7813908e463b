# ruff: noqa: E501 - layouts as they come in
"""What a reply answers: the request, one of our notices since then, or somebody else's email."""

import pytest

from approvals.reply import Invited
from tests.approvals.reply.incoming import (
    ADDRESS,
    OUR_TEXT,
    SENT_ID,
    html,
    marked,
    message,
    outcome,
    read,
)

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)
SENTINEL, _, REST = OUR_TEXT.partition("\n")
NOTICES = {
    "unclear": 'Your reply to PM-1042 could not be read, so nothing was decided.\n\nThe nearest answer that counts: "DENY", with nothing else on that line.',
    "stranger": "Someone else replied to PM-1042 at your personal reply address,\nso nothing was decided.",
    "not counted": "Your message about PM-1042 did not count and changed nothing.",
}
INVITED = Invited(
    "i-1",
    "dana@example.com",
    "pending",
    sent_from="pm@example.com",
    sent_name="PM Console",
    asking_ids=(SENT_ID,),
)
NOTIFIED = Invited("i-1", "dana@example.com", "pending", notified=True, asking_ids=(SENT_ID,))
BOB = "On Tue, 14 Jul 2026 at 10:00, Bob Smith <bob@example.com> wrote:"
QUESTION = f"{BOB}\n\n> Shall I ask the vendor for a signed version first?\n>\n> On Tue, 14 Jul 2026 at 09:26, PM Console <{ADDRESS}> wrote:\n>\n{marked(mark='>> ')}"


@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES)
@pytest.mark.parametrize("line", ["Yes.", "Yes, that was me.", "Y", "No", "*No*, that was me"])
def test_yes_and_no_to_one_of_our_notices_decide_nothing(notice: str, line: str) -> None:
    quote = marked(f"{SENTINEL}\n\n{notice}\n{REST}")
    assert outcome(message(f"{line}\n\n{quote}")) == UNCLEAR


@pytest.mark.parametrize(
    ("line", "expected"), [("Approve", ONCE), ("Granted.", ONCE), ("Deny", NO)]
)
def test_a_word_that_names_the_decision_counts_above_a_notice(
    line: str, expected: tuple[str, int | None]
) -> None:
    quote = marked(f"{SENTINEL}\n\n{NOTICES['unclear']}\n{REST}")
    assert outcome(message(f"{line}\n\n{quote}")) == expected


def test_after_a_notice_yes_counts_only_in_reply_to_the_request() -> None:
    assert outcome(message("Yes"), invited=NOTIFIED) == UNCLEAR
    other = message("Yes", "In-Reply-To: <notice@pm.example.com>", f"References: {SENT_ID}")
    assert outcome(other, invited=NOTIFIED) == UNCLEAR
    assert outcome(message("Yes", f"In-Reply-To: {SENT_ID}"), invited=NOTIFIED) == ONCE
    assert outcome(message("Approve"), invited=NOTIFIED) == ONCE


@pytest.mark.parametrize(
    ("line", "expected"),
    [("Yes, please.", UNCLEAR), ("No.", UNCLEAR), ("Approved", UNCLEAR), ("Deny", NO)],
)
def test_an_answer_above_a_colleagues_mail_may_be_to_that(
    line: str, expected: tuple[str, int | None]
) -> None:
    raw = message(f"{line}\n\n{QUESTION}", f"Cc: {ADDRESS}", to="Bob Smith <bob@example.com>")
    assert outcome(raw) == expected
    assert outcome(raw, invited=INVITED) == expected


def test_outlooks_head_of_a_colleagues_mail_tells_that_it_is_answered() -> None:
    rule = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"
    head = "<b>From:</b> {}<br><b>Sent:</b> Tuesday, July 14, 2026<br><b>To:</b> Dana<br><b>Subject:</b> x"
    layout = f"<p>Yes, please.</p><div><div style='{rule}'><p>{head}</p></div></div><p>{{}}</p>"
    bob, us = "Bob Smith &lt;bob@example.com&gt;", "PM &lt;approvals@corp.example&gt;"
    assert outcome(html(layout.format(bob, "Shall I refuse it?"), f"Cc: {ADDRESS}")) == UNCLEAR
    assert outcome(html(layout.format("Smith, Bob", "Shall I?")), invited=INVITED) == UNCLEAR
    assert outcome(html(layout.format(us, OUR_TEXT.replace("\n", "<br>")))) == ONCE


@pytest.mark.parametrize("line", ["Yes", "Approved, fine with me"])
def test_in_reply_to_the_request_the_quote_is_ours_whatever_it_looks_like(line: str) -> None:
    text = f"{line}\n\nOn Tue, 14 Jul 2026, IT Approvals <it@corp.example> wrote:\n> nina asks to run setup.exe\n"
    assert outcome(message(text, f"In-Reply-To: {SENT_ID}"), invited=INVITED) == ONCE
    other = message(text, "In-Reply-To: <another@corp.example>")
    assert outcome(other, invited=INVITED) == UNCLEAR


@pytest.mark.parametrize("attribution", ["PM Console", "pm@example.com", "Dana Whitfield"])
def test_an_answer_above_our_mail_or_her_own_is_hers(attribution: str) -> None:
    text = f"Yes\n\nOn Tue, 14 Jul 2026 at 10:00, {attribution} wrote:\n> See below.\n"
    assert outcome(message(text), invited=INVITED) == ONCE


@pytest.mark.parametrize(
    ("to", "thread"),
    [
        (
            "bob@example.com",
            f"In-Reply-To: <bob@example.com>\r\nReferences: {SENT_ID} <bob@example.com>",
        ),
        (
            "pm@example.com",
            f"In-Reply-To: <bob@example.com>\r\nReferences: {SENT_ID} <bob@example.com>",
        ),
        ("bob@example.com", f"In-Reply-To: {SENT_ID}"),
        ("bob@example.com", f"References: {SENT_ID}"),
    ],
)
def test_our_message_id_alone_shows_no_answer_to_us_in_mail_to_somebody_else(
    to: str, thread: str
) -> None:
    """Sent on to us, with our Message-ID from the thread, or given by him to a mail of his own."""
    reading = read(message("Yes, please.", thread, to=to), invited=INVITED)
    assert (reading.outcome, reading.unaddressed) == ("rejected", True)


@pytest.mark.parametrize("added", ["In-Reply-To: <x@example.com>", "In-Reply-To: lunch"])
@pytest.mark.parametrize("own", ["In-Reply-To: <bob@example.com>", "X-Mailer: x"])
def test_references_tell_nothing_beside_an_in_reply_to_whatever_it_holds(
    added: str, own: str
) -> None:
    """A signature covers the lower of two fields only, so anybody may add one who has the message."""
    thread = f"{own}\r\nReferences: {SENT_ID} <bob@example.com>"
    cc = "Cc: pm@example.com"
    reading = read(message("Approve", added, thread, cc, to="bob@example.com"), invited=INVITED)
    assert (reading.outcome, reading.unaddressed) == ("rejected", True)


@pytest.mark.parametrize("layout", ["Yes\n\n{}\n", "{}\n\nApproved\n"], ids=["above", "below"])
@pytest.mark.parametrize(
    ("by", "headers", "to"),
    [
        ("Bob <bob@corp.example>", "Cc: bob+x@corp.example", ADDRESS),
        ("Bob <bob@corp.example>", "Cc: approvals+x@corp.example", ADDRESS),
        ("Bob Smith", "X-Mailer: x", f"Bob Smith <{ADDRESS}>"),
    ],
    ids=["his plus address", "one of his domain", "our address under his name"],
)
def test_a_colleague_does_not_pass_for_us_by_what_he_wrote_into_the_addresses(
    layout: str, by: str, headers: str, to: str
) -> None:
    quote = f"On Tue, 14 Jul 2026 at 10:00, {by} wrote:\n> Can we approve it?"
    raw = message(layout.format(quote), "In-Reply-To: <bob@corp.example>", headers, to=to)
    assert outcome(raw, invited=INVITED) == UNCLEAR


def test_an_answer_above_what_groupwise_quotes_of_a_colleague_is_unclear() -> None:
    quote = ">>> Bob Smith 26.11.2026 10:00 >>>\nShall we tell her to wait?"
    raw = message(f"Yes\n\n{quote}\n", "In-Reply-To: <bob@corp.example>")
    assert outcome(raw, invited=INVITED) == UNCLEAR


@pytest.mark.parametrize(
    "to", ["PM@example.com", "reply@pm.example.com", "b@x.example, pm@example.com"]
)
def test_our_message_id_in_mail_to_our_address_names_the_request(to: str) -> None:
    assert outcome(message("Yes", f"In-Reply-To: {SENT_ID}", to=to), invited=INVITED) == ONCE


@pytest.mark.parametrize(
    "line",
    [
        "Approve: PM-1043",
        "DENY pm-1043",
        "Yes, PM-1042 and PM-10420",
        "Approved\nThis was meant for PM-1041.",
        "Approve\nPM-1041",
        "Approve\nRequest PM 1041.",
        "Approve, PM1041",
        "Approved, request 1043",
        "Approved, #1043",
    ],
)
def test_a_line_that_names_another_request_decides_nothing(line: str) -> None:
    invited = Invited("i-1", "dana@example.com", "pending", number="PM-1042")
    assert outcome(message(line), invited=invited) == UNCLEAR
    assert outcome(message("Approve: PM-1042"), invited=invited) == ONCE
    assert outcome(message("Approved, request #1042"), invited=invited) == ONCE
    assert outcome(message("Approve\nPM-1041 was the same."), invited=invited) == ONCE


NUMBERED = Invited("i-1", "dana@example.com", "pending", number="PM-1042")


@pytest.mark.parametrize(
    "line",
    [
        "Denied, duplicate of PM-1041.",
        "DENIED: see PM-1041",
        "Rejected: see PM-1041 and PM-1042.",
        "Denied. Use the version of PM-1040.",
        "No. Same as PM-1041.",
        "Declined as PM-1041 has the same file",
        "DENY because PM 1041 was denied",
        "Denied, she has it since PM1041",
        "DENY PM-1042, duplicate of PM-1041",
        "DENY. PM-1042 repeats PM-1041.",
        "Denied\n\nPM-1041 was the same.",
    ],
)
def test_a_denial_may_name_another_request_in_its_reason(line: str) -> None:
    assert outcome(message(line), invited=NUMBERED) == ("deny", None)


@pytest.mark.parametrize(
    "line",
    [
        "DENY PM-1041",
        "Deny: PM-1041",
        "DENY request PM-1041, please",
        "Denied (PM-1041)",
        "Rejected - no. PM-1041",
        "No, PM-1041",
        "DENY for PM-1041",
        "Denied, this is for PM-1041",
        "Denied, re: PM-1041",
        "Denied, about PM-1041",
        "Denied. Meant PM-1041.",
        "Denied, it was request PM-1041",
        "Rejected, it is PM-1041 that I mean",
        "*DENY* PM 1041",
        "DENY this PM-1041 and PM-1042",
        "Denied\nThis was meant for PM-1041.",
        "Denied\nPM-1041",
        # Approving, the other one may be what is approved.
        "Approved, duplicate of PM-1041.",
        "APPROVED: see PM-1041",
        "Approve for 2 hours, as PM-1041",
    ],
)
def test_a_line_about_another_request_decides_nothing_here(line: str) -> None:
    assert outcome(message(line), invited=NUMBERED) == UNCLEAR


def test_a_denial_under_another_subject_names_no_other_request() -> None:
    raw = message("Denied, duplicate of PM-1041.").replace(b"[PM-1042] Approval needed", b"Lunch")
    assert outcome(raw, invited=NUMBERED) == UNCLEAR
    assert outcome(raw.replace(b"PM-1041", b"our last one"), invited=NUMBERED) == ("deny", None)
