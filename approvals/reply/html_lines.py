# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""The visible lines of an HTML body: what a person would see, in the order in which it stands."""

import re
import unicodedata
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

from approvals.reply.answer import looks_like_answer
from approvals.reply.hiding import UNSEEN
from approvals.reply.html_quotes import is_cut, is_quote, is_signature, is_wrapper
from approvals.reply.html_tree import (
    CELLS,
    Tree,
    attributes_of,
    first_blockquotes,
    is_disordered,
    rows_of_form,
    tree_of,
    walk,
)
from approvals.reply.limits import MAX_HTML_DEPTH, MAX_LINES, MAX_SHOWN, TooMuch
from approvals.reply.lines import Line, marked_line, split_lines
from approvals.reply.stylesheets import named_in_sheets
from approvals.reply.visibility import DOUBTFUL, TextStyle, declarations, moves, text_style

BLOCKS = frozenset(
    (
        "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 "
        "h3 h4 h5 h6 header hr html legend li main nav ol p pre section table tbody tfoot thead tr ul "
        "caption summary"
    ).split()
)
BLOCK_DISPLAYS = frozenset(
    (
        "block flow-root list-item flex grid table table-caption table-row table-row-group "
        "table-header-group table-footer-group"
    ).split()
)
SPACED = frozenset("p blockquote h1 h2 h3 h4 h5 h6 pre table ul ol".split())
# What they draw isn't read: a box to tick, or an emoji.
DRAWN = frozenset("input svg canvas object embed video iframe select textarea".split())
# What is no element isn't markup: somebody may have declared a plain text as HTML.
ELEMENTS = (
    BLOCKS
    | UNSEEN
    | DOUBTFUL
    | frozenset(
        (
            "a abbr acronym area b base basefont bdi bgsound big blink br cite code col colgroup data "
            "del dfn dir em figcaption font frame frameset grammarly-desktop-integration "
            "grammarly-extension hgroup i image img input ins kbd label link mark menu "
            "menuitem meta nobr optgroup output param path picture rb rtc ruby s samp "
            "search small source span strike strong td th time track tt u var wbr"
        ).split()
    )
)
DOUBT = "\ufffd"  # a character that no answer holds
DRAWINGS = ("svg", "math")  # with elements of their own
SPACE = re.compile(r"[ \t\r\n\f]++")


def html_lines(text: str) -> list[Line]:
    """The lines of an HTML text. Raises TooMuch and Undecodable."""
    return _Writer(tree_of(text)).lines if text.strip() else [Line("")]


@dataclass(frozen=True)
class _Opened:
    """An element that isn't closed yet: how its text looks, and what it does to the lines around."""

    style: TextStyle
    is_block: bool = False
    is_cell: bool = False
    is_spaced: bool = False
    quotes: bool = False
    signs: bool = False
    draws: bool = False  # with elements of its own


class _Writer:
    """Walks the tree once, without recursion, and writes down lines, up to a number of elements."""

    def __init__(self, tree: Tree) -> None:
        self.lines: list[Line] = []
        self.current: list[str] = []
        self.pending_space = False
        self.doubtful = False
        self.moved = tree.is_ambiguous or is_disordered(tree.root)  # what is seen where
        self.quotes = 0
        self.depth = 0  # of block quotes
        self.signatures = 0  # elements of signatures outside of what is quoted
        self.opened = [_Opened(TextStyle())]
        self.names = named_in_sheets(tree.root)
        self.first_blockquotes = first_blockquotes(tree.root)
        self.forms: set[int] = set()  # rows with an answer and its mark, perhaps
        self.wrappers: dict[int, list[int]] = {}  # which of `opened` quote up to its end
        self._walk(tree.root)
        if self.moved:
            self.lines = [_doubted(line) for line in self.lines]

    def _walk(self, root: LexborNode) -> None:
        count, events = 0, walk(root)
        for event, node in events:
            count += event in ("start", "comment")
            if len(self.opened) > MAX_HTML_DEPTH:
                raise TooMuch("The message's HTML is too deep.")
            if count > MAX_SHOWN or len(self.lines) >= MAX_LINES:
                self._stop()
                self.moved = self.moved or any(
                    each == "start" and _moves(rest) for each, rest in events
                )
                return
            if event == "start":
                self._open(node)
            elif event == "end":
                self._close()
                self.depth -= node.tag == "blockquote"
                self._end_wrappers(node)
            elif event == "text":
                self._write(node.text_content or "")
        self._end_line()

    def _stop(self) -> None:
        """Leave out the line that isn't complete; what would stand below is as many blank lines."""
        self.lines += [Line("")] * (MAX_LINES - len(self.lines))

    def _open(self, element: LexborNode) -> None:
        tag, attributes = (element.tag or "").lower(), attributes_of(element)
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
        self._draw(tag, attributes, unseen=opened.style.unseen)

    def _draw(self, tag: str, attributes: dict[str, str], *, unseen: bool) -> None:
        """What an element shows besides its text."""
        if tag in DRAWN or (tag == "img" and not _is_tiny(attributes)):
            self.doubtful = True
        if tag == "img" and not unseen:
            self._append(_emoji_in(attributes.get("alt", "")))
        if tag == "li":
            self.current.append("\u2022 ")
        is_markup = tag in ELEMENTS or ":" in tag
        if not (is_markup or unseen or self.opened[-1].draws):
            self._append(f"<{tag}>")

    def _opened(self, element: LexborNode, tag: str, attributes: dict[str, str]) -> _Opened:
        declared = declarations(attributes["style"]) if "style" in attributes else {}
        outer = self.opened[-1].style
        style = text_style(tag, attributes, declared, outer)
        style = self.names.style(tag, attributes, declared, style, outer=outer)
        if tag == "table":
            self.forms.update(rows_of_form(element))
        if tag in CELLS and element.parent and element.parent.mem_id in self.forms:
            style = replace(style, odd=True)
        aside = tag == "table" and attributes.get("align", "").lower() in ("left", "right")
        if not style.unseen and (aside or moves(tag, declared, outer)):
            self.moved = True
        self.moved = self.moved or self.names.moves(tag, attributes)
        quotes = is_quote(tag, attributes)
        signs = quotes and self.quotes == 0 and is_signature(attributes)
        if not quotes and is_wrapper(attributes):
            quotes = True
            if element.mem_id in self.first_blockquotes:
                first = self.first_blockquotes[element.mem_id]
                self.wrappers.setdefault(first, []).append(len(self.opened))
        is_block = _is_block(tag, declared)
        draws = tag in DRAWINGS or self.opened[-1].draws
        return _Opened(style, is_block, tag in CELLS, tag in SPACED, quotes, signs, draws)

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

    def _end_wrappers(self, element: LexborNode) -> None:
        """What stands in a wrapper below its first blockquote may be new: Gmail's inline answers."""
        for at in self.wrappers.pop(element.mem_id, ()):
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
            self.lines.append(_doubted(line) if self.doubtful else line)
        self.current = []
        self.doubtful = False
        self.pending_space = False

    def _blank(self) -> None:
        blank = Line("", marked=self.quotes > 0)
        if self.lines and not (self.lines[-1].is_blank and self.lines[-1].marked == blank.marked):
            self.lines.append(blank)


def _moves(element: LexborNode) -> bool:
    """Whether an element by itself may cover or move what stands before it."""
    declared = declarations(element.attributes.get("style") or "")
    return moves((element.tag or "").lower(), declared, TextStyle())


def _doubted(line: Line) -> Line:
    """A line that may be shown otherwise than it's read, so that it decides nothing."""
    is_answer = not line.marked and looks_like_answer(line.text)
    return replace(line, text=line.text + DOUBT) if is_answer else line


def _is_block(tag: str, declared: dict[str, list[str]]) -> bool:
    display = declared.get("display", [""])[-1]
    if display.startswith("inline"):
        return False
    return tag in BLOCKS or display in BLOCK_DISPLAYS


def _is_tiny(attributes: dict[str, str]) -> bool:
    """Whether a picture is a pixel that only tells that the mail was opened."""
    return attributes.get("width", "") in ("0", "1") or attributes.get("height", "") in ("0", "1")


def _emoji_in(alternative: str) -> str:
    """The emoji that a picture draws, by its alternative text; "" if that says anything else."""
    is_emoji = any(unicodedata.category(char) == "So" for char in alternative[:20])
    return alternative if is_emoji and not any(map(str.isalnum, alternative)) else ""
