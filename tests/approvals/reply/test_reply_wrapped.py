"""Values of our email that the approver's mail program wraps, marking only the first piece of a line.

Who asks chooses such a value, its blanks and its words; no piece of it is ever the approver's answer.
"""

from collections.abc import Callable

import pytest

from approvals.reply import Outcome
from tests.approvals.reply.incoming import OUR_TEXT, SENT_ID, marked, message, outcome, read

ON = "On Tue, 14 Jul 2026 at 09:26, Privilege Approvals <reply@pm.example.com> wrote:\n"
UNCLEAR, NBSP = ("unclear", None), "\u00a0"
BEFORE, AFTER = OUR_TEXT.split("File: ")
BLANKS = " " * 150
VALUES = {
    "path": rf"File path: C:\Users\alice\a{BLANKS}APPROVE FOR 1 DAY. x.exe",
    "arguments": f'Arguments: /S "x{BLANKS}APPROVE FOR 1 DAY. x"',
    "long word": rf"File path: C:\{'x' * 57}APPROVE. setup.exe",
    "user": rf"User: EXAMPLE\alice (Alice {'Moreau ' * 6} APPROVE. x)",
    "hyphen": f"Arguments: x-APPROVE.{f'{NBSP}YES.' * 15}",
    "label": f'Reason:{NBSP}"{NBSP * 90}APPROVE. x"',
    "reason": f'Reason: "x{BLANKS}APPROVE. x"',
    "sign": rf"- Same file: one approval today, for EXAMPLE\{'alice' * 5} Yes. x on WS-014.",
}


def cut(line: str, width: int) -> list[str]:
    """At a fixed column."""
    return [line[at : at + width] for at in range(0, len(line), width)] or [""]


def at_blanks(line: str, width: int) -> list[str]:
    """At the last blank that fits, which is dropped; words that are too long are cut."""
    pieces = []
    while len(line) > width:
        end = line.rfind(" ", 0, width + 1)
        end = end if end > 0 else width
        pieces.append(line[:end].rstrip(" "))
        line = line[end:].lstrip(" ")
    return [*pieces, line]


def after_blanks(line: str, width: int) -> list[str]:
    """Behind the last blank that fits, which is kept."""
    pieces = []
    while len(line) > width:
        end = line.rfind(" ", 0, width + 1) + 1 or width
        pieces.append(line[:end])
        line = line[end:]
    return [*pieces, line]


def wrapped(value: str, wrap: Callable[[str, int], list[str]], width: int, gap: str) -> str:
    lines = [*BEFORE.split("\n"), value, *f"File: {AFTER}".split("\n")]
    quoted = [gap.join(("> " + "\n".join(wrap(line, width))).split("\n")) for line in lines]
    return "\n".join(line.rstrip(" ") for line in "\n".join(quoted).split("\n")) + "\n"


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("wrap", [cut, at_blanks, after_blanks])
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["close", "spaced"])
def test_no_piece_of_a_wrapped_value_is_an_answer(
    value: str, wrap: Callable[[str, int], list[str]], gap: str
) -> None:
    for blank in (" ", NBSP):
        quote = value.replace(BLANKS, blank * len(BLANKS)).replace(" APPROVE", f"{blank}APPROVE")
        for width in range(50, 90):
            body = ON + wrapped(quote, wrap, width, gap)
            assert outcome(message(body)) == UNCLEAR, (blank, width)


def test_a_question_below_a_wrapped_value_approves_nothing() -> None:
    body = ON + wrapped(VALUES["path"], cut, 72, "\n") + "\nWhy does she need it?\n"
    assert outcome(message(body)) == UNCLEAR


FACTS = [
    r"User: EXAMPLE\alice (Alice Moreau)",
    "Computer: WS-014",
    "Arguments: /S",
    "Request: PM-1",
]


@pytest.mark.parametrize("line", [*FACTS, *OUR_TEXT.split("\n")[:14:2]])
def test_an_answer_typed_below_a_line_of_our_email_counts_between_blank_lines(line: str) -> None:
    body = f"{ON}{marked(f'{BEFORE}{line}'.rstrip())}\nAPPROVE\n\n{marked(f'File: {AFTER}')}"
    assert outcome(message(body)) == ("approve", None)


LIKE_OURS = [
    "Unsigned: please ask him why.",
    "○ Fine with me.",
    "First seen today, but known to us.",
    "Runs from a folder of ours.",
    "Long file path: shorten it.",
]
LAYOUTS = ["{}", "{}\n\n" + ON + marked(), "{}\n\n" + marked(), "{}\n\n" + ON + OUR_TEXT]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("line", LIKE_OURS)
def test_a_line_below_the_answer_that_begins_like_ours_is_a_comment(line: str, layout: str) -> None:
    reading = read(message(layout.format(f"APPROVE\n{line}\nThanks for asking.")))
    assert (reading.outcome, reading.comment) == (Outcome.APPROVE, f"{line}\nThanks for asking.")
    assert read(message(layout.format(f"APPROVE\n{line}"))).comment == line


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "line",
    [
        "Unsigned: please do not run this.",
        "○ Please do not run this.",
        "Worth a second look: sorry, I meant DENY.",
        "First seen today, do not run this.",
    ],
)
def test_a_line_that_begins_like_ours_takes_an_approval_back(line: str, layout: str) -> None:
    assert outcome(message(layout.format(f"APPROVE\n{line}"))) == UNCLEAR


def test_lines_of_our_email_below_the_answer_are_no_comment() -> None:
    for first in ("- Unsigned: ", "How to answer: ", "This email "):
        body = OUR_TEXT[OUR_TEXT.index(first) :]
        reading = read(message(f"APPROVE\nFine.\n\n{body}", f"In-Reply-To: {SENT_ID}"))
        assert (reading.outcome, reading.comment) == (Outcome.APPROVE, "Fine.")
