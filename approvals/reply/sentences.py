"""Sentences that mail programs wrap into several lines."""

import re2

from approvals.reply.limits import MAX_LINE
from approvals.reply.words import PUNCTUATION, is_negated, is_question, words_of

MAX_WIDTH = 60  # characters, beyond which mail programs may wrap
MIN_WRAPPED = 40  # characters: no mail program wraps a shorter line, unless a long word follows
MIN_FULL = 55  # characters of a further line that goes on
SENTENCE_ENDS = (".", "!")
GOING_ON = tuple(set(PUNCTUATION) - set(SENTENCE_ENDS))
CONDITION = re2.compile(r"\b(?:if|unless|until|only|provided|not|never)\b")

# More than a decision word and a duration: "Yes, I think we".
BEGUN = re2.compile(rf"^\W*\pL+ ?[{PUNCTUATION}]+ .*\pL \pL")


def ends_sentence(line: str) -> bool:
    """Whether a line ends with a sentence's end."""
    return line.rstrip("*_ \xa0").endswith(SENTENCE_ENDS)


def is_open(line: str, below: str) -> bool:
    """Whether a line ends no sentence, so that the paragraph `below` may go on with it."""
    text = line.rstrip("*_ \xa0")
    wrapped = len(text) >= MIN_WRAPPED and not ends_sentence(text) and below[:1].islower()
    return text.endswith((",", ":")) or wrapped


def lower_case_below(first: str, below: list[str]) -> str:
    """The line directly below if it begins in lower case and `first` ends no sentence; else "".

    "Approve", and below it "but be quick" or "don't wait for me", is clear.
    """
    line = "".join(below[:1])[:MAX_LINE].removeprefix("but ")
    if is_negated(line, words_of(line)) and not any(map(is_question, line)):
        return ""
    return line if line[:1].islower() and not ends_sentence(first) else ""


def sentence_below(first: str, below: list[str]) -> str:
    """What may continue the line `first` of the lines directly below it; "" if nothing does.

    After a long line the next one always may, after a comma too, and one in lower case after words that
    end no sentence; then each below a full one that ends none.
    """
    if not below:
        return ""
    width = len(f"{first} {below[0].partition(' ')[0]}")
    is_open = first.rstrip("*_ \xa0").endswith(GOING_ON) or (
        below[0][:1].islower()
        and not ends_sentence(first)
        and bool(BEGUN.search(first) or CONDITION.search(below[0]))
    )
    if len(first) < MIN_WRAPPED and width <= MAX_WIDTH and not is_open:
        return ""
    found = below[:1]
    for line in below[1:]:
        length = len(first) + sum(map(len, found))
        if len(found[-1]) < MIN_FULL or ends_sentence(found[-1]) or length > MAX_LINE // 2:
            break
        found.append(line)
    return " ".join(found)
