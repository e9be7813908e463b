"""What the lines below the first one may do to it: say that it was no answer, and nothing else."""

from itertools import pairwise

import re2

from approvals.reply.answer import Answer, first_word, read_answer
from approvals.reply.limits import MAX_LINE
from approvals.reply.reading import Outcome
from approvals.reply.spans import mentions_span
from approvals.reply.words import EMPHASIS, PUNCTUATION, is_negated, straight, words_of
from approvals.words import APPROVING, DECISION_WORDS, DENYING

MAX_LOOKED_AT = 10  # lines
# Who says so corrects the line above, if he also denies.
CORRECTION = re2.compile(
    r"(?i)\bi (?:meant|mean)\b|\b(?:scratch|strike|scrap|undo) (?:that|this|it)\b|"
    r"\bon second thoughts?\b|\b(?:just|only) kidding\b|\bcorrection\b|\btypo\b|"
    r"\bwrong (?:word|button|answer|line)\b|^\W*(?:no\W+)?(?:oops|sorry|wait|actually|edit)\W"
)
DENIAL = re2.compile(
    r"(?i)\b(?:deny|denied|reject|rejected|declined?|refused?)\b|\bno(?:\W*$|[.!])|\b(?:don't|not)\W*$|"
    r"\b(?:not|never|don't) (?:approved?|allow|allowed|grant|granted|run|do)\b"
)
APPROVAL = re2.compile(r"(?i)\b(?:approved?|allow|granted?|yes)\W*$")
IGNORED = re2.compile(
    r"(?i)\b(?:ignore|disregard) (?:the |my )?(?:above|line above|word above|answer|approval)\b|"
    r"^\W*(?:please )?disregard(?: this| that)?(?:\W*$|[,.!])|\bsent (?:by|in) (?:mistake|error)\b"
)
# Said below an approval, with no other word of a correction: "Final answer: DENY", "NOT!".
TURNED = re2.compile(
    r"(?i)^\W*not\W*$|\bchanged my mind\b|"
    r"\pL[^.!]{0,40}(?:[,:]|\p{Pd}) ?(?:deny|denied|reject|rejected|decline|declined)\W*$|"
    r"^\W*(?:update|edit|korrektur|final answer)\W+(?:deny|denied|reject|rejected|declined?)\b|"
    r"^\W*(?:please )?(?:do not|don't) (?:run|allow|approve|grant|let)\b"
)
# Said below a bare YES, which may answer something else.
ORDER = re2.compile(
    r"(?i)^\W*(?:so |but |and )?(?:please |i |we |my answer is )*"
    r"(?:deny|denied|reject|rejected|decline|refuse)\b"
)
OTHER_TIME = re2.compile(
    r"(?i)\b(?:i meant|i mean|make (?:it|that)|correction|typo)\W+(?:only |just )?\w+ [a-z]+\W*$|"
    r"^\W*(?:sorry|oops|no|wait|actually)\W+(?:just |only )?[0-9]+ ?[a-z]+\W*$"
)
# An option of a form that is chosen: "Deny: X", "--> Deny", "Deny (this one)".
OPTION = re2.compile(r"(?i)^[^\pL]*(?:x[^\pL]+)?(\pL+)[^\pL]*(?:x|v|this one)?[^\pL]*$")
CHOICE = re2.compile(r"(?i)(?:^|[^\pL])x(?:[^\pL]|$)|[✓✔☑☒✅●◉<>←→⇐⇒]|this one")


def is_contradicted(first: str, goes_on: list[str], below: list[str], answer: Answer) -> bool:
    """Whether a bare word is one of a copied list or a form: the opposite word stands below it too.

    `goes_on` are the lines directly below. The opposite word alone there is a comment like any other:
    only the first line decides.
    """
    word, rest = first_word(first.strip("".join(EMPHASIS) + " "))
    if word not in DECISION_WORDS or rest.strip(f" {PUNCTUATION}"):
        return False
    if _is_chosen(below, DENYING if word in APPROVING else APPROVING):
        return True
    opposite = {Outcome.APPROVE: Outcome.DENY, Outcome.DENY: Outcome.APPROVE}.get(answer.outcome)
    read = [read_answer(line, 10**6).outcome for line in goes_on]
    return opposite in read and (
        opposite in read[1:] or not goes_on[0].strip(f" {PUNCTUATION}").isalpha()
    )


def _is_chosen(below: list[str], words: tuple[str, ...]) -> bool:
    """Whether one of the words stands below, the mark of a choice beside it or in the next line."""
    lines = [line.strip() for line in below if line.strip()][:MAX_LOOKED_AT]
    for line, after in pairwise([*lines, ""]):
        found = OPTION.match(line[:MAX_LINE])
        if found and found.group(1).upper() in words:
            return bool(CHOICE.search(line) or (len(after) <= 3 and CHOICE.search(after)))
    return False


def is_taken_back(below: list[str], apart: list[str], *, timed: bool, bare_yes: bool) -> bool:
    """Whether the text below an approval corrects it, or one further down denies.

    A comment may say anything else. `apart` are the first lines of texts that are typed below other
    pieces of our email: "Yes, I remember her." and then "DENY" isn't an approval. `timed`: the approval
    has a duration, which may be corrected too. `bare_yes`: it says YES, which may answer something else.
    """
    if any(read_answer(line, 10**6).outcome is Outcome.DENY for line in apart):
        return True
    return any(
        IGNORED.search(line)
        or (CORRECTION.search(line) and DENIAL.search(line))
        or (timed and OTHER_TIME.search(line) and mentions_span(line))
        or TURNED.search(line)
        or (bare_yes and ORDER.search(line))
        for line in _looked_at(below)
    )


def is_denial_corrected(below: list[str]) -> bool:
    """Whether the text below a denial corrects it: "Sorry, I meant APPROVE"."""
    return any(
        CORRECTION.search(line) and APPROVAL.search(line) and not is_negated(line, words_of(line))
        for line in _looked_at(below)
    )


def _looked_at(below: list[str]) -> list[str]:
    return [straight(line[:MAX_LINE]) for line in below if line.strip()][:MAX_LOOKED_AT]
