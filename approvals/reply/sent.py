"""What we have written to an approver, so that what a message quotes can be compared with it.

Letters and digits are compared: mail programs wrap lines, exchange or lose blanks and signs, and write
addresses and links in ways of their own.
"""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

import re2

from approvals.reply.attributions import ADDRESS
from approvals.reply.html.lines import html_lines
from approvals.reply.lines import split_lines
from approvals.reply.our_mail import begins_paragraph, holds_value
from approvals.reply.reading import Email
from approvals.reply.words import is_question

LINK = re2.compile(r"(?i)\b(?:https?://|www\.|mailto:|tel:)[^\s<>]+")
MAX_LOST = 200  # letters of a line


@dataclass(frozen=True)
class Sent:
    """Our emails of one invitation; empty if they aren't known, which proves nothing."""

    emails: tuple[Email, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.emails)

    def others_in(self, lines: list[str]) -> list[list[str]]:
        """For each text and each HTML of ours, which of these lines aren't pieces of it, in its order.

        A line goes on with the one above, or begins like one of ours further down: she may have left
        some out. A question mark may stand for a letter that the quote's charset lacks.
        """
        pieces = [(line, _letters(_without_links(line), questions=True)) for line in lines]
        return [_others(whole, pieces) for whole in self._wholes]

    def goes_on_with(self, above: str, line: str) -> bool:
        """Whether a line of ours, or a piece of it, goes on with this one."""
        letters = _letters(_without_links(f"{above} {line}"))
        return any(letters in each for each in self._wholes)

    def is_whole(self, lines: list[str]) -> bool:
        """Whether these lines are one of our emails, from its first word to its last."""
        return "".join(_letters(_without_links(line)) for line in lines) in self._wholes

    def goes_on(self, piece: str) -> bool:
        """Whether the piece of a line of ours that holds a value from outside may go on on the next line:
        it doesn't end the line. What isn't found may."""
        letters = _letters(piece)
        found = [line for line in self._values if letters in line]
        return not found or any(letters in line[:-1] for line in found)

    @cached_property
    def _wholes(self) -> list[str]:
        """The letters of each text and each HTML."""
        texts = [split_lines(each.text) for each in self.emails]
        texts += [
            [line.text for line in html_lines(each.html)] for each in self.emails if each.html
        ]
        return ["".join(_letters(_without_links(line)) for line in lines) for lines in texts]

    @cached_property
    def _values(self) -> list[str]:
        lines = [line for each in self.emails for line in split_lines(each.text)]
        return [_letters(line) for line in lines if holds_value(line)]


def _others(whole: str, pieces: list[tuple[str, str]]) -> list[str]:
    at, others = 0, []
    for line, letters in pieces:
        end = _end_of(letters, whole, at, further_down=begins_paragraph(line))
        at = at if end is None else end
        if end is None:
            others.append(line)
    return others


def _end_of(letters: str, whole: str, at: int, *, further_down: bool) -> int | None:
    """Where these letters end that stand at a place of the whole, or further down; None if they don't."""
    lost = letters.count("?")
    if not lost:
        at = whole.find(letters, at) if further_down else at
        return at + len(letters) if at >= 0 and whole.startswith(letters, at) else None
    if lost == len(letters) or lost > MAX_LOST:
        return None
    pattern = re2.compile(re2.escape(letters).replace(r"\?", ".??"))
    found = (pattern.search if further_down else pattern.match)(whole, at)
    return found.end() if found else None


def _without_links(text: str) -> str:
    return str(ADDRESS.sub(" ", LINK.sub(" ", text.replace("\xa0", " "))))


def _letters(text: str, *, questions: bool = False) -> str:
    """The letters and digits of a text, whatever their case and form, and its question marks as "?"."""
    found = (
        letter if letter.isalnum() else "?" if questions and is_question(letter) else ""
        for letter in unicodedata.normalize("NFKC", text).casefold()
    )
    return "".join(found)
