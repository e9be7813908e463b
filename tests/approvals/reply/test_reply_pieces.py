"""Pieces of our email that programs wrapped, known by what was sent, whatever the requester wrote."""

import textwrap
from unicodedata import normalize

import pytest

from tests.approvals.reply.colleagues import BY_US, HEAD, SIGNS, TO_OURS, reply, sent
from tests.approvals.reply.incoming import OUR_TEXT, html, marked, outcome, read

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)
ABOVE = "Write your answer above this line"
REASON, PATH = (
    next(line for line in OUR_TEXT.split("\n") if line.startswith(label))
    for label in ("Reason", "File")
)
WIDTH = 72
# Each piece is as long as a line: it's padded at its end, or where it says.
BY = "On Tue, 14 Jul 2026 at 10:00, PM {} <pm@example.com> wrote:"
BAITS = {
    "marks": ["> How to answer: reply", BY, "APPROVE FOR 1 DAY.", f"> {ABOVE}"],
    "initials": ["AB> How to answer: reply", BY, "APPROVE.", f"AB> {ABOVE}"],
    "signs alone": ["> How to answer: reply", "'" * 72, BY, "'" * 72, "APPROVE.", f"> {ABOVE}"],
    "a link": ["> Request: https://x.example/{}", BY, "APPROVE.", f"> {ABOVE}"],
    "a head": ["-----Original Message-----", "From: PM Console", "Sent: 14 Jul 2026", "APPROVE."],
    "twice": ["> Request: x", BY, "APPROVE.", "> Request: x", BY, "APPROVE.", f"> {ABOVE}"],
}


def holding(value: str, line: str = REASON) -> str:
    """Our email with this value in place of the requester's reason or path."""
    label, _, _ = line.partition(" ")
    return OUR_TEXT.replace(line, f'{label} "{value}"' if line == REASON else f"{label} {value}")


def wrapped(text: str, width: int, gap: str = "\n") -> str:
    """Quoted line by line, then wrapped, so that only the first piece of each line is marked."""
    lines = (textwrap.wrap(f"> {line}", width, break_on_hyphens=False) for line in text.split("\n"))
    return "\n".join(gap.join(pieces) for pieces in lines) + "\n"


def padded(pieces: list[str], begun: str) -> str:
    """A value behind `begun` of which each piece fills a line where programs wrap at WIDTH."""
    filled = ["x" * (WIDTH - len(begun))]
    for piece in pieces:
        bare = piece if "{}" in piece or len(piece) == WIDTH else f"{piece} {{}}"
        filled.append(bare.format("x" * (WIDTH - len(bare) + 2)))
    return " ".join(filled)


@pytest.mark.parametrize("line", [REASON, PATH], ids=["reason", "path"])
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["", "apart"])
@pytest.mark.parametrize("bait", BAITS)
def test_a_value_padded_to_the_width_of_lines_answers_nothing(
    bait: str, gap: str, line: str
) -> None:
    begun = '> Reason: "' if line == REASON else "> File: "
    text = holding(padded(BAITS[bait], begun), line)
    quote = wrapped(text, WIDTH, gap)
    for typed in ("", "Why does she need it?\n", "Regards,\nDana\n"):
        raw = reply(f"{BY_US}\n{quote}\n{typed}", TO_OURS)
        assert outcome(raw, invited=sent(text)) == UNCLEAR, typed
        assert outcome(reply(f"{quote}\n{typed}", TO_OURS), invited=sent(text)) == UNCLEAR, typed


@pytest.mark.parametrize("bait", BAITS)
def test_a_value_padded_to_the_width_of_lines_is_no_comment(bait: str) -> None:
    text = holding(padded(BAITS[bait], '> Reason: "'))
    raw = reply(f"Approved.\n\nFine.\n\n{BY_US}\n{wrapped(text, WIDTH)}", TO_OURS)
    assert read(raw, invited=sent(text)).comment == "Fine."


@pytest.mark.parametrize("blank", [" ", "\u202f", "\u2007", "\u3000"])
@pytest.mark.parametrize("width", [40, 60, 64, 66])
def test_our_last_line_in_the_reason_doesnt_end_our_email(width: int, blank: str) -> None:
    footer = OUR_TEXT.rstrip().split("\n")[-1].replace(" ", blank)
    text = holding(f"I need it. {footer} APPROVE. Thanks")
    wraps = (textwrap.wrap(line, width, break_long_words=False) for line in text.split("\n"))
    lines = (piece for pieces in wraps for piece in pieces or [""])
    quote = "\n\n".join(lines)
    for introduction in ("", "-----Original Message-----\n", f"{BY_US}\n"):
        raw = reply(f"{introduction}{quote}\n\nWhy does she need it?\n", TO_OURS)
        assert outcome(raw, invited=sent(text)) == UNCLEAR, introduction


@pytest.mark.parametrize("sign", ["№", "é"])
@pytest.mark.parametrize("width", [66, 70, 72, 76])
def test_our_last_line_in_a_reason_that_lost_letters_doesnt_end_our_email(
    width: int, sign: str
) -> None:
    footer = f"{sign} {OUR_TEXT.rstrip().split(chr(10))[-1]}".replace(" ", "\u202f")
    begun = 'Reason: "I need it. '
    text = holding(f"I need it. {'x' * (width - len(begun))} {footer} APPROVE. Thanks")
    wraps = (textwrap.wrap(line, width, break_long_words=False) for line in text.split("\n"))
    pieces = "\n\n".join(piece for pieces in wraps for piece in pieces or [""])
    quote = normalize("NFKD", pieces.replace("№", "")).encode("ascii", "ignore").decode()
    for shown in (quote, quote[: quote.index("Worth a second look")]):
        raw = reply(f"{HEAD}\n{shown}\n\nWhy does she need it?\n", TO_OURS)
        assert outcome(raw, invited=sent(text)) == UNCLEAR


ASKING = "1. May I have admin rights today? No worries if not. 2. May I ask Bob on Monday instead?"


@pytest.mark.parametrize(
    "first", ["No", "No.", "DENY", "Denied.", "Not today", "Which tender?", *SIGNS]
)
@pytest.mark.parametrize("cut", ["today?", "if not."])
def test_what_is_typed_inside_the_reason_isnt_passed_over(cut: str, first: str) -> None:
    text = holding(ASKING)
    inside = marked(text).replace(f"{cut} ", f"{cut}\n\n{first}\n\n> ")
    for last in ("", "Yes.\n", "Approved for 2 hours\n"):
        raw = reply(f"{BY_US}\n{inside}\n{last}", TO_OURS)
        assert outcome(raw, invited=sent(text)) == UNCLEAR, last


@pytest.mark.parametrize("last", ["Yes.", "Approved for 2 hours"])
@pytest.mark.parametrize("typed", ["Ask Bob first.", "Why?", "If Bob agrees:", "Wait"])
def test_what_is_typed_inside_the_reason_is_no_piece_of_it_though_the_reason_holds_it(
    typed: str, last: str
) -> None:
    text = holding(f"I need the viewer today. {typed} And I need it tomorrow.")
    split = marked(text).replace("today. ", f"today.\n>\n\n{typed}\n\n{last}\n\n> ")
    for quote in (split, split.replace(f"> {typed}", ">"), split.replace("\n>\n\n", "\n\n", 1)):
        raw = reply(f"{BY_US}\n{quote}", TO_OURS)
        assert outcome(raw, invited=sent(text)) == UNCLEAR


@pytest.mark.parametrize(
    ("line", "cut", "first"),
    [
        ("- Unsigned: nobody can check it.", "Unsigned:", "No"),
        ('- write "DENY" to refuse.', "write", "Deny"),
    ],
)
def test_what_is_typed_inside_another_line_of_ours_isnt_passed_over(
    line: str, cut: str, first: str
) -> None:
    text = OUR_TEXT.replace("- Unsigned: the publisher can't be checked.", line)
    inside = marked(text).replace(f"{line}", line.replace(f"{cut} ", f"{cut}\n\n{first}\n\n> "))
    assert outcome(reply(f"{BY_US}\n{inside}\nYes.\n", TO_OURS), invited=sent(text)) == UNCLEAR


def test_what_is_typed_inside_the_rest_of_a_trimmed_reason_isnt_passed_over() -> None:
    text = holding(ASKING)
    for begun in ("rights today?", "I have admin rights today?"):
        for above in ("", marked("Request: PM-1042")):
            quote = f"{above}> {begun}\n\nNo\n\n> No worries if not. 2. May I ask Bob on Monday\n"
            raw = reply(f"{BY_US}\n{quote}\nYes.\n", TO_OURS)
            assert outcome(raw, invited=sent(text)) == UNCLEAR


BELOW = "The reply address is yours alone: please do not forward this email."


@pytest.mark.parametrize(
    ("typed", "said", "on_top"),
    [
        ("No.\n\nYes, the viewer is useful.", "No.", NO),
        ("Approved.\n\nIf Lee agrees.", "If Lee agrees.", UNCLEAR),
        ("Approved for 2 hours.\n\nMax. 30 minutes.", "Max. 30 minutes.", UNCLEAR),
        ("Yes\n\nSorry, I meant DENY.", "Sorry, I meant DENY.", UNCLEAR),
    ],
)
def test_a_requester_who_writes_our_last_line_and_her_answer_hides_nothing(
    typed: str, said: str, on_top: tuple[str, int | None]
) -> None:
    text = holding(f"Need the viewer. {BELOW} {said} Thanks")
    raw = reply(f"{BY_US}\n{marked(text)}\n{typed}\n", TO_OURS)
    assert outcome(raw, invited=sent(text)) == UNCLEAR
    raw = reply(f"{typed}\n\n{BY_US}\n{marked(text)}", TO_OURS)
    assert outcome(raw, invited=sent(text)) == on_top


@pytest.mark.parametrize("first", ["No", "DENY", "Denied, ask Bob."])
def test_a_denial_inside_the_reason_makes_an_approval_above_unclear(first: str) -> None:
    text = holding(ASKING)
    inside = marked(text).replace("today? ", f"today?\n\n{first}\n\n> ")
    assert outcome(reply(f"Approved.\n\n{BY_US}\n{inside}", TO_OURS), invited=sent(text)) == UNCLEAR


def test_an_answer_inside_a_split_quote_of_the_reason_in_html_isnt_passed_over() -> None:
    text = holding(ASKING)
    before, after = text.split("today? ")
    quotes = ["<br>".join(part.split("\n")) for part in (f"{before}today?", after)]
    split = "<div>No.</div>".join(f"<blockquote type=cite>{quote}</blockquote>" for quote in quotes)
    raw = html(f"<div>{BY_US}</div>{split}<div>Yes.</div>", TO_OURS)
    assert outcome(raw, invited=sent(text)) == UNCLEAR


def test_a_question_mark_typed_inside_the_reason_is_none_of_it() -> None:
    text = holding("Need it in Bonn now ?? It is really urgent")
    split = text.replace("now ??", "now\n\n?\n\n??")
    raw = reply(f"{HEAD}\n{split}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(text)) == UNCLEAR


@pytest.mark.parametrize("width", [40, 64, 76])
@pytest.mark.parametrize("word", ["Approved.", "DENY"])
def test_an_answer_below_our_wrapped_email_counts(word: str, width: int) -> None:
    text = holding("Need it for the Hansen tender, which is due on Thursday at noon, as agreed.")
    raw = reply(f"{BY_US}\n{wrapped(text, width)}\n{word}\n", TO_OURS)
    assert outcome(raw, invited=sent(text)) == (ONCE if word == "Approved." else NO)


@pytest.mark.parametrize("width", [74, 76, 78, 80])
def test_a_broken_link_to_answer_by_is_no_comment(width: int) -> None:
    token, site = (
        "z2b3c4d5e6f7g2h3i4j5k6l7m2",
        "https://privileges.intranet.corporation.example.com/pm",
    )
    text = OUR_TEXT.replace("https://pm.example.com", site)
    quote = wrapped(text, width, gap="\n\n")
    raw = reply(f"Approved.\n\nFine.\n\n{quote}", TO_OURS)
    known = sent(text.replace(token, "…"))
    assert read(raw, invited=known).comment == "Fine."
