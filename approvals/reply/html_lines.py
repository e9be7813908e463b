# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""The visible lines of an HTML body: what a person would see, in the order in which it stands."""

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import islice

from lxml import etree
from lxml.html import defs

from approvals.reply.answer import looks_like_answer
from approvals.reply.decoding import Undecodable
from approvals.reply.html_quotes import is_cut, is_quote, is_signature, is_wrapper
from approvals.reply.limits import MAX_ELEMENTS, MAX_HTML_DEPTH, MAX_LINES, MAX_SHOWN, TooMuch
from approvals.reply.lines import Line, marked_line, split_lines
from approvals.reply.stylesheets import named_in_sheets
from approvals.reply.visibility import DOUBTFUL, UNSEEN, TextStyle, declarations, text_style
from approvals.reply.words import EMPTY

BLOCKS = frozenset(
    (
        "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 "
        "h3 h4 h5 h6 header hr html legend li main nav ol p pre section table tbody tfoot thead tr ul "
        "caption summary"
    ).split()
)
SPACED = frozenset("p blockquote h1 h2 h3 h4 h5 h6 pre table ul ol".split())
CELLS = frozenset(["td", "th"])
# What they draw isn't read: a box to tick, or an emoji.
DRAWN = frozenset("input svg canvas object embed video iframe select textarea".split())
# What is no element isn't markup: somebody may have declared a plain text as HTML.
ELEMENTS = (
    defs.tags
    | BLOCKS
    | UNSEEN
    | DOUBTFUL
    | frozenset(
        "bdi picture nobr data rb rtc image grammarly-extension grammarly-desktop-integration".split()
    )
)
DOUBT = "\ufffd"  # a character that no answer holds
DRAWINGS = ("svg", "math")  # with elements of their own
MAX_LOOKED_AT = 50  # elements in a cell
TABLES = ("table", "tbody", "thead", "tfoot", "tr")
SPACE = re.compile(r"[ \t\r\n\f]++")


def html_lines(text: str) -> list[Line]:
    """The lines of an HTML text. Raises TooMuch and Undecodable."""
    if text.count("<") > MAX_ELEMENTS * 2:
        raise TooMuch("The message's HTML has too many elements.")
    if not text.strip():
        return [Line("")]
    parser = etree.HTMLParser(remove_pis=True, encoding="utf-8", huge_tree=True)
    try:
        root = etree.fromstring(text.replace("\0", "\ufffd").encode("utf-8"), parser)
    except (etree.LxmlError, ValueError, UnicodeError):
        raise Undecodable("its HTML cannot be read") from None
    return _Writer(root).lines if root is not None else [Line("")]


@dataclass(frozen=True)
class _Opened:
    """An element that isn't closed yet: how its text looks, and what it does to the lines around."""

    style: TextStyle
    is_block: bool = False
    is_cell: bool = False
    is_spaced: bool = False
    quotes: bool = False
    signs: bool = False


class _Writer:
    """Walks the tree once, without recursion, and writes down lines, up to a number of elements."""

    def __init__(self, root: etree._Element) -> None:
        self.lines: list[Line] = []
        self.current: list[str] = []
        self.pending_space = False
        self.doubtful = _is_disordered(root)
        self.all_doubtful = self.doubtful
        self.quotes = 0
        self.depth = 0  # of block quotes
        self.signatures = 0  # elements of signatures outside of what is quoted
        self.opened = [_Opened(TextStyle())]
        self.names = named_in_sheets(root)
        self.first_blockquotes = _first_blockquotes(root)
        self.forms: set[etree._Element] = set()  # rows with an answer and its mark, perhaps
        self.wrappers: dict[
            etree._Element, list[int]
        ] = {}  # which of `opened` quote up to the end of a blockquote
        count = 0
        for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
            count += event != "end"
            if len(self.opened) > MAX_HTML_DEPTH:
                raise TooMuch("The message's HTML is too deep.")
            if count > MAX_SHOWN or len(self.lines) >= MAX_LINES:
                self._stop()
                return
            if event == "start":
                self._open(element)
            elif event == "end":
                self._close()
                self.depth -= element.tag == "blockquote"
                self._end_wrappers(element)
            if event != "start":
                self._write(element.tail or "")
        self._end_line()

    def _stop(self) -> None:
        """Leave out the line that isn't complete; what would stand below is as many blank lines."""
        self.lines += [Line("")] * (MAX_LINES - len(self.lines))

    def _open(self, element: etree._Element) -> None:
        tag, attributes = _tag_and_attributes(element)
        opened = self._opened(element, tag, attributes)
        self.opened.append(opened)
        if tag == "br" and not opened.style.unseen:
            self.doubtful = self.doubtful or opened.style.odd
            self._end_line(force=True)
        elif opened.is_block:
            self._end_line()
            if tag in SPACED or opened.quotes:
                self._blank()
        elif opened.is_cell:
            self.pending_space = True
        if attributes and is_cut(tag, attributes):
            self._end_line()
            self.lines.append(Line("", cut=True))
        if opened.quotes:
            self._end_line()
            self.quotes += 1
            self.depth += tag == "blockquote"
            self.signatures += opened.signs
        self._draw(element, tag, attributes, unseen=opened.style.unseen)
        self._write(element.text or "")

    def _draw(
        self, element: etree._Element, tag: str, attributes: dict[str, str], *, unseen: bool
    ) -> None:
        """What an element shows besides its text."""
        if tag in DRAWN or (tag == "img" and not _is_tiny(attributes)):
            self.doubtful = True
        if tag == "img" and not unseen:
            self._append(_emoji_in(attributes.get("alt", "")))
        if tag == "li":
            self.current.append("\u2022 ")
        is_markup = tag in ELEMENTS or ":" in tag
        if not (is_markup or unseen) and next(element.iterancestors(*DRAWINGS), None) is None:
            self._append(f"<{tag}>")

    def _opened(self, element: etree._Element, tag: str, attributes: dict[str, str]) -> _Opened:
        declared = declarations(attributes["style"]) if "style" in attributes else {}
        outer = self.opened[-1].style
        style = text_style(tag, attributes, declared, outer)
        style = self.names.style(tag, attributes, declared, style, outer=outer)
        if tag == "table":
            self.forms.update(_rows_of_form(element))
        aside = tag == "table" and attributes.get("align", "").lower() in ("left", "right")
        if aside or (tag in CELLS and element.getparent() in self.forms):
            style = replace(style, odd=True)
        quotes = is_quote(tag, attributes)
        signs = quotes and self.quotes == 0 and is_signature(attributes)
        if not quotes and is_wrapper(attributes):
            quotes = True
            if element in self.first_blockquotes:
                first = self.first_blockquotes[element]
                self.wrappers.setdefault(first, []).append(len(self.opened))
        is_block = _is_block(tag, declared)
        return _Opened(style, is_block, tag in CELLS, tag in SPACED, quotes, signs)

    def _close(self) -> None:
        closed = self.opened.pop()
        if closed.is_block:
            self._end_line()
        elif closed.is_cell:
            self.pending_space = True
        if closed.quotes:
            self._end_line()
            self.quotes -= 1
            self.signatures -= closed.signs
            self._blank()
        elif closed.is_spaced:
            self._blank()

    def _end_wrappers(self, element: etree._Element) -> None:
        """What stands in a wrapper below its first blockquote may be new: Gmail's inline answers."""
        for at in self.wrappers.pop(element, ()):
            self._end_line()
            self.opened[at] = replace(self.opened[at], quotes=False)
            self.quotes -= 1
            self._blank()

    def _write(self, text: str) -> None:
        style = self.opened[-1].style
        if not text or style.unseen:
            return
        if style.keeps_space:
            first, *others = split_lines(text)
            self._append(first)
            for line in others:
                self._end_line(force=True)
                self._append(line)
            return
        words = SPACE.sub(" ", text)
        if words.startswith(" "):
            self.pending_space = True
        self._append(words.strip(" "))
        if words.endswith(" "):
            self.pending_space = True

    def _append(self, text: str) -> None:
        if not text:
            return
        if self.pending_space and self.current:
            self.current.append(" ")
        self.pending_space = False
        self.current.append(text)
        self.doubtful = self.doubtful or self.opened[-1].style.doubtful

    def _end_line(self, *, force: bool = False) -> None:
        if self.current or force:
            line = marked_line("".join(self.current))
            if self.quotes:
                aside = self.signatures > 0
                line = Line(line.text, True, drawn=True, aside=aside, depth=self.depth)
            elif self.doubtful and looks_like_answer(line.text):
                line = replace(line, text=line.text + DOUBT)
            self.lines.append(line)
        self.current = []
        self.doubtful = self.all_doubtful
        self.pending_space = False

    def _blank(self) -> None:
        blank = Line("", marked=self.quotes > 0)
        if self.lines and not (self.lines[-1].is_blank and self.lines[-1].marked == blank.marked):
            self.lines.append(blank)


def _tag_and_attributes(element: etree._Element) -> tuple[str, dict[str, str]]:
    tag = element.tag.lower() if isinstance(element.tag, str) else ""
    return tag, {str(name).lower(): str(value) for name, value in element.attrib.items()}


def _is_block(tag: str, declared: dict[str, list[str]]) -> bool:
    display = declared.get("display", [""])[-1]
    if display.startswith("inline"):
        return False
    return tag in BLOCKS or display in ("block", "table", "table-row", "flex", "grid", "list-item")


def _is_tiny(attributes: dict[str, str]) -> bool:
    """Whether a picture is a pixel that only tells that the mail was opened."""
    return attributes.get("width", "") in ("0", "1") or attributes.get("height", "") in ("0", "1")


def _emoji_in(alternative: str) -> str:
    """The emoji that a picture draws, by its alternative text; "" if that says anything else."""
    is_emoji = any(unicodedata.category(char) == "So" for char in alternative[:20])
    return alternative if is_emoji and not any(map(str.isalnum, alternative)) else ""


def _is_disordered(root: etree._Element) -> bool:
    """Whether a table's text is shown above what stands before it: outside of its cells, or its head."""
    return any(
        any((text or "").strip() for text in (table.text, *(child.tail for child in table)))
        for table in root.iter(*TABLES)
    ) or any(
        before.tag not in ("caption", "colgroup")
        for head in root.iter("thead", "caption")
        if (before := head.getprevious()) is not None
    )


def _rows_of_form(table: etree._Element) -> list[etree._Element]:
    """The rows of several cells, if any of them has text in several: they say what each other mean."""
    rows = [
        row
        for part in table
        for row in ([part] if part.tag == "tr" else part)
        if row.tag == "tr" and sum(cell.tag in CELLS for cell in row) > 1
    ]
    return rows if any(sum(map(_has_text, row)) > 1 for row in rows) else []


def _has_text(cell: etree._Element) -> bool:
    return any(
        (each.text or "").strip(EMPTY) or (each is not cell and (each.tail or "").strip(EMPTY))
        for each in islice(cell.iter(), MAX_LOOKED_AT)
    )


def _first_blockquotes(root: etree._Element) -> dict[etree._Element, etree._Element]:
    """The first blockquote in each element that holds one."""
    found: dict[etree._Element, etree._Element] = {}
    for quote in root.iter("blockquote"):
        parent = quote.getparent()
        while parent is not None and parent not in found:
            found[parent] = quote
            parent = parent.getparent()
    return found
