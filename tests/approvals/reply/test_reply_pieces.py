"""Pieces of our email that programs wrapped, known by what was sent, whatever the requester wrote."""

import textwrap
from dataclasses import replace
from unicodedata import normalize

import pytest

from approvals.reply import Email, Invited
from tests.approvals.reply.colleagues import INVITED, TO_OURS, reply
from tests.approvals.reply.incoming import OUR_TEXT, html, marked, outcome, read

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)
BY_US = "On Tue, 14 Jul 2026 at 10:00, PM Console <pm@example.com> wrote:"
HEAD = (
    "From: PM Console <pm@example.com>\nSent: 14 Jul 2026 10:00\nTo: dana@example.com\nSubject: x\n"
)
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


def sent(text: str) -> Invited:
    return replace(INVITED, sent=(Email(text),))


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


SIGNS = ["\U0001f44e", "❌", "...", "—"]


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


@pytest.mark.parametrize(
    ("directly", "below"),
    [
        ("DENY, unsigned.", "Y."),
        ("Who is alice, and why does she need it?", "Y."),
        ("No, I don't want unsigned programs.", "Granted, the vendor is known."),
        ("Approve for 30 minutes.", "Approved."),
    ],
)
def test_what_is_typed_directly_below_our_email_isnt_passed_over(directly: str, below: str) -> None:
    for quote in (f"{BY_US}\n{marked()}", f"{HEAD}\n{OUR_TEXT}"):
        raw = reply(f"{quote.rstrip()}\n{directly}\n\n{below}\n", TO_OURS)
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("typed", ["DENY", "No", "Why?", "If Lee agrees.", *SIGNS])
def test_what_is_typed_inside_our_email_without_marks_isnt_passed_over(typed: str) -> None:
    heading = "Worth a second look:"
    quote = OUR_TEXT.replace(heading, f"{typed}\n\n{heading}")
    raw = reply(f"{HEAD}\n{quote}\n\nYes.\n", TO_OURS, "Content-Type: text/plain; charset=utf-8")
    for known in (sent(OUR_TEXT), INVITED):
        assert outcome(raw, invited=known) == UNCLEAR


LINKS = ["https://scan.example/malicious", "lee@example.com", "www.scan.example", "tel:+4912345"]


@pytest.mark.parametrize("typed", LINKS)
def test_a_link_typed_alone_inside_our_email_without_marks_isnt_passed_over(typed: str) -> None:
    heading = "Worth a second look:"
    quote = OUR_TEXT.replace(heading, f"{typed}\n\n{heading}")
    raw = reply(f"{HEAD}\n{quote}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


def test_a_question_mark_typed_inside_the_reason_is_none_of_it() -> None:
    text = holding("Need it in Bonn now ?? It is really urgent")
    split = text.replace("now ??", "now\n\n?\n\n??")
    raw = reply(f"{HEAD}\n{split}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(text)) == UNCLEAR


INDENTS = [
    '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">{}</blockquote>',
    '<blockquote style="margin-top:0;margin-bottom:0">{}</blockquote>',
    "<blockquote><p>{}</p></blockquote>",
]


@pytest.mark.parametrize("indent", INDENTS)
@pytest.mark.parametrize(
    "typed", ["DENY", "No.", "Wait for Lee.", "Why?", "---- NO ----", "External sender?", *SIGNS]
)
def test_what_is_typed_indented_above_or_below_our_email_isnt_passed_over(
    typed: str, indent: str
) -> None:
    ours = "<br>".join(OUR_TEXT.split("\n"))
    quote = f"<div>{BY_US}</div><blockquote type=cite>{ours}</blockquote><br>"
    indented = indent.format(typed)
    for text in (f"{quote}{indented}<br>", f"{indented}<br>{quote}"):
        raw = html(f"{text}<div>Yes.</div>", TO_OURS)
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("typed", ["> DENY", "| Wait for Lee.", "DW> No."])
def test_what_is_marked_below_our_email_and_isnt_ours_isnt_passed_over(typed: str) -> None:
    raw = reply(f"{BY_US}\n{marked()}\n\n{typed}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("above", ["Sent from my iPhone", "Sent from Outlook for Android"])
@pytest.mark.parametrize(
    "typed", ["No.", "DENY", "Wait for Lee.", "Why does she need it?", "For 30 minutes", *SIGNS]
)
def test_what_is_typed_below_sent_from_isnt_passed_over(typed: str, above: str) -> None:
    text = f"{above}\n\n{typed}\n\n{BY_US}\n{marked()}\n\nYes.\n"
    raw = reply(text, TO_OURS, "Content-Type: text/plain; charset=utf-8")
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR
    if typed.endswith((".", "?")):
        assert outcome(raw, invited=INVITED) == UNCLEAR


@pytest.mark.parametrize(
    "typed", ["-- NO ----", "---- wait for Lee ----", "____ Who is alice? ____"]
)
def test_words_between_dashes_above_our_email_may_be_typed(typed: str) -> None:
    for quote in (f"\n{BY_US}\n{marked()}", f"\n{HEAD}\n{OUR_TEXT}", marked()):
        raw = reply(f"{typed}\n{quote}\n\nYes.\n", TO_OURS)
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR
    split = marked().replace("> Worth", f"\n{typed}\n\n> Worth")
    raw = reply(f"{BY_US}\n{split}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


NOTES = "PM Console <pm@example.com>\n14 Jul 2026 10:00\n\nTo\nDana\nSubject\nApproval needed\n"


def test_what_is_typed_between_notes_head_and_our_email_is_no_part_of_the_head() -> None:
    for typed, expected in (("", ONCE), ("DENY\n\n", UNCLEAR), ("Wait for Lee.\n\n", UNCLEAR)):
        for quote in (OUR_TEXT, marked()):
            raw = reply(f"{NOTES}\n{typed}{quote}\n\nYes.\n", TO_OURS)
            assert outcome(raw, invited=sent(OUR_TEXT)) == expected, typed


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ('- write "DENY" to refuse.', "- DENY"),
        ("- Unsigned: the publisher can't be checked.", "Unsigned"),
        ("- Unsigned: the publisher can't be checked.", "- the publisher"),
    ],
)
def test_a_piece_of_ours_whose_rest_is_missing_may_be_typed(line: str, typed: str) -> None:
    quote = OUR_TEXT.replace(line, f"\n{typed}\n")
    raw = reply(f"{HEAD}\n{quote}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("sign", ["?", "???", *SIGNS])
def test_signs_around_a_gateways_banner_are_the_first_line(sign: str) -> None:
    for top in (f"CAUTION: external sender\n\n{sign}", f"{sign}\n\nClassification: Internal"):
        text = f"{top}\n\nYes.\n\n{BY_US}\n{marked()}"
        raw = reply(text, TO_OURS, "Content-Type: text/plain; charset=utf-8")
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("typed", ["External sender?", "[EXTERNAL]?"])
def test_a_question_above_our_email_without_marks_is_no_banner(typed: str) -> None:
    raw = reply(f"{HEAD}\n{typed}\n\n{OUR_TEXT}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


def test_an_answer_directly_below_the_last_field_of_a_head_is_no_part_of_it() -> None:
    subject = "x" * 60
    head = HEAD.replace("Subject: x", f"Subject: [PM-1042] {subject}").rstrip()
    raw = reply(f"{head}\nDENY\n\n{OUR_TEXT}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


def test_a_link_alone_in_an_indent_below_our_email_isnt_passed_over() -> None:
    ours = "<br>".join(OUR_TEXT.split("\n"))
    quote = f"<div>{BY_US}</div><blockquote type=cite>{ours}</blockquote><br>"
    for link in LINKS:
        raw = html(f"{quote}{INDENTS[0].format(link)}<br><div>Yes.</div>", TO_OURS)
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize("sign", SIGNS[:2])
def test_a_picture_in_an_indent_inside_a_line_of_ours_isnt_passed_over(sign: str) -> None:
    begun, rest = (part.replace("\n", "<br>") for part in OUR_TEXT.split("the publisher"))
    for indent in INDENTS:
        typed = indent.format(sign)
        quote = f"<blockquote type=cite>{begun}{typed}the publisher{rest}</blockquote>"
        raw = html(f"<div>{BY_US}</div>{quote}<br><div>Yes.</div>", TO_OURS)
        assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization",
        "[EXTERNAL EMAIL] DO NOT CLICK links or attachments unless you recognize the sender",
    ],
)
def test_what_is_typed_directly_below_a_gateways_banner_is_the_first_line(banner: str) -> None:
    for typed, expected in (("Wait for Lee", UNCLEAR), ("Never", UNCLEAR), ("DENY", NO)):
        raw = reply(f"{banner}\n{typed}\n\nYes.\n\n{BY_US}\n{marked()}", TO_OURS)
        assert outcome(raw, invited=sent(OUR_TEXT)) == expected, typed
    assert outcome(reply(f"{banner}\nYes.\n", TO_OURS), invited=sent(OUR_TEXT)) == ONCE


@pytest.mark.parametrize("typed", ["Unsigned.", 'Write "DENY"', "User alice"])
def test_the_beginning_of_a_line_of_ours_above_an_answer_may_be_typed(typed: str) -> None:
    ours = "<br>".join(OUR_TEXT.split("\n"))
    quote = f"<div>{BY_US}</div><blockquote type=cite>{ours}</blockquote><br>"
    raw = html(f"{quote}{INDENTS[0].format(typed)}<br><div>Yes.</div>", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == UNCLEAR


def test_a_signature_on_top_hides_no_answer_below_our_email() -> None:
    above = "-- \nDana Whitfield\nHead of IT | Example Ltd"
    raw = reply(f"{above}\n\n{BY_US}\n{marked()}\n\nYes.\n", TO_OURS)
    assert outcome(raw, invited=sent(OUR_TEXT)) == ONCE


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
