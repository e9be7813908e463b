"""What an unclear first line comes closest to, for whoever is asked to answer again."""

import re2

from approvals.reply.answer import read_answer
from approvals.reply.limits import MAX_LINE
from approvals.reply.reading import Outcome
from approvals.reply.sentences import GREETING
from approvals.reply.spans import NUMBER_AND_UNIT
from approvals.words import ANSWERING, APPROVE, APPROVING, DENY

SUBJECT = re2.compile(r"(?i)^(?:i|we) (?:hereby )?")
BEHIND = re2.compile(
    r"(?i)^(\pL+)(?: (?:(?:the|this|your|his|her|their) request|this|it|that|please|thanks|thank you))+\b"
)
AT_END = re2.compile(r"(?i),? (?:please|thanks|thank you)[.!]*$")


def nearest_answer(line: str, longest_minutes: int) -> str:
    """What an unclear line comes closest to, "APPROVE" for "Yes please"; "" where that would be a guess.

    It's what the line says without greeting and courtesy, if that is clear: nothing is proposed to who
    doubts, asks, sets a condition or names both answers, nor where the line is clear by itself. "Yes"
    isn't proposed, so that a "Yes" to this proposal can be told from it.
    """
    text = " ".join(line[:MAX_LINE].split())
    if read_answer(line, longest_minutes).outcome is not Outcome.UNCLEAR:
        return ""
    bare = AT_END.sub("", BEHIND.sub(r"\1", SUBJECT.sub("", GREETING.sub("", text))))
    answer = read_answer(bare, longest_minutes)
    if answer.outcome is Outcome.UNCLEAR:
        return ""
    word, _, rest = bare.partition(" ")
    decision = word.strip(".,:;!-").upper()
    if decision in ANSWERING:
        decision = APPROVE if decision in APPROVING else DENY
    span = NUMBER_AND_UNIT.search(rest) if answer.minutes else None
    proposal = f"{decision} for {span.group(1)} {span.group(2).lower()}" if span else decision
    return proposal if read_answer(proposal, longest_minutes).minutes == answer.minutes else ""
