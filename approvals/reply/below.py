"""What the text below the first line may do to it: say that it was no answer, and nothing else."""

from itertools import pairwise

from approvals.reply.abroad import refuses_abroad
from approvals.reply.answer import first_word, read_answer
from approvals.reply.corrections import (
    APPROVAL,
    CORRECTION,
    DENIAL,
    approves_after_all,
    takes_back,
)
from approvals.reply.doubts import agrees_behind_no
from approvals.reply.endings import OF_MAIL, without_label
from approvals.reply.reading import Outcome
from approvals.reply.refusals import ANOTHER, refuses
from approvals.reply.sentences import lines_said, sentences_of
from approvals.reply.terms import (
    asks_for_something,
    is_condition_alone,
    is_other_time,
    is_plain_condition,
    sets_terms,
)
from approvals.reply.words import AGREES, EMPHASIS, UNDECIDED, UNREAD, any_of, is_negated, words_of
from approvals.words import ANSWERING

# Said below a YES, which may answer something else.
ORDER = any_of(
    r"^\W*(?:so |but |and )?(?:i |we |my answer is )*"
    r"(?:deny|denied|reject|rejected|decline|refuse)\b"
)
MISTAKEN = any_of(r"^\W*(?:sorry\W+)?(?:that|this|it) was (?:a |my )?(?:mistake|error)\W*$")
CANNOT = any_of(r"\b(?:can't|cannot|can not|won't|will not|isn't|is not)\b")
# What signatures and disclaimers don't say.
FOR_ONESELF = any_of(
    r"\bi\b",
    r"\b(?:please|kindly) (?:deny|reject|refuse|decline)(?:\W*$| (?:it|this|that|the|her|his|your)\b)",
    r"\b(?:this|the|your|her|his) request\b",
    r"\bapproval\W*$",
    r"\b(?:do not|don't) (?:run|approve|allow|grant) (?:it|this|that)\b",
    r"^\W*(?:not (?:approved|allowed)|denied|rejected)\b.{0,10}$",
)


def is_taken_back(below: list[str], apart: list[str], *, minutes: int | None, is_yes: bool) -> bool:
    """Whether the text below an approval takes it back or sets its terms.

    A comment may say anything else. `apart` are the first lines of texts that are typed below other
    pieces of our email: "Yes, I remember her." and then "DENY" isn't an approval. `minutes`: its
    duration, which may be corrected too. `is_yes`: it says YES, which may answer something else.
    """
    if any(
        read_answer(line, 10**6).outcome is Outcome.DENY or DENIAL.search(line) for line in apart
    ):
        return True
    said = [without_label(sentence) for sentence in sentences_of(below)]
    if any(is_condition_alone(sentence) or MISTAKEN.match(sentence) for sentence in said[:1]):
        return True
    return any(
        _contradicts(sentence, after)
        or sets_terms(sentence)
        or is_other_time(sentence, minutes)
        or (is_yes and ORDER.search(sentence) and not ANOTHER.search(sentence))
        for sentence, after in pairwise([*said, ""])
    )


def is_taken_back_anyway(unmarked: str) -> bool:
    """Whether a text takes the approval above it back, though it may be a signature or a disclaimer.

    People type below what their phone puts there: "Sent from my phone", then "Sorry, wrong button". It
    counts if it speaks for its writer, sets a plain condition or follows a disclaimer's first word.
    """
    return any(
        (is_plain_condition(without_label(sentence)) and not OF_MAIL.search(sentence))
        or (_is_typed(sentence) and _contradicts(without_label(sentence), after))
        for sentence, after in pairwise([*sentences_of(unmarked.split("\n")[1:]), ""])
    )


def _contradicts(sentence: str, after: str) -> bool:
    return takes_back(sentence, after) or refuses(sentence) or refuses_abroad(sentence)


def _is_typed(sentence: str) -> bool:
    """Whether a sentence in a signature or a disclaimer may be its writer's own words."""
    speaks = FOR_ONESELF.search(sentence) or CORRECTION.search(sentence)
    return bool(speaks) or without_label(sentence) != sentence


def is_denial_corrected(first: str, below: list[str], unmarked: str) -> bool:
    """Whether the text below a denial corrects it, "Sorry, I meant APPROVE", or "objections" below NO."""
    lines = lines_said(below)
    word, _ = first_word(first.strip("".join(EMPHASIS) + " "))
    if word in ANSWERING and any(
        agrees_behind_no(line) and not CANNOT.search(line) for line in lines[:1]
    ):
        return True
    return any(
        approves_after_all(line)
        and (APPROVAL.search(line) or AGREES.search(line))
        and not is_negated(line, words_of(line))
        for line in (*lines, *sentences_of(unmarked.split("\n")[1:]))
    )


def puts_off(below: list[str]) -> bool:
    """Whether the line below a bare YES puts the decision off, or asks what the mail is about."""
    line = "".join(lines_said(below)[:1])
    return bool(UNREAD.search(line) or (UNDECIDED.search(line) and not asks_for_something(line)))
