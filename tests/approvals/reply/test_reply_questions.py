# ruff: noqa: RUF001 - Greek
"""A colleague's question in what is quoted, to which the approver's "Yes." may be the answer."""

from dataclasses import replace

import pytest

from approvals.reply import Email
from tests.approvals.reply.colleagues import BOB, INVITED, TO_BOBS, TO_OURS, reply
from tests.approvals.reply.incoming import OUR_TEXT, SENT_ID, html, marked, outcome, read

ONCE, UNCLEAR = ("approve", None), ("unclear", None)
SENT = replace(INVITED, sent=(Email(OUR_TEXT),))
BY_US = "On Tue, 14 Jul 2026 at 10:00, PM Console <pm@example.com> wrote:\n"
QUESTION = "Dana, shall I order lunch for both of us?"
OURS = "".join(f"<p>{line}</p>" for line in OUR_TEXT.split("\n"))
SUBJECT = "[PM-1042] Approval needed: setup.exe for alice on WS-014"


def head(author: str, subject: str = SUBJECT) -> str:
    return f"From: {author}\nSent: Tuesday, July 14, 2026 10:00 AM\nTo: Dana\nSubject: {subject}\n"


@pytest.mark.parametrize(
    "question",
    [
        "Shall we take https://lunch.example.com/menu?!",
        "Shall I send Bob the keys (those of https://vault.example.com/keys?)",
        "*Shall we take https://lunch.example.com/menu?*",
        "Shall we take <https://lunch.example.com/menu?>",
        "Shall I send Bob the keys? >>>",
        "Να παραγγείλω φαγητό και για τους δύο;",
        "Shall I order what Bob wrote on 14 Jul 2026 at 10:00? Yes or no:",
        "Shall I order lunch? Bob <bob@example.com> wrote on 14 Jul 2026:",
    ],
)
def test_a_question_is_seen_behind_links_and_marks_and_in_what_looks_like_an_introduction(
    question: str,
) -> None:
    for quote in (f"{question}\n\n{OUR_TEXT}", f"{question}\n\nRequest: PM-1042\n"):
        raw = reply(f"Yes.\n\n{BY_US}{marked(quote)}", TO_OURS)
        assert outcome(raw, invited=SENT) == UNCLEAR


def test_the_subject_in_a_head_may_ask() -> None:
    for subject, expected in ((QUESTION, UNCLEAR), (SUBJECT, ONCE)):
        raw = reply(f"Yes.\n\n{head('PM Console', subject)}\n{OUR_TEXT}", TO_OURS)
        assert outcome(raw, invited=SENT) == expected


@pytest.mark.parametrize("author", ["PM Console <pm@example.com>", BOB])
def test_a_head_ends_with_its_last_label_where_no_blank_line_follows(author: str) -> None:
    raw = reply(f"Yes.\n\n{head(author)}{QUESTION}\n\n{OUR_TEXT}", TO_BOBS)
    assert outcome(raw, invited=SENT) == UNCLEAR
    said = f"I order lunch for us on Friday.\n\n{OUR_TEXT}" if author == BOB else OUR_TEXT
    raw = reply(f"Yes.\n\n{head(author)}{said}", TO_BOBS)
    assert outcome(raw, invited=SENT) == (UNCLEAR if author == BOB else ONCE)
    raw = reply(f"{head('PM Console <pm@example.com>')}{OUR_TEXT}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=SENT) == ONCE


@pytest.mark.parametrize("author", ["PM Console <pm@example.com>", BOB])
def test_what_stands_below_marked_lines_in_an_unmarked_quote_is_quoted_too(author: str) -> None:
    hers = f"{marked('Request: PM-1042')}\n{QUESTION}\n"
    raw = reply(f"Yes.\n\n-----Original Message-----\n{head(author)}\n{hers}", TO_BOBS)
    assert outcome(raw, invited=SENT) == UNCLEAR
    said = hers.replace("shall I order", "I order").replace("?", ".")
    raw = reply(f"Approved.\n\n-----Original Message-----\n{head(author)}\n{said}", TO_OURS)
    assert read(raw, invited=SENT).comment == ""


def test_what_a_colleague_puts_into_a_signatures_element_is_quoted() -> None:
    rule = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"
    lines = head("PM Console &lt;pm@example.com&gt;").rstrip().replace("\n", "<br>")
    body = f"<p>Yes.</p><div style='{rule}'><p>{lines}</p></div><div id=Signature>{{}}</div>{OURS}"
    for said, expected in ((QUESTION, UNCLEAR), ("PM Console", ONCE)):
        raw = html(body.format(said), f"In-Reply-To: {SENT_ID}")
        assert outcome(raw, invited=SENT) == expected


@pytest.mark.parametrize("added", ["\nThe audit form is ready, tell me.\n", ""])
def test_our_email_introduced_by_somebody_else_is_ours_if_nothing_was_added(added: str) -> None:
    first, *rest = OUR_TEXT.split("\n")
    quote = marked("\n".join([first, *added.split("\n"), *rest]) if added else OUR_TEXT)
    introduction = f"On Tue, 14 Jul 2026 at 10:00, {BOB} wrote:\n"
    raw = reply(f"Yes, please.\n\n{introduction}{quote}", TO_OURS, f"Cc: {BOB}")
    assert outcome(raw, invited=SENT) == (UNCLEAR if added else ONCE)
