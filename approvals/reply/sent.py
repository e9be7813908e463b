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
from approvals.reply.our_mail import holds_value
from approvals.reply.reading import Email

LINK = re2.compile(r"(?i)\b(?:https?://|www\.|mailto:|tel:)[^\s<>]+")


@dataclass(frozen=True)
class Sent:
    """Our emails of one invitation; empty if they aren't known, which proves nothing."""

    emails: tuple[Email, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.emails)

    def holds(self, line: str) -> bool:
        """Whether this is a line of ours, or a piece of lines of ours."""
        letters = _letters(line)
        return any(letters in each for each in self._wholes)

    def is_whole(self, lines: list[str]) -> bool:
        """Whether these lines are one of our emails, from its first word to its last."""
        return "".join(map(_letters, lines)) in self._wholes

    def goes_on(self, piece: str) -> bool:
        """Whether the piece of a line of ours that holds a value from outside may go on on the next line:
        it doesn't end the line. What isn't found may."""
        letters = _letters(piece)
        found = [line for line in self._values if letters in line]
        return not found or any(letters in line[:-1] for line in found)

    @cached_property
    def _wholes(self) -> list[str]:
        texts = [split_lines(each.text) for each in self.emails]
        texts += [
            [line.text for line in html_lines(each.html)] for each in self.emails if each.html
        ]
        return ["".join(map(_letters, lines)) for lines in texts]

    @cached_property
    def _values(self) -> list[str]:
        lines = [line for each in self.emails for line in split_lines(each.text)]
        return [_letters(line) for line in lines if holds_value(line)]


def _letters(text: str) -> str:
    bare = unicodedata.normalize("NFKC", ADDRESS.sub(" ", LINK.sub(" ", text))).casefold()
    return "".join(letter for letter in bare if letter.isalnum())
