"""What the text below the first line may do to it: say that it was no answer, and nothing else."""

from approvals.reply.answer import first_word, read_answer
from approvals.reply.doubts import agrees_behind_no
from approvals.reply.endings import OF_MAIL, is_postscript, without_label
from approvals.reply.reading import Outcome
from approvals.reply.refusals import corrects, takes_back
from approvals.reply.sentences import lines_said, sentences_of
from approvals.reply.terms import is_condition_alone, is_left_to_others, is_other_time
from approvals.reply.words import AGREES, EMPHASIS, any_of, is_negated, words_of
from approvals.words import ANSWERING

MISTAKEN = any_of(r"^\W*(?:sorry\W+)?(?:that|this|it) was (?:a |my )?(?:mistake|error)\W*$")
CANNOT = any_of(r"\b(?:can't|cannot|can not|won't|will not|isn't|is not)\b")
APPROVAL = any_of(
    r"\b(?:approved?|allow|granted?|yes)\W*$",
    r"\b(?:please|to|actually) (?:approve|allow|grant)\b",
    r"\bapprove,? please\b",
    r":\W*(?:approved?|allow|granted?|yes)\b",
    r"\b(?:can|may) have it\b",
)


def is_taken_back(
    below: list[str], apart: list[str], unmarked: str, *, minutes: int | None
) -> bool:
    """Whether the text below an approval takes it back or sets its terms.

    A comment may say anything else. `apart` are the first lines of texts that are typed below other
    pieces of our email: "Yes, I remember her." and then "DENY" isn't an approval. `unmarked` is all that
    isn't quoted, the approval above it: people type below what their phone puts there, "Sent from my
    phone" and then "Sorry, wrong button". `minutes`: its duration, which may be corrected too.
    """
    if any(
        read_answer(line, 10**6).outcome is Outcome.DENY
        or any(map(takes_back, sentences_of([line])))
        for line in apart
    ):
        return True
    typed = sentences_of(below)
    cut = [each for each in sentences_of(unmarked.split("\n")[1:]) if each not in typed]
    if any(MISTAKEN.match(without_label(sentence)) for sentence in typed[:1]):
        return True
    # Where a condition is one of the approval, and not of something in the comment.
    alone = [
        *typed[:1],
        *filter(is_postscript, typed[1:]),
        *(s for s in cut if not OF_MAIL.search(s)),
    ]
    return (
        any(takes_back(without_label(sentence)) for sentence in (*typed, *cut))
        or any(is_left_to_others(without_label(sentence)) for sentence in (*typed, *alone))
        or any(is_condition_alone(without_label(sentence)) for sentence in alone)
        or any(is_other_time(without_label(sentence), minutes) for sentence in typed)
    )


def is_denial_corrected(first: str, below: list[str], unmarked: str) -> bool:
    """Whether the text below a denial corrects it, "Sorry, I meant APPROVE", or "objections" below NO."""
    lines = lines_said(below)
    word, _ = first_word(first.strip("".join(EMPHASIS) + " "))
    if word in ANSWERING and any(
        agrees_behind_no(line) and not CANNOT.search(line) for line in lines[:1]
    ):
        return True
    return any(
        corrects(line)
        and (APPROVAL.search(line) or AGREES.search(line))
        and not is_negated(line, words_of(line))
        for line in (*lines, *sentences_of(unmarked.split("\n")[1:]))
    )
