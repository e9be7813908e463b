"""What the text below the first line may do to it: say that it was no answer, and nothing else."""

from itertools import pairwise

from approvals.reply.answer import first_word, read_answer
from approvals.reply.cutting import Written
from approvals.reply.doubts import agrees_behind_no
from approvals.reply.endings import OF_MAIL, is_postscript, without_label
from approvals.reply.our_mail import behind_opening
from approvals.reply.reading import Outcome
from approvals.reply.refusals import corrects, takes_back, without_lead
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


def is_taken_back(written: Written, *, minutes: int | None) -> bool:
    """Whether the text below an approval takes it back or sets its terms. A comment says what it likes.

    What stands below other pieces of our email counts ("Yes, I remember her." and then "DENY"), and so
    does what people type below a closing or what their phone puts there ("Sent from my phone" and then
    "Sorry, wrong button"). `minutes`: its duration, which may be corrected too.
    """
    if any(
        read_answer(line, 10**6).outcome is Outcome.DENY
        or any(map(takes_back, sentences_of([line])))
        for line in written.apart
    ):
        return True
    comment = sentences_of(written.lines[1:])
    closing = sentences_of(written.said[len(written.lines) :])
    typed = [*comment, *closing]
    cut = [each for each in sentences_of(written.unmarked.split("\n")[1:]) if each not in typed]
    # Where a condition is one of the approval, and not of something in the comment.
    alone = [
        *comment[:1],
        *filter(is_postscript, comment[1:]),
        *closing,
        *(each for each in cut if not OF_MAIL.search(each)),
    ]
    plain = {each: without_label(each) for each in (*typed, *cut)}
    proper = {each: without_lead(said) for each, said in plain.items()}
    return (
        any(MISTAKEN.match(plain[each]) for each in comment[:1])
        or any(map(takes_back, plain.values()))
        or any(takes_back(behind_opening(each)) for each in typed)
        or any(is_left_to_others(proper[each]) for each in (*typed, *alone))
        or any(is_condition_alone(proper[each]) for each in alone)
        or any(is_other_time(proper[each], minutes) for each in typed)
        or any(
            takes_back(each) or is_other_time(each, minutes)
            for each in _below_colons(written.said[1:])
        )
    )


def _below_colons(lines: list[str]) -> list[str]:
    """The lines below one that ends with a colon: each may be a sentence of its own."""
    filled = [line for line in lines if line.strip()]
    return [line for above, line in pairwise(filled) if above.rstrip().endswith(":")]


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
