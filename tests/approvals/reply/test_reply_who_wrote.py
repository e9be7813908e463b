"""What stands below a line that names who wrote, without marks: no comment, but it may correct one."""

import pytest

from tests.approvals.reply.incoming import OUR_TEXT, marked, message, outcome, read
from tests.approvals.reply.introductions import ATTRIBUTIONS

UTF_8 = "Content-Type: text/plain; charset=utf-8"
UNCLEAR = ("unclear", None)
WRITTEN_BY_OTHERS = [
    "Bob wrote on 14 July 2026 at 9:26 AM:",
    "Bob <bob@example.com> wrote:",
    "As bob@example.com wrote:",
    "Am 12.07.2026 um 10:00 schrieb Bob:",
    "Le 12/07/2026 à 10:00, Bob a écrit :",
    "From: Bob <bob@example.com>\nSent: 12 July 2026 10:00\nTo: Dana\nSubject: x\n",
]
ABOUT_IT = "Alice wrote me on 14 July 2026 at 9:26 AM about it:"
QUOTES = ["", f"\n{ATTRIBUTIONS[0]}\n{marked()}", f"\n{ATTRIBUTIONS[0]}\n\n{OUR_TEXT}"]


@pytest.mark.parametrize("quote", QUOTES)
@pytest.mark.parametrize("introduction", [*WRITTEN_BY_OTHERS, ABOUT_IT])
@pytest.mark.parametrize(
    "said",
    [
        "Sorry, I meant DENY.",
        "I deny this request.",
        "Please do not run this.",
        "Max. 30 minutes.",
        "It is for the tender.\n\nSorry, I meant DENY.",
    ],
)
def test_what_takes_an_approval_back_counts_below_a_line_that_names_who_wrote(
    said: str, introduction: str, quote: str
) -> None:
    for gap in ("", "\n"):
        text = f"APPROVE FOR 2 HOURS\n\n{introduction}\n{gap}{said}\n{quote}"
        assert outcome(message(text, UTF_8)) == UNCLEAR


@pytest.mark.parametrize("quote", QUOTES)
@pytest.mark.parametrize("introduction", WRITTEN_BY_OTHERS)
def test_what_stands_below_a_line_that_names_who_wrote_is_no_comment(
    introduction: str, quote: str
) -> None:
    text = f"DENY\nFine.\n\n{introduction}\nIt is for the tender.\n{quote}"
    reading = read(message(text, UTF_8))
    assert (reading.outcome, reading.comment) == ("deny", "Fine.")
    text = f"DENY\n\n{introduction}\nSorry, I meant APPROVE.\n{quote}"
    assert outcome(message(text, UTF_8)) == UNCLEAR


@pytest.mark.parametrize("quote", QUOTES)
def test_a_sentence_that_goes_on_behind_who_wrote_when_is_typed_with_what_stands_below(
    quote: str,
) -> None:
    comment = f"{ABOUT_IT}\nit is for the tender."
    reading = read(message(f"APPROVE\n\n{comment}\n{quote}"))
    assert (reading.outcome, reading.comment) == ("approve", comment)
    assert outcome(message(f"{ABOUT_IT}\n{ATTRIBUTIONS[0]}\n{marked()}\nAPPROVE\n")) == UNCLEAR


def test_a_gateways_banner_above_our_email_without_marks_takes_nothing_back() -> None:
    banner = "CAUTION: This email came from outside. Do not click links or open attachments."
    for introduction in ATTRIBUTIONS:
        text = f"APPROVE\nFine.\n\n{introduction}\n\n{banner}\n\n{OUR_TEXT}"
        reading = read(message(text, UTF_8))
        assert (reading.outcome, reading.comment) == ("approve", "Fine.")
