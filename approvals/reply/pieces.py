"""Pieces of our emails in a reply, wherever programs have wrapped them and whatever they look like."""

from dataclasses import dataclass

import re2

from approvals.reply.answer import looks_like_answer, speaks_of_answer
from approvals.reply.lines import Line
from approvals.reply.our_mail import begins_paragraph, holds_value, opens_reason
from approvals.reply.sent import Sent
from approvals.reply.whole import Whole, letters_of, without_links

TOKEN = re2.compile(r"/d/([A-Za-z2-7]{1,26})")  # of a link to answer by, perhaps broken off
TOKEN_LENGTH = 26  # letters
MAX_INEXACT = 60  # lines of a message that may lack letters
MAX_TIPS = 4  # lines of ours that may go on
MAX_BETWEEN = 8  # lines, between two pieces of one
MAX_ABOVE = 60  # letters of a line
MAX_FIRST = 20  # characters in which a line's first letters stand
MAX_INITIALS = 4  # letters in front of ">"
UNSURE = -1
Ends = list[frozenset[int]]  # in each of our emails as it may be compared


@dataclass(frozen=True)
class Tip:
    """How far a line of ours was read that may go on: the line where it begins, the last one, where that
    ends in our emails, and how many letters are `missing` of a link's token, which isn't known."""

    root: int
    at: int
    ends: Ends
    missing: int


def roots_in(lines: list[Line], sent: Sent) -> list[int]:
    """For each line where that line of ours begins that it is a piece of, wherever programs have
    wrapped it; its own place if it's no such piece, and UNSURE if it may have been typed there.

    What it holds may look like anything: whoever asks chooses our lines' values. So a piece has to begin
    where the last one ended, and the first one where a line of ours begins.
    """
    roots = list(range(len(lines)))
    tips: list[Tip] = []
    inexact = 0
    for at, line in enumerate(lines if sent else []):
        tips = [tip for tip in tips[-MAX_TIPS:] if at - tip.at <= MAX_BETWEEN]
        may_begin = _may_begin(line, sent)
        ways = _ways(line.text, sent) if tips or may_begin else []
        if not any(letters for _, letters in ways):
            continue
        inexact += "?" in line.text
        is_inexact = inexact <= MAX_INEXACT
        if found := _last_that_goes_on(tips, line, ways, inexact=is_inexact):
            tip, ends = found
            root = tip.root
            roots[tip.at + 1 : at] = [
                _root_between(lines, place, root) for place in range(tip.at + 1, at)
            ]
            roots[at] = UNSURE if _may_be_typed(lines, root, at) else root
            tips = tips[: tips.index(tip)]
        elif may_begin:
            root = at
            ends = [
                whole.ends_of(letters, whole.begins_of(letters), inexact=is_inexact)
                for whole, letters in ways
            ]
        else:
            continue
        token = TOKEN.search(line.text)
        missing = TOKEN_LENGTH - len(token[1]) if token and token.end() == len(line.text) else 0
        if any(ends):
            tips.append(Tip(root, at, ends, missing))
    return roots


def may_go_on(lines: list[Line], at: int, sent: Sent) -> bool:
    """Whether a line may be a piece of ours of which the first ones weren't known: with the one above it,
    it stands somewhere in what was sent."""
    nearby = (line.text for line in reversed(lines[max(0, at - MAX_BETWEEN) : at]))
    above = next(filter(letters_of, nearby), "")
    pairs = zip(_ways(above, sent), _ways(lines[at].text, sent), strict=True)
    return any(
        whole.holds_both(first[-MAX_ABOVE:], second[:MAX_ABOVE])
        for (whole, first), (_, second) in pairs
    )


def _may_begin(line: Line, sent: Sent) -> bool:
    """Whether a line of ours may begin here: by its first letters, which is quickly seen, and by its mark
    or its words."""
    first = letters_of(line.text[:MAX_FIRST])
    if not (first and any(whole.begins_of(first) for whole in sent.with_links)):
        return False
    return line.marked or begins_paragraph(line.text)


def _ways(text: str, sent: Sent) -> list[tuple[Whole, str]]:
    """Our emails without links and with them, since programs rewrite and break those, and the letters."""
    bare = letters_of(without_links(text))
    full = letters_of(TOKEN.sub("/d/", text) if "/d/" in text else text)
    return [(whole, bare) for whole in sent.wholes] + [(whole, full) for whole in sent.with_links]


def _last_that_goes_on(
    tips: list[Tip], line: Line, ways: list[tuple[Whole, str]], *, inexact: bool
) -> tuple[Tip, Ends] | None:
    """The last of these with which a line of ours goes on with this piece, and where that ends."""
    # Letters before what looks like a mark aren't kept.
    initials = range(MAX_INITIALS + 1 if line.drawn else 1)
    for tip in reversed(tips):
        if tip.missing and re2.fullmatch(f"[A-Za-z2-7]{{{tip.missing}}}", line.text.strip()):
            return tip, tip.ends
        ends = [
            whole.ends_of(
                letters,
                [end + n for end in ended - whole.begins for n in initials],
                inexact=inexact,
            )
            for (whole, letters), ended in zip(ways, tip.ends, strict=True)
        ]
        if any(ends):  # without its links a line may be empty
            kept = zip(ways, tip.ends, ends, strict=True)
            return tip, [new if letters else old for (_, letters), old, new in kept]
    return None


def _root_between(lines: list[Line], at: int, root: int) -> int:
    """That of a line between two pieces of one of ours: it is one too if it has marks or signs alone;
    below a blank line those may be typed."""
    line = lines[at]
    if line.is_blank or not (line.marked or not letters_of(line.text)):
        return at
    return UNSURE if lines[at - 1].is_blank and not line.marked else root


def _may_be_typed(lines: list[Line], root: int, at: int) -> bool:
    """Whether a piece may be typed too, below a blank line: the line that it goes on with is marked; or
    else two of these hold. It stands above marked lines, it's of a value from outside, it looks like an
    answer."""
    line, begun = lines[at], lines[root]
    if line.marked or not lines[at - 1].is_blank:
        return False
    below = next((each for each in lines[at + 1 :] if not each.is_blank), line)
    is_value = holds_value(begun.text) or opens_reason(begun.text)
    looks = looks_like_answer(line.text) or speaks_of_answer(line.text)
    return begun.marked or below.marked + is_value + looks >= 2
