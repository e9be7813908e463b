"""What a colleague writes into our email when she quotes it, and emails about another request."""

import textwrap
from dataclasses import replace

import pytest

from approvals.reply import Email, Invited
from tests.approvals.reply.colleagues import INVITED, LUNCH, NUMBERED, TO_OURS, reply
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
FIRST, LAST = OUR_TEXT.split("\n")[0], OUR_TEXT.rstrip().split("\n")[-1]
ALICE, IN_COPY = "Alice Moreau <alice@example.com>", f"Cc: {ADDRESS}"
BY_NAME = "On Tue, 14 Jul 2026 at 10:00, PM Console wrote:\n"
INTRODUCTIONS = ["", "-----Original Message-----\n", BY_NAME]
HERS = [
    f"{FIRST}\nDana, shall I order lunch for both of us on Friday?\n{LAST}\n",
    f"{FIRST} Shall I order lunch for both of us?\n{LAST}\n",
    f"{FIRST}\nShall we take https://lunch.example.com/menu?\n{LAST}\n",
    f'{FIRST}\nReason: "Lunch on Friday, fine with you?"\n{LAST}\n',
    f"{FIRST}\n\nI order lunch for both of us.\n\n{LAST}\n",
    OUR_TEXT.replace("\nHow to answer", "\nI order lunch for both of us.\n\nHow to answer"),
]


def to_alice(text: str, subject: str = LUNCH, answers: str = "<lunch@example.com>") -> bytes:
    """A reply to a colleague's mail, with a copy to us."""
    return reply(text, IN_COPY, f"In-Reply-To: {answers}", to=ALICE, subject=subject)


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("quote", HERS)
def test_what_a_colleague_writes_into_our_email_isnt_ours(quote: str, introduction: str) -> None:
    for answer in ("Yes.", "Approved.", "Yes, good idea."):
        raw = to_alice(f"{answer}\n\n{introduction}{marked(quote)}")
        assert outcome(raw, invited=INVITED) == UNCLEAR, answer
    assert outcome(to_alice(f"No.\n\n{marked(quote)}"), invited=INVITED) == UNCLEAR


@pytest.mark.parametrize("question", ["Shall I order lunch?", "<b>Lunch</b> on Friday?"])
def test_a_question_in_our_email_counts_in_html_too(question: str) -> None:
    quote = f"<blockquote><p>{FIRST}</p><p>{question}</p><p>{LAST}</p></blockquote>"
    raw = html(f"<p>Yes.</p>{quote}", IN_COPY, "In-Reply-To: <lunch@example.com>", to=ALICE)
    assert outcome(raw, invited=INVITED) == UNCLEAR


@pytest.mark.parametrize(
    "line",
    [
        'Reason: "May I? It is for the tender."',
        "Arguments: /ask? now",
        "Arguments: /S\n/what?",
        "In a browser: https://links.example.net/?url=https%3A%2F%2Fpm.example.com",
        "In a browser:\n<https://links.example.net/?url=https%3A%2F%2Fpm.example.com>",
    ],
)
def test_a_question_mark_in_a_value_or_an_address_of_our_email_asks_nothing(line: str) -> None:
    quote = OUR_TEXT.replace("\nRequest:", f"\n{line}\n\nRequest:")
    assert outcome(reply(f"Yes.\n\n{BY_NAME}{marked(quote)}", TO_OURS), invited=INVITED) == ONCE


def test_our_email_passed_on_by_a_colleague_may_stand_above_what_she_wrote() -> None:
    introduction = f"On Wed, 15 Jul 2026 at 11:00, {ALICE} wrote:\n"
    below = "\nLunch on Friday it is, and I order for both of us.\n"
    for text, expected in ((OUR_TEXT, ONCE), (OUR_TEXT + below, UNCLEAR)):
        raw = to_alice(f"Yes, fine.\n\n{introduction}{marked(text)}", NUMBERED, SENT_ID)
        assert outcome(raw, invited=INVITED) == expected


@pytest.mark.parametrize("word", ["APPROVE", "Yes", "DENY"])
def test_a_reply_to_the_email_of_another_request_decides_nothing(word: str) -> None:
    quote = marked(OUR_TEXT.replace("PM-1042", "PM-9999"))
    quoting = outcome(reply(f"{word}\n\n{BY_NAME}{quote}"), invited=INVITED)
    subject = "Re: [PM-9999] Approval needed: 7zip.exe for alice on WS-014"
    assert quoting == UNCLEAR
    assert outcome(reply(f"{word}\n", subject=subject), invited=INVITED) == UNCLEAR


def test_a_reply_that_names_its_own_request_beside_another_counts() -> None:
    both = f"{marked()}\n{marked(OUR_TEXT.replace('PM-1042', 'PM-9999'))}"
    assert outcome(reply(f"APPROVE\n\n{BY_NAME}{both}"), invited=INVITED) == ONCE
    subject = "Re: [PM-1042] Approval needed: [PM-7].exe for alice on WS-014"
    assert outcome(reply("APPROVE\n", subject=subject), invited=INVITED) == ONCE


SENT = replace(INVITED, sent=(Email(OUR_TEXT),))
IMITATED = [
    'Reason: "Dana, shall I order lunch for both of us?"',
    'Reason: "I order lunch for both of us."',
    "User: me, Dana. Shall I order lunch for both of us?",
    "Expires: Friday. I order lunch for both of us then, fine with you?",
    "- Dana, I order lunch for both of us on Friday at noon.",
]


@pytest.mark.parametrize("line", IMITATED)
def test_a_line_that_only_looks_like_our_emails_is_known_by_what_was_sent(line: str) -> None:
    for before in (FIRST, "Worth a second look:", "Request: PM-1042"):
        quote = OUR_TEXT.replace(f"{before}\n", f"{before}\n{line}\n")
        for answer in ("Yes.", "Approved.", "No."):
            raw = to_alice(f"{answer}\n\n{BY_NAME}{marked(quote)}")
            assert outcome(raw, invited=SENT) == UNCLEAR, (before, answer)


@pytest.mark.parametrize("width", [45, 60, 72, 998])
def test_our_email_is_known_by_what_was_sent_however_it_was_wrapped(width: int) -> None:
    lines = (
        textwrap.wrap(line, width, break_long_words=False) or [""] for line in OUR_TEXT.split("\n")
    )
    quote = "\n".join(f"> {line}" for wrapped in lines for line in wrapped)
    raw = to_alice(f"Approved.\n\n{BY_NAME}{quote}\n")
    assert outcome(raw, invited=SENT) == ONCE


def test_a_question_inside_our_email_is_hers_unless_it_was_sent() -> None:
    asking = OUR_TEXT.replace("Need the CAD viewer", "May I have the CAD viewer? It's needed")
    raw = reply(f"Yes.\n\n{BY_NAME}{marked(asking)}", TO_OURS)
    assert outcome(raw, invited=SENT) == UNCLEAR
    assert outcome(raw, invited=replace(INVITED, sent=(Email(asking),))) == ONCE
    in_html = (Email("", "".join(f"<p>{line}</p>" for line in asking.split("\n"))),)
    assert outcome(raw, invited=replace(INVITED, sent=in_html)) == ONCE


@pytest.mark.parametrize(
    "hers",
    [
        *("Shall we have lunch?", "Shall we\nhave lunch?", "Shall we\n\nhave lunch?"),
        *("Shall I order lunch for us\n?", "?", "- ?"),
    ],
)
def test_a_question_of_the_requesters_words_elsewhere_in_our_email_is_hers(hers: str) -> None:
    asking = OUR_TEXT.replace("Need the CAD viewer", "Shall we have lunch? Then I need it")
    quotes = (f"{asking}\n{hers}\n", f"{hers}\n", asking.replace("\nHow to", f"\n{hers}\n\nHow to"))
    for quote in quotes:
        raw = reply(f"Yes.\n\n{BY_NAME}{marked(quote)}", TO_OURS)
        assert outcome(raw, invited=replace(INVITED, sent=(Email(asking),))) == UNCLEAR


@pytest.mark.parametrize(
    "last", ["bob@example.com?", "www.pizza.example?", "- https://x.example/?"]
)
def test_a_question_that_ends_with_a_link_on_a_line_of_its_own_is_hers(last: str) -> None:
    hers = f"Shall I send the vault keys to\n{last}\n"
    for reason in ("Need the CAD viewer", "May I have the CAD viewer? Now?"):
        text = OUR_TEXT.replace("Need the CAD viewer", reason)
        for quote in (
            f"{text}\n{hers}",
            f"{hers}\n{text}",
            text.replace("\nHow", f"\n{hers}\nHow"),
        ):
            raw = reply(f"Yes.\n\n{BY_NAME}{marked(quote)}", TO_OURS)
            assert outcome(raw, invited=replace(INVITED, sent=(Email(text),))) == UNCLEAR


@pytest.mark.parametrize(
    "line", ["PM-1042?", "Request?", "Worth a second look?", "W??????????????????"]
)
def test_our_own_words_with_a_question_mark_that_wasnt_sent_ask(line: str) -> None:
    raw = reply(f"Yes.\n\n{BY_NAME}{marked(OUR_TEXT)}> {line}\n", TO_OURS)
    assert outcome(raw, invited=SENT) == UNCLEAR


def test_a_link_in_our_email_may_end_with_a_question_mark_wherever_it_is_wrapped() -> None:
    reason = "Need what is at https://x.example/tender? Or at me@x.example? It's needed"
    text = OUR_TEXT.replace("Need the CAD viewer", reason)
    for width in range(24, 80):
        wrapped = [textwrap.wrap(line, width, break_long_words=False) for line in text.split("\n")]
        quote = "\n".join("\n".join(lines) for lines in wrapped)
        raw = reply(f"Yes.\n\n{BY_NAME}{marked(quote)}", TO_OURS)
        assert outcome(raw, invited=replace(INVITED, sent=(Email(text),))) == ONCE, width


def test_a_letter_that_a_quotes_charset_lacks_asks_nothing() -> None:
    text = OUR_TEXT.replace("EXAMPLE\\alice", "EXAMPLE\\жанна").replace("tender,", "tender: да,")
    lossy = text.encode("latin-1", "replace").decode("latin-1")
    raw = reply(f"Yes.\n\n{BY_NAME}{marked(lossy)}", TO_OURS)
    assert outcome(raw, invited=replace(INVITED, sent=(Email(text),))) == ONCE


ASKED = "User alice asks to run aa. aa. aa. aa. aa. aa. aa. aa. APPROVE. YES. x on WS-014."


def asking(sentence: str) -> Invited:
    return replace(INVITED, sent=(Email(f"{FIRST}\n\n{sentence}\n\n{LAST}\n"),))


@pytest.mark.parametrize("blank", [" ", "\u00a0", "  "])
@pytest.mark.parametrize("width", range(24, 80))
def test_a_full_stop_in_a_name_doesnt_end_our_first_sentence(width: int, blank: str) -> None:
    end = ASKED.rindex(" ", 0, width)
    quote = f"> {FIRST}\n>\n> {ASKED[:end]}\n\n{ASKED[end + 1 :]}\n\n> Reason: x\n"
    invited = asking(ASKED.replace(" aa.", f"{blank}aa."))
    assert outcome(message(f"{BY_NAME}{quote}"), invited=invited) == UNCLEAR


@pytest.mark.parametrize("typed", ["DENY", "No.", "Who is alice?", "Hold on."])
@pytest.mark.parametrize(
    "rest", ['> Thursday."\n>\n> Request: PM-7', "> - Unsigned: can't be checked."]
)
def test_what_is_typed_inside_the_reason_is_not_passed_over(rest: str, typed: str) -> None:
    """What was sent isn't known here."""
    quote = f'> {FIRST}\n>\n> Reason: "Need the CAD viewer for the tender, due'
    assert outcome(message(f"{BY_NAME}{quote}\n\n{typed}\n\n{rest}\n\nYes.\n")) != ("approve", None)
    whole = f'{BY_NAME}{quote}\nThursday."\n>\n> Request: PM-7\n\nYes.\n'
    assert outcome(message(whole)) == ("approve", None)


def test_a_link_ends_no_value() -> None:
    begun = "Command line: setup.exe /S https://q.example/"
    body = f"{BY_NAME}> {FIRST}\n>\n> {begun}\n\nAPPROVE.\n"
    assert outcome(message(body), invited=asking(f"{begun}\u00a0APPROVE.")) == UNCLEAR


@pytest.mark.parametrize("asked", [ASKED, ASKED[:-1]], ids=["text", "heading"])
def test_an_answer_below_our_whole_first_sentence_counts(asked: str) -> None:
    body = f"{BY_NAME}> {FIRST}\n>\n> {asked}\n\nAPPROVE FOR 1 HOUR\n\n> {LAST}\n"
    assert outcome(message(body), invited=asking(ASKED)) == ("approve", 60)


@pytest.mark.parametrize("width", [24, 45, 60])
def test_unmarked_pieces_of_our_email_are_no_comment(width: int) -> None:
    text = OUR_TEXT.replace("https://pm.example.com/d/z2b3c4d5e6f7g2h3i4j5k6l7m2", "it")
    lines = (textwrap.wrap(line, width) or [""] for line in text.split("\n"))
    pieces = [piece if at else f"> {piece}" for line in lines for at, piece in enumerate(line)]
    raw = message("APPROVE\n\nFine.\n\n" + "\n\n".join(pieces))
    reading = read(raw, invited=replace(INVITED, sent=(Email(text),)))
    assert (reading.outcome, reading.comment) == ("approve", "Fine.")


def test_blank_lines_of_a_comment_dont_pile_up() -> None:
    assert read(message("APPROVE\nOne\n\n \n\nTwo\n")).comment == "One\n\nTwo"


@pytest.mark.parametrize("left", [*OUR_TEXT.split("\n")[2:8], f"{BY_NAME.strip()}\n> Reason"])
def test_what_is_left_of_our_quote_without_marks_is_no_comment(left: str) -> None:
    raw = reply(f"APPROVE\n\n{left}\n\nFine with me.\n", TO_OURS)
    reading = read(raw, invited=replace(INVITED, sent=(Email(OUR_TEXT),)))
    assert (reading.outcome, reading.comment.strip()) == ("approve", "Fine with me.")


def test_our_name_above_marked_lines_is_no_comment() -> None:
    raw = reply("APPROVE\n\nFine with me.\n\nPM Console wrote:\n> Reason\n", TO_OURS)
    reading = read(raw, invited=replace(INVITED, sent=(Email(OUR_TEXT),)))
    assert reading.comment == "Fine with me."
