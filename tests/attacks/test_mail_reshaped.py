"""Genuine mail sent on after its white space was changed, which a signature doesn't notice."""

import pytest

from approvals.reply import Outcome
from tests.approvals.reply.incoming import message, outcome
from trial.messages import subject_of

CONDITION = (
    "Yes, that is fine with me for today as far \n"
    "as I can see, but only after Lee has confirmed it."
)
FLOWED = "Content-Type: text/plain; charset=utf-8; format=flowed"


def test_joined_lines_are_cut_to_lose_a_condition() -> None:
    assert outcome(message(CONDITION, FLOWED))[0] == Outcome.UNCLEAR
    assert outcome(message(CONDITION.replace(" \n", "\n"), FLOWED))[0] == Outcome.UNCLEAR
    assert outcome(message(CONDITION.replace(" \n", "\n")))[0] == Outcome.UNCLEAR


def test_the_length_behind_the_break_is_lost() -> None:
    text = "Approved, as he asked me on the phone, for just one\nhour."
    assert outcome(message(text))[0] == Outcome.UNCLEAR


@pytest.mark.parametrize("line", ["Yes, I have seen the ticket, bu=", "Yes, <if Lee agrees>"])
def test_the_encoding_is_taken_away(line: str) -> None:
    assert outcome(message(line))[0] == Outcome.UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "Approved.\nBut tell Alice to uninstall it afterwards.",
        "Approved. I have looked at the publisher and the hash, all fine.\n\nBut do uninstall it.",
        "Approved, thank you for asking, I have seen the ticket myself\nand it is all right.",
    ],
)
def test_an_answer_with_a_comment_still_counts(text: str) -> None:
    assert outcome(message(text))[0] == Outcome.APPROVE


def test_a_subject_with_a_broken_encoded_word_stops_the_trials_mailbox() -> None:
    assert subject_of(b"Subject: =?utf-8?b?a?=\r\n\r\nx")
