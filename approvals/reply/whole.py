"""The letters of our emails as they were sent, with which the lines of a reply are compared.

Letters, digits and question marks are: mail programs wrap lines, exchange or lose blanks and other signs,
and write addresses and links in ways of their own.
"""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import re2

from approvals.reply.attributions import ADDRESS
from approvals.reply.our_mail import begins_paragraph
from approvals.reply.words import is_question

BEFORE_LINKS = ("http://", "https://", "www.", "mailto:", "tel:")
LINK = re2.compile(rf"(?i)\b(?:{'|'.join(map(re2.escape, BEFORE_LINKS))})[^\s<>]+")
SIGNS = re2.compile(r"[^\pL\pN]*$")
# For str.translate, of text in ASCII: all but letters, digits and question marks go.
WITHOUT_SIGNS = {sign: None for sign in range(128) if not (chr(sign).isalnum() or sign == ord("?"))}
LOST = "[^0-9a-z]"  # a letter that the quote's charset lacks
MAX_LOST = 200  # letters of a line
MIN_BEGUN = 4  # letters by which lines of ours are found
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

    def begins_of(self, letters: str) -> Collection[int]:
        """Where a line with these letters may begin."""
        first = letters[:MIN_BEGUN].partition("?")[0]
        return self._begins_by_letters.get(first, ()) if first else self.begins

    @cached_property
    def _begins_by_letters(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for at in self.begins:
            for length in range(1, MIN_BEGUN + 1):
                found.setdefault(self.letters[at : at + length], []).append(at)
        return found

    def read(self, pieces: list[tuple[str, str]]) -> tuple[list[str], int]:
        """Which of these lines, each with its letters, aren't pieces of it, in its order; and where the
        last piece ends. A line of which the rest was left out is none: it may be typed."""
        at, others, is_hers, above = 0, [], False, ""
        for line, letters in pieces:
            begins = begins_paragraph(line)
            is_hers = is_hers and bool(line.strip()) and not begins
            begin, end = (-1, -1) if is_hers else self._next(letters, at, further_down=begins)
            if end < 0:
                is_hers = True
                others.append(line)
                continue
            if begin > at and at not in self.begins:
                others.append(above)
            at, above = end, line if letters else above
        return others, at

    def _next(self, letters: str, at: int, *, further_down: bool) -> tuple[int, int]:
        """Where these letters begin and end that go on at a place, or begin a line further down."""
        begins = (
            sorted(each for each in self.begins_of(letters) if each > at) if further_down else []
        )
        found = ((begin, _end_of(letters, self.letters, begin)) for begin in (at, *begins))
        return next(((begin, end) for begin, end in found if end >= 0), (-1, -1))

    def ends_of(self, letters: str, begins: Collection[int], *, inexact: bool) -> frozenset[int]:
        """Where these letters end if they begin at one of these places; `inexact`: question marks may
        stand for letters of it."""
        if not (letters and begins) or not all(part in self.letters for part in letters.split("?")):
            return frozenset()
        found = [at + len(letters) for at in begins if self.letters.startswith(letters, at)]
        if not found and inexact and 0 < letters.count("?") <= MAX_LOST_NEARBY:
            pattern = re2.compile(_pattern(letters))
            matches = (pattern.match(self.letters, at) for at in begins)
            found = [match.end() for match in matches if match]
        return frozenset(found)

    def holds_both(self, above: str, below: str) -> bool:
        """Whether these letters follow each other anywhere within a line."""
        pattern = f"{_pattern(above)}(){_pattern(below)}"
        matches = re2.finditer(pattern, self.letters) if above and below else ()
        return any(found.start(1) not in self.begins for found in matches)


def _end_of(letters: str, whole: str, at: int) -> int:
    """Where these letters end that stand at a place of the whole; -1 if they don't."""
    if whole.startswith(letters, at):
        return at + len(letters)
    if "?" not in letters or not letters.strip("?") or letters.count("?") > MAX_LOST:
        return -1
    found = re2.compile(_pattern(letters, is_line=True)).match(whole, at)
    return found.end() if found else -1


def _pattern(letters: str, *, is_line: bool = False) -> str:
    """An expression for letters some of which may be lost. Question marks stand for signs too, but not
    at the end of a line, which is read as far as it goes: there they ask."""
    perhaps = f"{LOST}?" if is_line else f"{LOST}??"
    if is_line and letters.endswith("?"):
        return f"{letters[:-1].replace('?', perhaps)}{LOST}"
    return letters.replace("?", perhaps)


def without_links(text: str) -> str:
    """The text without its links and addresses, but for a question mark at the end of one."""
    text = text.replace("\xa0", " ")
    lower = text.lower()
    if any(begin in lower for begin in BEFORE_LINKS):
        text = LINK.sub(_asked, text)
    return str(ADDRESS.sub(_asked, text)) if "@" in text else text


def _asked(link: "re2._Match[str]") -> str:
    return " ? " if any(map(is_question, SIGNS.search(link[0])[0])) else " "


def letters_of(text: str) -> str:
    """The letters and digits of a text, whatever their case and form, and its question marks as "?"."""
    if text.isascii():
        return text.lower().translate(WITHOUT_SIGNS)
    found = (
        letter if letter.isalnum() else "?" if is_question(letter) else ""
        for letter in unicodedata.normalize("NFKC", text).lower()
    )
    return "".join(found)
