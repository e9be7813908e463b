"""Sentences that mail programs wrap into several lines."""

from approvals.reply.limits import MAX_LINE
from approvals.reply.words import PUNCTUATION

MIN_WRAPPED = 40  # characters: no mail program wraps a shorter line
MIN_FULL = 55  # characters of a further line that goes on
SENTENCE_ENDS = (".", "!")
GOING_ON = tuple(set(PUNCTUATION) - set(SENTENCE_ENDS))


def ends_sentence(line: str) -> bool:
    """Whether a line ends with a sentence's end."""
    return line.rstrip("*_ \xa0").endswith(SENTENCE_ENDS)


def sentence_below(first: str, below: list[str]) -> str:
    """What may continue the line `first` of the lines directly below it; "" if nothing does.

    After a long line the next one always may, after a comma too; then each below a full one that ends
    no sentence.
    """
    if not below or (len(first) < MIN_WRAPPED and not first.rstrip("*_ \xa0").endswith(GOING_ON)):
        return ""
    found = below[:1]
    for line in below[1:]:
        length = len(first) + sum(map(len, found))
        if len(found[-1]) < MIN_FULL or ends_sentence(found[-1]) or length > MAX_LINE // 2:
            break
        found.append(line)
    return " ".join(found)
