"""What we have written to an approver, so that what a message quotes can be compared with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

from approvals.reply.heads import RULE_MARKS
from approvals.reply.html.lines import html_lines
from approvals.reply.lines import split_lines
from approvals.reply.our_mail import holds_value, quotes
from approvals.reply.reading import Email
from approvals.reply.whole import Whole, letters_of, without_links
from approvals.reply.words import EMPTY

MAX_HELD = 400  # lines: no email of ours is that long, wrapped or not
MIN_RULE = 4  # signs
MIN_LETTERS = 12  # of a line that nobody types by chance


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
        pieces = _pieces(lines)
        return [whole.read(pieces)[0] for whole in self.wholes]

    def holds(self, lines: list[str], *, to_end: bool) -> bool:
        """Whether these lines are pieces of one of our emails, in its order; `to_end`: to its last word.

        A picture or a link may be an answer too: signs alone, other than a rule, stand there only if we
        sent them, and a link alone only directly below another line.
        """
        if len(lines) > MAX_HELD:
            return False
        signs = _signs_in(lines) - _signs_in(chain.from_iterable(self._lines)) - {""}
        if not all(len(each) >= MIN_RULE and RULE_MARKS.issuperset(each) for each in signs):
            return False
        firsts = (line for above, line in pairwise(["", *lines]) if not above.strip(EMPTY))
        if any(letters_of(line) and not letters_of(without_links(line)) for line in firsts):
            return False
        pieces = _pieces(lines)
        read = ((whole, *whole.read(pieces)) for whole in self.wholes)
        return any(
            not others and end in ({len(whole.letters)} if to_end else whole.begins)
            for whole, others, end in read
        )

    def is_whole(self, lines: list[str]) -> bool:
        """Whether these lines are one of our emails, from its first word to its last.

        A question mark may be a sign that the quote's charset lacks.
        """
        letters = "".join(letters_of(without_links(line)) for line in lines)
        return any(
            letters.replace("?", "") == each.letters.replace("?", "") for each in self.wholes
        )

    def has_line(self, line: str) -> bool:
        """Whether a line is one of ours as a whole, with enough letters not to be one by chance."""
        return letters_of(line) in self._long_lines

    def goes_on(self, piece: str) -> bool:
        """Whether the piece of a line of ours that holds a value from outside may go on on the next line:
        it doesn't end the line. What isn't found may."""
        letters = letters_of(piece)
        found = [line for line in self._values if letters in line]
        return not found or any(letters in line[:-1] for line in found)

    @cached_property
    def wholes(self) -> list[Whole]:
        return list({Whole.of(map(without_links, lines)): None for lines in self._lines})

    @cached_property
    def with_links(self) -> list[Whole]:
        return list({Whole.of(lines): None for lines in self._lines})

    @cached_property
    def _lines(self) -> list[list[str]]:
        """The lines of each text and each HTML."""
        return [split_lines(each.text) for each in self.emails] + [
            [line.text for line in html_lines(each.html)] for each in self.emails if each.html
        ]

    @cached_property
    def _long_lines(self) -> frozenset[str]:
        found = (letters_of(line) for lines in self._lines for line in lines)
        return frozenset(letters for letters in found if len(letters) >= MIN_LETTERS)

    @cached_property
    def _values(self) -> list[str]:
        lines = [line for each in self.emails for line in split_lines(each.text)]
        return [letters_of(line) for line in lines if holds_value(line) or quotes(line)]


def _signs_in(lines: Iterable[str]) -> set[str]:
    """The lines without letters."""
    return {line.strip(EMPTY) for line in lines if not letters_of(line).strip("?")}


def _pieces(lines: list[str]) -> list[tuple[str, str]]:
    """Each line with its letters."""
    return [(line, letters_of(without_links(line))) for line in lines]
