"""Messages made to hurt: none raises, none decides what it should not, none takes long."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.reply import Invited, Outcome, Step
from approvals.reply.encoded_words import MAX_SUBJECTS, subjects_of
from approvals.reply.limits import MAX_MESSAGE
from tests.approvals.reply.incoming import (
    OUR_TEXT,
    SENT_ID,
    both,
    entity,
    html,
    marked,
    message,
    multipart,
    part,
    read,
)

SLOWEST = 5.0  # seconds on a busy machine; most take a few hundredths
TEXT = "text/plain; charset=utf-8"
SIZES = [16_384, 500_000]
PIECES = {
    "on wrote": "On wrote ",
    "on wrote lines": "On wrote\n",
    "on dates": "On 14/07/2026 09:26 a@b.example\n",
    "blanks": " ",
    "no-break blanks": "\u00a0",
    "newlines": "\n",
    "marks": ">",
    "marks and blanks": "> ",
    "marked lines": ">\n",
    "bars": "|",
    "dashes": "-",
    "underscores": "_",
    "stars": "*",
    "colons": "a:",
    "labels": "From: a\n",
    "other labels": "To: a\n",
    "reasons": 'Reason: "\n',
    "soft breaks": "a \n",
    "words": "APPROVE ",
    "letters": "A",
    "yes lines": "YES\n",
    "closings": "regards\n",
    "durations": "1 h ",
    "combining": "A\u0301",
    "at signs": "a@",
    "angle brackets": "<",
}
MARKUP = {
    "div": "<div>",
    "b": "<b>",
    "blockquote": "<blockquote>",
    "gmail": '<div class="gmail_quote">',
    "table": "<table><tr><td>",
    "comment": "<!--",
    "closed comments": "<!---->",
    "attributes": "<a b=",
    "entities": "&#",
    "closing": "</div>",
    "br": "<br>",
    "style": '<span style="' + "a:b;" * 50 + '">x</span>',
    "sheet": "<style>a{",
    "p": "<p>x",
    "open": "<",
    "a lists": "<ul><li>",
    "font": "<font><a>",
}


def timed(raw: bytes) -> str:
    started = time.perf_counter()
    reading = read(raw)
    assert time.perf_counter() - started < SLOWEST
    return str(reading.outcome)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PIECES)
def test_no_text_takes_long(name: str, size: int) -> None:
    text = PIECES[name] * (size // len(PIECES[name].encode()))
    for kind in (TEXT, f"{TEXT}; format=flowed; delsp=yes"):
        assert timed(message(text, f"Content-Type: {kind}")) in ("unclear", "rejected", "approve")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", MARKUP)
def test_no_markup_takes_long(name: str, size: int) -> None:
    assert timed(html(MARKUP[name] * (size // len(MARKUP[name])))) in ("unclear", "rejected")


@pytest.mark.parametrize(
    "filling",
    [
        "(",
        "(x",
        '"',
        "\\",
        "; x=y",
        "; dmarc=pass header.from=example.com",
        "a.",
        " ",
        "=?utf-8?Q?",
    ],
)
@pytest.mark.parametrize(
    "name",
    [
        "Authentication-Results",
        "From",
        "To",
        "Subject",
        "References",
        "Content-Type",
        "In-Reply-To",
    ],
)
def test_no_header_takes_long(name: str, filling: str) -> None:
    value = filling * (30_000 // len(filling))
    raw = message("APPROVE")
    assert timed(f"{name}: {value}\r\n".encode() + raw) != "deny"
    assert timed(f"{name}: mx.example.com; {value}\r\n".encode() + raw) != "deny"


def test_deep_nesting_is_refused() -> None:
    raw = part(TEXT, "APPROVE")
    for depth in range(3000):
        head, mark = f'Content-Type: multipart/mixed; boundary="{depth}"\r\n\r\n', f"--{depth}\r\n"
        raw = (head + mark).encode() + raw
    assert timed(entity(raw)) == "rejected"


def test_many_parts_are_refused() -> None:
    assert timed(entity(multipart("mixed", *[part(TEXT, "APPROVE")] * 50_000))) == "rejected"
    assert timed(entity(multipart("mixed", *[b""] * 200_000))) == "rejected"


@pytest.mark.parametrize(
    "raw",
    [
        message("APPROVE\n" + "x" * MAX_MESSAGE),
        message("APPROVE\n" + "x" * 2_000_000),
        message("APPROVE", *["X-A: b"] * 1000),
        message("APPROVE", *["X-A: b"] * 100_000),
        message("APPROVE", "X-A: " + "b" * 100_000),
        message("APPROVE", "X-A: b" + "\r\n b" * 100_000),
        message("APPROVE", "Cc: " + "reply+a@\u00fc.example," * 1001),
        message("APPROVE", "no field"),
        b" APPROVE",
    ],
    ids=[
        "huge",
        "long text",
        "fields",
        "many fields",
        "long field",
        "folded field",
        "recipients",
        "no field",
        "fold first",
    ],
)
def test_what_is_too_much_is_refused_and_says_so(raw: bytes) -> None:
    reading = read(raw)
    assert reading.outcome is Outcome.REJECTED
    assert reading.steps[-1].name == "Limits"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=3000))
def test_no_bytes_raise_and_none_decide(raw: bytes) -> None:
    reading = read(raw)
    assert reading.outcome not in (Outcome.APPROVE, Outcome.DENY)
    assert all(isinstance(step, Step) for step in reading.steps)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(
        [TEXT, "text/html", "text/plain; format=flowed", "multipart/mixed; boundary=a"]
    ),
)
def test_no_body_raises_and_no_decision_comes_without_a_word(body: bytes, kind: str) -> None:
    reading = read(message(body, f"Content-Type: {kind}"))
    if reading.outcome in (Outcome.APPROVE, Outcome.DENY):
        assert reading.first_line[:1].upper() in "ADGNRY*_"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_message_damaged_anywhere_never_turns_a_denial_into_an_approval(
    data: st.DataObject,
) -> None:
    whole = both(f"DENY\n\nno\n\n{marked()}", "<p>DENY</p><blockquote>Approve</blockquote>")
    at = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.binary(max_size=6))
    cut = data.draw(st.integers(0, 30))
    assert read(whole[:at] + junk + whole[at + cut :]).outcome is not Outcome.APPROVE


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=400).filter(lambda reason: '"' not in reason),
    st.integers(20, 90),
    st.booleans(),
)
def test_no_reason_of_a_requester_answers_for_the_approver(
    reason: str, width: int, is_marked: bool
) -> None:
    shown = "".join(char if char.isprintable() else "?" for char in reason)
    line = f'Reason: "{shown} APPROVE."'
    pieces = [line[at : at + width] for at in range(0, len(line), width)]
    text = OUR_TEXT.split("Reason")[0] + "\n".join(pieces)
    raw = message(marked(text) if is_marked else text, f"Content-Type: {TEXT}")
    assert read(raw).outcome is Outcome.UNCLEAR


def test_what_a_database_cannot_store_is_not_handed_on() -> None:
    for reading in (
        read(message("x\0y", f"References: {SENT_ID}")),
        read(message("APPROVE", sender="a\0b@example.com")),
        read(message("APPROVE", sender="\udcff@example.com")),
    ):
        assert "\0" not in repr(reading).replace("\\x00", "\0")
        assert "\\udc" not in repr(reading)


def test_more_addresses_than_recipients_can_have_are_refused() -> None:
    reading = read(message("APPROVE", *[f"Cc: {'a@' * 15_000}"] * 8))
    assert (reading.outcome, reading.steps[-1].name) == (Outcome.REJECTED, "Limits")
    named = ", ".join(f"'a{n}@x.example' <a{n}@x.example>" for n in range(700))
    assert read(message("APPROVE", f"Cc: {named}")).outcome is Outcome.APPROVE


def test_of_many_subjects_the_lowest_are_read_and_the_others_doubted() -> None:
    """A signature covers the lowest; whoever sends the message on may put others on top."""
    invited = Invited("i-1", "dana@example.com", "pending", number="PM-1042")
    words = [f"Subject: {'=?utf-8?q?a?= ' * 300}"] * 60
    doubted = read(message("APPROVE", *words), invited=invited)
    assert doubted.outcome is Outcome.UNCLEAR
    away = read(message("APPROVE", *words, "Subject: Automatic reply: x"), invited=invited)
    assert (away.outcome, away.out_of_office) == (Outcome.IGNORED, True)
    assert len(subjects_of((("subject", "x"),) * 60)) == MAX_SUBJECTS
