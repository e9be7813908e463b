"""Pieces of our emails in a reply, wherever programs have wrapped them and whatever they look like."""

from dataclasses import dataclass

import re2

from approvals.reply.answer import looks_like_answer, speaks_of_answer
from approvals.reply.lines import Line
from approvals.reply.our_mail import begins_paragraph, holds_value, opens_reason
from approvals.reply.sent import Sent
from approvals.reply.whole import letters_of, without_links

TOKEN = re2.compile(r"/d/([A-Za-z2-7]{1,25})$")  # of a link to answer by, broken off
TOKEN_LENGTH = 26  # letters
MAX_INEXACT = 60  # lines of a message that may lack letters
MAX_TIPS = 4  # lines of ours that may go on
MAX_BETWEEN = 8  # lines, between two pieces of one
MAX_ABOVE = 30  # letters of a piece
MAX_INITIALS = 4  # letters in front of ">" that aren't kept
UNSURE = -1


@dataclass(frozen=True)
class Tip:
    """How far a line of ours was read that may go on: its last letters, without links and with them, and
    how many are `missing` of a link's token, which what is known to be sent doesn't hold."""

    root: int
    at: int
    bare: str
    full: str
    missing: int


def roots_in(lines: list[Line], sent: Sent) -> list[int]:
    """For each line where that line of ours begins that it is a piece of, wherever programs have
    wrapped it; its own place if it's no such piece, and UNSURE if it may have been typed there.

    What it holds may look like anything: whoever asks chooses our lines' values.
    """
    roots = list(range(len(lines)))
    tips: list[Tip] = []
    inexact = 0
    for at, line in enumerate(lines if sent.emails else []):
        full = letters_of(line.text)
        if not full:
            continue
        bare = letters_of(without_links(line.text))
        tips = [tip for tip in tips[-MAX_TIPS:] if at - tip.at <= MAX_BETWEEN]
        inexact += line.drawn or "?" in full
        between = MAX_INITIALS * line.drawn if inexact <= MAX_INEXACT else None
        last = _goes_on(sent, tips, line.text, bare, full, between)
        if last:
            root, above = last.root, last.at
            roots[above + 1 : at] = [
                root if _is_odd_piece(lines[between]) else between
                for between in range(above + 1, at)
            ]
            roots[at] = UNSURE if _may_be_typed(lines, root, at) else root
            tips = tips[: tips.index(last)]
        elif line.marked or begins_paragraph(line.text):
            root = at
        else:
            continue
        token = TOKEN.search(line.text)
        missing = TOKEN_LENGTH - len(token[1]) if token else 0
        tips.append(Tip(root, at, bare[-MAX_ABOVE:], full[-MAX_ABOVE:], missing))
    return roots


def _goes_on(
    sent: Sent, tips: list[Tip], text: str, bare: str, full: str, between: int | None
) -> Tip | None:
    """The last of these with which a line of ours, or a piece of it, goes on with this one."""
    wholes = [whole for whole in sent.wholes if whole.may_hold(bare)]
    with_links = [whole for whole in sent.with_links if whole.may_hold(full)]
    for tip in reversed(tips):
        if tip.missing and re2.fullmatch(f"[A-Za-z2-7]{{{tip.missing}}}", text.strip()):
            return tip
        if any(whole.goes_on(tip.bare, bare, between) for whole in wholes):
            return tip
        is_other = (tip.bare, bare) != (tip.full, full)  # a program may have broken a link
        if is_other and any(whole.goes_on(tip.full, full, between) for whole in with_links):
            return tip
    return None


def _is_odd_piece(line: Line) -> bool:
    """Whether a line between two pieces of one of ours is one too: of signs alone, or with marks."""
    return not line.is_blank and (line.marked or not letters_of(line.text))


def _may_be_typed(lines: list[Line], root: int, at: int) -> bool:
    """Whether a piece of a value from outside may be typed too: below a blank line, where it looks like
    an answer or stands between marked lines."""
    line, begun = lines[at], lines[root].text
    if line.marked or not lines[at - 1].is_blank or not (holds_value(begun) or opens_reason(begun)):
        return False
    below = next((each for each in lines[at + 1 :] if not each.is_blank), line)
    return below.marked or looks_like_answer(line.text) or speaks_of_answer(line.text)
