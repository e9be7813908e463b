"""What we have written to an approver, so that what a message quotes can be compared with it.

Letters, digits and question marks are compared: mail programs wrap lines, exchange or lose blanks and
other signs, and write addresses and links in ways of their own.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import re2

from approvals.reply.answer import looks_like_answer, speaks_of_answer
from approvals.reply.attributions import ADDRESS
from approvals.reply.html.lines import html_lines
from approvals.reply.lines import Line, split_lines
from approvals.reply.our_mail import begins_paragraph, holds_value, opens_reason, quotes
from approvals.reply.reading import Email
from approvals.reply.words import is_question

LINK = re2.compile(r"(?i)\b(?:https?://|www\.|mailto:|tel:)[^\s<>]+")
SIGNS = re2.compile(r"[^\pL\pN]*$")
TOKEN = re2.compile(r"/d/([A-Za-z2-7]{1,25})$")  # of a link to answer by, broken off
TOKEN_LENGTH = 26  # letters
LOST = re2.compile(r"(\?+)")  # letters that the quote's charset lacks
MAX_LOST = 200  # letters of a line
MAX_LOST_NEARBY = 60  # of two pieces
MAX_INEXACT = 60  # lines of a message that may lack letters
MAX_TIPS = 4  # lines of ours that may go on
MAX_BETWEEN = 8  # lines, between two pieces of one
MAX_ABOVE = 30  # letters of a piece
MAX_INITIALS = 4  # letters in front of ">" that aren't kept
UNSURE = -1


@dataclass(frozen=True)
class Whole:
    """The letters of an email, and where in them its lines begin."""

    letters: str
    begins: frozenset[int]

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Whole":
        letters = [_letters(line) for line in lines]
        return cls("".join(letters), frozenset(accumulate(map(len, letters), initial=0)))

    def may_hold(self, letters: str) -> bool:
        """Whether what stands between the question marks is in it."""
        return all(part in self.letters for part in letters.split("?"))

    def goes_on(self, above: str, below: str, between: int | None) -> bool:
        """Whether these letters follow each other within a line: exactly, if `between` is None, else
        perhaps with so many letters between, and with question marks for lost ones."""
        if not above or not below:
            return False
        at = self.letters.find(above + below)
        while at >= 0:
            if at + len(above) not in self.begins:
                return True
            at = self.letters.find(above + below, at + 1)
        lost = (above + below).count("?")
        if between is None or not (lost or between) or lost > MAX_LOST_NEARBY:
            return False
        first, second = (LOST.sub(_lost_within, each) for each in (above, below))
        found = re2.search(f"{first}(.{{0,{between}}}){second}", self.letters)
        return bool(found) and found.start(1) not in self.begins


@dataclass(frozen=True)
class Tip:
    """How far a line of ours was read that may go on: its last letters, without links and with them, and
    how many are `missing` of a link's token, which what is known to be sent doesn't hold."""

    root: int
    at: int
    bare: str
    full: str
    missing: int


@dataclass(frozen=True)
class Sent:
    """Our emails of one invitation; empty if they aren't known, which proves nothing."""

    emails: tuple[Email, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.emails)

    def others_in(self, lines: list[str]) -> list[list[str]]:
        """For each text and each HTML of ours, which of these lines aren't pieces of it, in its order.

        A line goes on with the one above, or begins like one of ours further down: she may have left
        some out. What goes on with another's line is another's. A question mark may stand for a letter
        that the quote's charset lacks.
        """
        pieces = [(line, _letters(_without_links(line))) for line in lines]
        return [_others(whole.letters, pieces) for whole in self._wholes]

    def roots_in(self, lines: list[Line]) -> list[int]:
        """For each line where that line of ours begins that it is a piece of, wherever programs have
        wrapped it; its own place if it's no such piece, and UNSURE if it may have been typed there.

        What it holds may look like anything: whoever asks chooses our lines' values.
        """
        roots = list(range(len(lines)))
        tips: list[Tip] = []
        inexact = 0
        for at, line in enumerate(lines if self.emails else []):
            full = _letters(line.text)
            if not full:
                continue
            bare = _letters(_without_links(line.text))
            tips = [tip for tip in tips[-MAX_TIPS:] if at - tip.at <= MAX_BETWEEN]
            inexact += line.drawn or "?" in full
            between = MAX_INITIALS * line.drawn if inexact <= MAX_INEXACT else None
            last = self._goes_on(tips, line.text, bare, full, between)
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
        self, tips: list[Tip], text: str, bare: str, full: str, between: int | None
    ) -> Tip | None:
        """The last of these with which a line of ours, or a piece of it, goes on with this one."""
        wholes = [whole for whole in self._wholes if whole.may_hold(bare)]
        with_links = [whole for whole in self._with_links if whole.may_hold(full)]
        for tip in reversed(tips):
            if tip.missing and re2.fullmatch(f"[A-Za-z2-7]{{{tip.missing}}}", text.strip()):
                return tip
            if any(whole.goes_on(tip.bare, bare, between) for whole in wholes):
                return tip
            is_other = (tip.bare, bare) != (tip.full, full)  # a program may have broken a link
            if is_other and any(whole.goes_on(tip.full, full, between) for whole in with_links):
                return tip
        return None

    def is_whole(self, lines: list[str]) -> bool:
        """Whether these lines are one of our emails, from its first word to its last.

        A question mark may be a sign that the quote's charset lacks.
        """
        letters = "".join(_letters(_without_links(line)) for line in lines)
        return any(
            letters.replace("?", "") == each.letters.replace("?", "") for each in self._wholes
        )

    def goes_on(self, piece: str) -> bool:
        """Whether the piece of a line of ours that holds a value from outside may go on on the next line:
        it doesn't end the line. What isn't found may."""
        letters = _letters(piece)
        found = [line for line in self._values if letters in line]
        return not found or any(letters in line[:-1] for line in found)

    @cached_property
    def _wholes(self) -> list["Whole"]:
        return list({Whole.of(map(_without_links, lines)): None for lines in self._lines})

    @cached_property
    def _with_links(self) -> list["Whole"]:
        return list({Whole.of(lines): None for lines in self._lines})

    @cached_property
    def _lines(self) -> list[list[str]]:
        """The lines of each text and each HTML."""
        return [split_lines(each.text) for each in self.emails] + [
            [line.text for line in html_lines(each.html)] for each in self.emails if each.html
        ]

    @cached_property
    def _values(self) -> list[str]:
        lines = [line for each in self.emails for line in split_lines(each.text)]
        return [_letters(line) for line in lines if holds_value(line) or quotes(line)]


def _is_odd_piece(line: Line) -> bool:
    """Whether a line between two pieces of one of ours is one too: of signs alone, or with marks."""
    return not line.is_blank and (line.marked or not _letters(line.text))


def _may_be_typed(lines: list[Line], root: int, at: int) -> bool:
    """Whether a piece of a value from outside may be typed too: below a blank line, where it looks like
    an answer or stands between marked lines."""
    line, begun = lines[at], lines[root].text
    if line.marked or not lines[at - 1].is_blank or not (holds_value(begun) or opens_reason(begun)):
        return False
    below = next((each for each in lines[at + 1 :] if not each.is_blank), line)
    return below.marked or looks_like_answer(line.text) or speaks_of_answer(line.text)


def _others(whole: str, pieces: list[tuple[str, str]]) -> list[str]:
    at, others, is_hers = 0, [], False
    for line, letters in pieces:
        begins = begins_paragraph(line)
        is_hers = is_hers and bool(line.strip()) and not begins
        end = None if is_hers else _end_of(letters, whole, at, further_down=begins)
        if end is None:
            is_hers = True
            others.append(line)
        else:
            at = end
    return others


def _end_of(letters: str, whole: str, at: int, *, further_down: bool) -> int | None:
    """Where these letters end that stand at a place of the whole, or further down; None if they don't."""
    is_bare = not letters.strip("?")
    begin = whole.find(letters, at) if further_down and not is_bare else at
    if begin >= 0 and whole.startswith(letters, begin):
        return begin + len(letters)
    if is_bare or "?" not in letters or letters.count("?") > MAX_LOST:
        return None
    pattern = re2.compile(LOST.sub(_lost, letters))
    found = (pattern.search if further_down else pattern.match)(whole, at)
    return found.end() if found else None


def _lost_within(marks: "re2._Match[str]") -> str:
    return f"[^0-9a-z]{{0,{len(marks[0])}}}?"


def _lost(marks: "re2._Match[str]") -> str:
    """Letters that question marks stand for. Signs may be lost too, but not where a line ends: a
    question mark there asks."""
    least = 1 if marks.end() == len(marks.string) else 0
    return f"[^0-9a-z]{{{least},{len(marks[0])}}}?"


def _without_links(text: str) -> str:
    """The text without its links and addresses, but for a question mark at the end of one."""
    for pattern in (LINK, ADDRESS):
        text = pattern.sub(_asked, text.replace("\xa0", " "))
    return str(text)


def _asked(link: "re2._Match[str]") -> str:
    return " ? " if any(map(is_question, SIGNS.search(link[0])[0])) else " "


def _letters(text: str) -> str:
    """The letters and digits of a text, whatever their case and form, and its question marks as "?"."""
    found = (
        letter if letter.isalnum() else "?" if is_question(letter) else ""
        for letter in unicodedata.normalize("NFKC", text).lower()
    )
    return "".join(found)
