"""How far a body is read: what lies beyond makes a reply unclear, and never an approval."""

import pytest

from approvals.reply.limits import (
    MAX_ABOVE,
    MAX_BELOW,
    MAX_DEPTH,
    MAX_MESSAGE,
    MAX_PARSED,
    MAX_SHOWN,
)
from approvals.reply.parts import Part, parse_message
from tests.approvals.reply.incoming import (
    entity,
    html,
    marked,
    message,
    multipart,
    outcome,
    part,
    read,
)
from tests.approvals.reply.test_reply_parts import signed_data

ONCE, UNCLEAR = ("approve", None), ("unclear", None)
FLOWED = "Content-Type: text/plain; charset=utf-8; format=flowed"
LONG = "> quoted\n" * 20_000


def test_below_an_answer_any_length_of_quote_may_follow() -> None:
    assert outcome(message(f"APPROVE\n\nFine.\n\n{LONG}")) == ONCE
    assert outcome(html("<p>APPROVE</p>" + "<blockquote>quoted</blockquote>" * 10_000)) == ONCE


@pytest.mark.parametrize("filling", ["> quoted\n", "\n"])
def test_an_answer_far_below_is_not_looked_for(filling: str) -> None:
    for lines, expected in ((MAX_ABOVE - 50, ONCE), (MAX_ABOVE + 50, UNCLEAR)):
        assert outcome(message(filling * lines + "\nAPPROVE\n")) == expected


def test_it_says_that_nothing_was_written_so_far_above() -> None:
    reading = read(message(LONG + "\nAPPROVE\n"))
    assert f"Nothing is written in the first {MAX_ABOVE} lines" in reading.reason


@pytest.mark.parametrize("filling", [" ", "\t", "\u00a0"])
@pytest.mark.parametrize("count", [10, 390, 800, 60_000])
def test_a_condition_far_to_the_right_counts(filling: str, count: int) -> None:
    assert outcome(message(f"APPROVE{filling * count}unless Lee objects\n")) == UNCLEAR
    assert outcome(html(f"<pre>APPROVE{filling * count}unless Lee objects</pre>")) == UNCLEAR
    assert outcome(message(f"APPROVE{filling * count}\n")) == ONCE


@pytest.mark.parametrize("more", ["", "; delsp=yes"])
@pytest.mark.parametrize("lines", [300, MAX_ABOVE + MAX_BELOW, 10_000])
def test_a_line_that_goes_on_beyond_the_limit_does_not_approve(lines: int, more: str) -> None:
    text = "APPROVE \n" + "  \n" * lines + "unless Lee objects\n"
    assert outcome(message(text, FLOWED + more)) == UNCLEAR


@pytest.mark.parametrize("filling", ["<i></i>", "<b> </b>", "<!-- -->", "<span>"])
@pytest.mark.parametrize("count", [10, MAX_SHOWN - 3, MAX_SHOWN, 20_000])
def test_a_line_of_html_that_goes_on_beyond_the_limit_does_not_approve(
    filling: str, count: int
) -> None:
    assert outcome(html(f"APPROVE{filling * count} unless Lee objects")) in (
        UNCLEAR,
        ("rejected", None),
    )


@pytest.mark.parametrize("depth", [100, 255, 256, 300, 390, 2000])
def test_what_stands_in_deep_nesting_is_not_lost(depth: int) -> None:
    """A parser that gives up there would leave the answer without its end."""
    found = outcome(html(f"APPROVE{'<span>' * depth} unless Lee objects"))
    assert found in (UNCLEAR, ("rejected", None))


def test_a_wrapped_line_just_above_the_limit_is_read_with_the_next_one() -> None:
    answer = "Approved, as far as I am concerned, go ahead with it all\nunless Lee objects.\n"
    for blank in range(MAX_ABOVE - 3, MAX_ABOVE + 3):
        assert outcome(message("\n" * blank + answer)) == UNCLEAR


@pytest.mark.parametrize(("count", "expected"), [(2, ONCE), (8, UNCLEAR)])
def test_many_forms_of_a_text_may_not_all_be_long(count: int, expected: tuple[str, None]) -> None:
    long = part("text/html; charset=utf-8", "<br>" * 900 + "APPROVE")
    assert outcome(entity(multipart("alternative", *[long] * count))) == expected


def test_the_comment_is_what_stands_near_the_answer() -> None:
    assert read(message(f"APPROVE\nFine.\n{marked()}\nMore.\n")).comment == "Fine.\n\nMore."
    assert read(message("APPROVE\nFine.\n" + "> x\n" * MAX_BELOW + "\nMore\n")).comment == "Fine."


def test_style_sheets_beyond_all_measure_are_refused() -> None:
    assert outcome(html(f"<style>{'[a]' * 2_100}{{}}</style><p>APPROVE</p>"))[0] != "approve"
    for sheet in ("a{color:white}" * 3000, ",a" * 5000 + "{color:white}"):
        assert outcome(html(f"<style>{sheet}</style><p>APPROVE</p>"))[0] == "rejected"


def nested(mime: bytes, levels: int) -> bytes:
    """Multiparts inside of each other around a part."""
    for level in range(levels):
        mime = multipart("mixed", mime, boundary=f"{level}-{len(mime)}-")
    return mime


def opaque(mime: bytes) -> bytes:
    """A part that is S/MIME signed-data."""
    return part("application/pkcs7-mime; smime-type=signed-data", signed_data(mime))


def test_what_is_signed_is_nested_like_all_the_rest() -> None:
    text = part("text/plain; charset=utf-8", "APPROVE")
    for signed, expected in ((opaque(text), "approve"), (opaque(nested(text, 5)), "rejected")):
        reading = read(entity(nested(signed, MAX_DEPTH - 4)))
        assert reading.outcome == expected
    assert reading.reason == "The message's parts are nested too deeply."


def test_a_large_message_is_nested_less_deeply() -> None:
    most = MAX_PARSED // MAX_MESSAGE
    text = part("text/plain; charset=utf-8", "APPROVE")
    picture = part("image/png; name=a.png", b"x" * (MAX_MESSAGE - 10_000))
    both = multipart("related", text, picture, boundary="r")
    for levels, expected in ((most - 2, "approve"), (most, "rejected")):
        assert outcome(entity(nested(both, levels - 1)))[0] == expected


def test_no_bytes_are_kept_twice() -> None:
    picture = part("image/png; name=a.png", b"x" * 60_000)
    raw = entity(nested(opaque(nested(picture, 3)), 3))

    def kept(found: Part) -> int:
        return len(found.body) + sum(map(kept, found.children))

    assert kept(parse_message(raw)) == 60_000


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("Sent from my iPhone", ("approve", 120)),
        ("sent from my iPad if Lee agrees", ("unclear", None)),
        ("once Lee is back", ("unclear", None)),
    ],
)
def test_a_phones_line_directly_below_a_long_one_does_not_go_on_with_it(
    below: str, expected: tuple[str, int | None]
) -> None:
    long = "Approve for 2 hours, thanks for asking me about the viewer that was"
    assert outcome(message(f"{long}\n{below}\n")) == expected
