"""The lines of a body, each with whether it is marked as a quote, whatever the body's form."""

import re
from dataclasses import dataclass

import re2

from approvals.reply.limits import MAX_LINES
from approvals.reply.words import EMPTY
from approvals.words import DECISION_WORDS

MARKS = re2.compile(r"^[ \t\xa0]{0,4}((?:(?:>|\|)[ \t\xa0]?)+)(.*)$")
TABLE_ROW = re2.compile(
    r"^[ \t\xa0]{0,4}\|[^|>]*[^|>\s][^|>]*\|"
)  # typed: a quoted line has its marks in front
RUNS = re.compile(r"[ \t]{2,}|\t")
STUFFED = ">From "  # of mail stores, which take "From " for the beginning of a message
INITIALS = re2.compile(r"^[ \t]?([A-Z]{1,4})>+[ \t]?(.*)$")
SIGNATURE = "-- "


@dataclass(frozen=True)
class Line:
    """A line without its line end and quote marks. `cut`: all from here on is quoted mail.

    `drawn`: marked by a bar, an indent, initials or an element, as people mark their own lines too.
    `aside`: it stands in an element of signatures. `depth`: in how many quotes it stands, as far as marks
    or block quotes tell.
    """

    text: str
    marked: bool = False
    cut: bool = False
    drawn: bool = False
    aside: bool = False
    depth: int = 0

    @property
    def is_blank(self) -> bool:
        return not self.text.strip(EMPTY)


def narrowed(text: str) -> str:
    """A text with one space for each run of blanks: a signature (relaxed DKIM) lets anybody who sends it
    on write more of them, past the limits and expressions by which it is understood."""
    return RUNS.sub(" ", text)


def split_lines(text: str) -> list[str]:
    """The lines of a text that are looked at, ended by CR LF or LF and by nothing else."""
    return [line.removesuffix("\r") for line in text.split("\n", MAX_LINES)[:MAX_LINES]]


def marked_line(text: str) -> Line:
    """A line of plain text, its quote marks taken off."""
    text = narrowed(text)
    if text.startswith(STUFFED):
        return Line(text[1:])
    if not (">" in text or "|" in text):
        return Line(text)
    match = None if TABLE_ROW.match(text) else MARKS.match(text)
    if match:
        marks, text = match.groups()
        depth = marks.count(">") + marks.count("|")
        return Line(text, marked=True, drawn=">" not in marks, depth=depth)
    match = INITIALS.match(text)
    if match and match.group(1) not in DECISION_WORDS:
        return Line(match.group(2), marked=True, drawn=True, depth=1)
    return Line(text)


def text_lines(text: str) -> list[Line]:
    """The lines of a plain text."""
    return [marked_line(line) for line in split_lines(text)]


def flowed_lines(text: str, *, delsp: bool) -> list[Line]:
    """The lines of format=flowed, put together again (RFC 3676, section 4)."""
    lines: list[Line] = []
    paragraph: list[str] = []
    depth_before = 0
    split = split_lines(text)
    for raw in split:
        content = raw if raw.startswith(STUFFED) else raw.lstrip(">")
        depth = len(raw) - len(content)
        content = content.removeprefix(" ")
        if paragraph and (depth != depth_before or content == SIGNATURE):
            lines.append(_flowed("".join(paragraph), depth_before))
            paragraph = []
        depth_before = depth
        soft = content.endswith(" ") and content != SIGNATURE
        paragraph.append(content[:-1] if soft and delsp else content)
        if not soft:
            lines.append(_flowed("".join(paragraph), depth))
            paragraph = []
    if paragraph and len(split) < MAX_LINES:  # else its end isn't known
        lines.append(_flowed("".join(paragraph), depth_before))
    return lines


def _flowed(text: str, depth: int) -> Line:
    return Line(narrowed(text), marked=True, depth=depth) if depth else marked_line(text)
