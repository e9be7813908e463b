"""Each declared decision word is read as an answer, and kept from the lines of our own mails."""

import pytest

from approvals.letters.guard import begins_with_decision_word, guarded, guarded_html
from approvals.reply.answer import read_answer
from approvals.words import APPROVE, APPROVING, DECISION_WORDS, DENY, DENYING


def test_a_word_either_approves_or_denies_and_our_mails_propose_one_of_each() -> None:
    assert sorted({*APPROVING, *DENYING}) == sorted(DECISION_WORDS)
    assert (APPROVE in APPROVING, DENY in DENYING) == (True, True)


@pytest.mark.parametrize("word", DECISION_WORDS)
@pytest.mark.parametrize("form", ["{}", "{}.", "*{}*", "  {} - thanks"])
def test_every_word_decides_in_either_case(word: str, form: str) -> None:
    expected = "approve" if word in APPROVING else "deny"
    for written in (word, word.lower(), word.capitalize()):
        assert read_answer(form.format(written), 60).outcome == expected


@pytest.mark.parametrize("word", DECISION_WORDS)
def test_every_word_is_kept_from_the_beginning_of_our_lines(word: str) -> None:
    for written in (word, word.lower(), f"*{word}*"):
        assert begins_with_decision_word(f"  {written}.")
        assert guarded(f"please {written}") == f"please\u00a0{written}"
        assert guarded_html(f"<b>please {written}</b>") == f"<b>please\u00a0{written}</b>"
