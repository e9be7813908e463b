"""The newly written text of a body: what the sender typed, without what his mail program put there.

One pass over a limited number of lines. In doubt a line is not the sender's.
"""

from dataclasses import dataclass, field

from approvals.reply.answer import looks_like_answer
from approvals.reply.banners import banner_length
from approvals.reply.endings import is_closing, is_disclaimer, is_signature
from approvals.reply.introductions import (
    attribution_length,
    is_header_block,
    is_rule,
    names_stranger,
    without_directions,
)
from approvals.reply.limits import MAX_ABOVE, MAX_BELOW
from approvals.reply.lines import Line
from approvals.reply.our_mail import ends_ours, ends_reason, holds_sentinel, is_ours, opens_reason
from approvals.reply.words import BLANKS

MAX_BETWEEN = 40  # lines between an introduction and what it introduces
MAX_HEADER_BLOCK = 15  # lines of a quoted mail's head
MAX_NAME_BLOCK = 8  # lines of a signature under a closing


@dataclass
class Writing:
    """What was typed so far, and where the pass is.

    `under_mark`: a marked line was just passed, so the next may be a wrapped piece of it.
    `open_reason`: a wrapped piece of the requester's reason is going on. `ended`: by a signature,
    or for good by a disclaimer (`closed`). `begun`: a line was typed that isn't a closing, so it
    stays the first one.
    """

    typed: list[str] = field(default_factory=list)
    under_mark: bool = False
    open_reason: bool = False
    ended: bool = False
    closed: bool = False
    begun: bool = False

    def pass_marked(self, line: Line) -> None:
        self.pass_introduction()
        self.under_mark = True
        if opens_reason(line.text):
            self.open_reason = True
        elif self.open_reason and (ends_reason(line.text) or is_ours(line.text)):
            self.open_reason = False

    def pass_introduction(self) -> None:
        self.ended = self.closed

    def take(self, text: str) -> None:
        """An unmarked line: typed, unless it belongs to what stands above it."""
        blank = not text.strip(BLANKS)
        if self.open_reason:
            self.open_reason = blank or not ends_reason(text)
            return
        if blank:
            self.under_mark = False
        if self.under_mark or self.ended:
            return
        if is_signature(text):
            self.ended = True
        elif self.begun and is_disclaimer(text):
            self.ended = self.closed = True
        else:
            self.typed.append(text)
            self.begun = self.begun or not (blank or is_closing(text))


def written_lines(lines: list[Line], known: frozenset[str], *, below: int = MAX_BELOW) -> list[str]:
    """The typed lines, blank ones between them included; none if the first one stands too far below.

    It stops so many lines `below` the first one: nothing there changes what that says. `known` are
    the sender's addresses and ours: what stands unmarked at a quote of another's may be that one's.
    """
    texts = [without_directions(line.text) for line in lines]
    writing = Writing()
    at, end = banner_length(lines), min(len(lines), MAX_ABOVE)
    while at < end:
        line = lines[at]
        if line.marked and not line.cut:
            writing.pass_marked(line)
            at += 1
            continue
        length = 1 if line.cut else _introduction(texts, at)
        if length and not line.cut and _introduces_marked(lines, texts, at, at + length, known):
            writing.pass_introduction()
            writing.under_mark = False
            at += length
        elif length or is_ours(line.text):
            typed_above = _trimmed(writing.typed)
            at = len(lines) if typed_above else _end_of_unmarked(lines, at, at + length, known)
            writing.under_mark = True
        else:
            was_begun = writing.begun
            writing.take(line.text)
            at += 1
            if writing.begun and not was_begun:
                end = min(len(lines), at + below)
    return _trimmed(writing.typed)


def _introduces_marked(
    lines: list[Line], texts: list[str], start: int, at: int, known: frozenset[str]
) -> bool:
    """Whether the quote that is introduced from `start` to `at` is marked line by line.

    It follows at once; or the answer was typed "above this line", between an attribution and our
    email's first line, which is marked.
    """
    typed_between, may_stand_above = False, attribution_length(texts, start) > 0
    may_stand_above = may_stand_above and not names_stranger(texts[start:at], known)
    for now in range(at, min(at + MAX_BETWEEN, len(lines))):
        line = lines[now]
        if line.cut:
            return False
        if line.marked:
            return not typed_between or holds_sentinel(line.text)
        if not line.is_blank:
            if not may_stand_above or _introduction(texts, now):
                return False
            typed_between = True
    return False


def _end_of_unmarked(lines: list[Line], start: int, at: int, known: frozenset[str]) -> int:
    """Where our email, quoted whole but without marks from `at` on, has ended; else the end of all.

    Only if it begins there with its first line, and what introduces it from `start` on names
    nobody else: he may have written below it. The last of its last lines counts: the requester's
    reason may hold the same words, but stands before it.
    """
    while at < len(lines) and (lines[at].is_blank or lines[at].cut):
        at += 1
    if at == len(lines) or lines[at].marked or not holds_sentinel(lines[at].text):
        return len(lines)
    if names_stranger([line.text for line in lines[start:at]], known):
        return len(lines)
    for last in range(len(lines) - 1, at, -1):
        if not lines[last].marked and ends_ours(lines[last - 1].text, lines[last].text):
            return last + 1
    return len(lines)


def _introduction(texts: list[str], at: int) -> int:
    """How many lines from here introduce a quote; 0 if none do."""
    length = _introduction_length(texts, at) if texts[at].strip() else 0
    return 0 if length and looks_like_answer(texts[at]) else length


def _introduction_length(texts: list[str], at: int) -> int:
    block = at
    if is_rule(texts[at]):
        block += 1
        while block < min(at + 3, len(texts)) and not texts[block].strip():
            block += 1
        if block == len(texts) or not is_header_block(texts, block):
            return 1
    elif not is_header_block(texts, at):
        return attribution_length(texts, at)
    end = block
    while end < min(block + MAX_HEADER_BLOCK, len(texts)) and texts[end].strip():
        end += 1
    return end - at


def _trimmed(typed: list[str]) -> list[str]:
    """Without blank lines around, and without a closing and the name below it at the end."""
    while typed and not typed[0].strip(BLANKS):
        typed.pop(0)
    while typed and not typed[-1].strip(BLANKS):
        typed.pop()
    for at in range(max(0, len(typed) - MAX_NAME_BLOCK), len(typed)):
        if is_closing(typed[at]):
            return _trimmed(typed[:at])
    return typed
