"""Copied lists and forms: a bare word on the first line whose opposite is offered or chosen below it."""

from itertools import pairwise

import re2

from approvals.reply.answer import Answer, first_word, read_answer
from approvals.reply.limits import MAX_LINE
from approvals.reply.reading import Outcome
from approvals.reply.sentences import lines_said
from approvals.reply.words import EMPHASIS, PUNCTUATION
from approvals.words import ANSWERING, APPROVING, DECISION_WORDS, DENYING

LABEL = re2.compile(r"^[^\pL]*(\pL+) ?[:=]")
# An option of a form that is chosen: "Deny: X", "--> Deny", "Deny (this one)".
OPTION = re2.compile(r"(?i)^[^\pL]*(?:x[^\pL]+)?(\pL+)[^\pL]*(?:x|v|this one)?[^\pL]*$")
# "Deny, bob", "Deny: X", but not "Deny the next one please".
FILLED = re2.compile(r"^[^\pL]*\pL+ ?(?:[,:=] ?|\p{Pd} )\S+\W*$")
CHOICE = re2.compile(r"(?i)(?:^|[^\pL])x(?:[^\pL]|$)|[✓✔☑☒✅●◉<>←→⇐⇒]|this one")


def is_contradicted(first: str, goes_on: list[str], below: list[str], answer: Answer) -> bool:
    """Whether a bare word is one of a copied list or a form: the opposite word stands below it too.

    `goes_on` are the lines directly below. The opposite word alone there is a comment like any other:
    only the first line decides.
    """
    word, rest = first_word(first.strip("".join(EMPHASIS) + " "))
    if word not in DECISION_WORDS:
        return False
    others = DENYING if word in APPROVING else APPROVING
    lines = lines_said(below)
    if LABEL.match(first) and _is_labelled(lines, others):
        return True
    opposite = {Outcome.APPROVE: Outcome.DENY, Outcome.DENY: Outcome.APPROVE}.get(answer.outcome)
    read = [read_answer(line, 10**6).outcome for line in goes_on]
    below_it = "".join((lines if word in APPROVING else goes_on)[:1])
    if word in ANSWERING and first_word(below_it)[0] in ANSWERING:
        return read_answer(below_it, 10**6).outcome is opposite  # answers to two questions
    if rest.strip(f" {PUNCTUATION}"):
        return opposite in read[:1] and bool(FILLED.match(goes_on[0]))
    if _is_chosen(below, others) or _is_listed(lines, others):
        return True
    return opposite in read and any(map(FILLED.match, goes_on))


def _is_chosen(below: list[str], words: tuple[str, ...]) -> bool:
    """Whether one of the words stands below, the mark of a choice beside it or in the next line."""
    lines = [line.strip() for line in below if line.strip()]
    for line, after in pairwise([*lines, ""]):
        found = OPTION.match(line[:MAX_LINE])
        if found and found.group(1).upper() in words:
            return bool(CHOICE.search(line) or (len(after) <= 3 and CHOICE.search(after)))
    return False


def _is_labelled(lines: list[str], words: tuple[str, ...]) -> bool:
    """Whether a form goes on with the opposite: "Approved: Bob" above "Rejected: Dana"."""
    labels = map(LABEL.match, lines)
    return any(label and label.group(1).upper() in words for label in labels)


def _is_listed(lines: list[str], words: tuple[str, ...]) -> bool:
    """Whether one of the words stands alone below another line: "Approve", "or", "Deny"."""
    return any(line.strip(f" {PUNCTUATION}").upper() in words for line in lines[1:])
