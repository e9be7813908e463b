"""The letters of our emails as they were sent, with which the lines of a reply are compared.

Letters, digits and question marks are: mail programs wrap lines, exchange or lose blanks and other signs,
and write addresses and links in ways of their own.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

import re2

from approvals.reply.attributions import ADDRESS
from approvals.reply.our_mail import begins_paragraph
from approvals.reply.words import is_question

LINK = re2.compile(r"(?i)\b(?:https?://|www\.|mailto:|tel:)[^\s<>]+")
SIGNS = re2.compile(r"[^\pL\pN]*$")
LOST = re2.compile(r"(\?+)")  # letters that the quote's charset lacks
MAX_LOST = 200  # letters of a line
MAX_LOST_NEARBY = 60  # of two pieces


@dataclass(frozen=True)
class Whole:
    """The letters of an email, and where in them its lines begin."""

    letters: str
    begins: frozenset[int]

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Whole":
        letters = [letters_of(line) for line in lines]
        return cls("".join(letters), frozenset(accumulate(map(len, letters), initial=0)))

    def others_in(self, pieces: list[tuple[str, str]]) -> list[str]:
        """Which of these lines, each with its letters, aren't pieces of it, in its order."""
        at, others, is_hers = 0, [], False
        for line, letters in pieces:
            begins = begins_paragraph(line)
            is_hers = is_hers and bool(line.strip()) and not begins
            end = None if is_hers else _end_of(letters, self.letters, at, further_down=begins)
            if end is None:
                is_hers = True
                others.append(line)
            else:
                at = end
        return others

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


def without_links(text: str) -> str:
    """The text without its links and addresses, but for a question mark at the end of one."""
    for pattern in (LINK, ADDRESS):
        text = pattern.sub(_asked, text.replace("\xa0", " "))
    return str(text)


def _asked(link: "re2._Match[str]") -> str:
    return " ? " if any(map(is_question, SIGNS.search(link[0])[0])) else " "


def letters_of(text: str) -> str:
    """The letters and digits of a text, whatever their case and form, and its question marks as "?"."""
    found = (
        letter if letter.isalnum() else "?" if is_question(letter) else ""
        for letter in unicodedata.normalize("NFKC", text).lower()
    )
    return "".join(found)
