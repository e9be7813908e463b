"""The visible lines of an HTML body: what a person would see, in the order in which it stands."""

import re
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

from approvals.reply.answer import looks_like_answer
from approvals.reply.html.boxes import (
    emoji_in,
    is_aside,
    is_bare,
    is_block,
    is_drawn,
    is_tiny,
)
from approvals.reply.html.element import Element
from approvals.reply.html.harmless import is_box_unseen
from approvals.reply.html.looks import (
    ends_lines,
    is_inline,
    is_piece_of_line,
    text_style,
)
from approvals.reply.html.moving import covers_below, joins_lines, may_float, may_move
from approvals.reply.html.quotes import is_cut, is_quote, is_signature, is_wrapper
from approvals.reply.html.sheets import named_in_sheets
from approvals.reply.html.style import MAX_SIZE, TextStyle
from approvals.reply.html.tags import (
    CELLS,
    DOUBTFUL,
    DRAWINGS,
    DRAWN,
    ELEMENTS,
    FILLED,
    LABELLED,
    SPACED,
)
from approvals.reply.html.tree import (
    Tree,
    first_blockquotes,
    is_disordered,
    rows_of_form,
    tree_of,
    walk,
)
from approvals.reply.limits import MAX_HTML_DEPTH, MAX_LINES, MAX_SHOWN, TooMuch
from approvals.reply.lines import Line, marked_line, split_lines
from approvals.reply.words import EMPTY

DOUBT = "\ufffd"  # a character that no answer holds
FAR = re.compile(
    r"[\xa0\u2000-\u200a\u202f\u3000\t]{40}"
)  # blanks that move text out of the window
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
    ends_lines: bool = True  # surely, where it begins and ends
    is_piece: bool = False  # of a line, with other things in it than text


class _Writer:
    """Walks the tree once, without recursion, and writes down lines, up to a number of elements."""

    def __init__(self, tree: Tree) -> None:
        self.lines: list[Line] = []
        self.current: list[str] = []
        self.pending_space = False
        self.doubtful = False
        self.moved = tree.is_ambiguous or is_disordered(tree.root)  # what is seen where
        self.painted = False  # some background isn't that of the message
        self.covered = False  # what stands above may be drawn upon the lines to come
        self.hid = False  # text was left out that somebody may see
        self.is_full = False  # what follows is looked at for how it's shown alone
        self.quotes = 0
        self.depth = 0  # of block quotes
        self.signatures = 0  # elements of signatures outside of what is quoted
        self.opened = [_Opened(TextStyle(adapts=tree.adapts))]
        self.names = named_in_sheets(tree.root)
        self.moved = self.moved or (tree.goes_on and self.names.may_move())
        self.first_blockquotes = first_blockquotes(tree.root)
        self.forms: set[int] = set()  # rows with an answer and its mark, perhaps
        self.wrappers: dict[int, list[int]] = {}  # which of `opened` quote up to its end
        self._walk(tree.root)
        if self.moved:
            self.lines = [_doubted(line) for line in self.lines]

    def _walk(self, root: LexborNode) -> None:
        count = 0
        for event, node in walk(root):
            count += event in ("start", "comment")
            if len(self.opened) > MAX_HTML_DEPTH:
                raise TooMuch("The message's HTML is too deep.")
            if not self.is_full and (count > MAX_SHOWN or len(self.lines) >= MAX_LINES):
                self.is_full = True
                self.current = []  # a line that isn't complete
            if event == "start":
                self._open(node)
            elif event == "end":
                self._close()
                self.depth -= node.tag == "blockquote"
                self._end_wrappers(node)
            elif event == "text":
                self._write(node.text_content or "")
        self._end_line()
        if self.is_full:  # what would stand below is as many blank lines
            self.lines += [Line("")] * (MAX_LINES - len(self.lines))

    def _open(self, node: LexborNode) -> None:
        element = Element.of(node)
        tag, opened = element.tag, self._opened(node, element)
        self.opened.append(opened)
        if tag == "br" and not opened.style.hidden:
            self.doubtful = self.doubtful or opened.style.odd
            self._end_line(force=True)
        elif opened.is_block:
            self._end_block(opened)
            if tag in SPACED or opened.quotes:
                self._blank()
        elif opened.is_cell:
            self.pending_space = True
        if element.attributes and is_cut(element):
            self._end_block(opened)
            self.lines.append(Line("", cut=True))
        if opened.quotes:
            self._end_block(opened)
            self.quotes += 1
            self.depth += tag == "blockquote"
            self.signatures += opened.signs
        self._draw(element, unseen=opened.style.unseen)

    def _end_block(self, opened: _Opened) -> None:
        """A line ends where a block begins or ends; where that isn't sure, the line decides nothing."""
        if opened.style.hidden:
            return
        self.doubtful = self.doubtful or (bool(self.current) and not opened.ends_lines)
        self._end_line()

    def _draw(self, element: Element, *, unseen: bool) -> None:
        """What an element shows besides its text."""
        tag, attributes = element.tag, element.attributes
        filled = tag in FILLED or (tag in LABELLED and "label" in attributes)
        if filled and attributes.get("type", "").lower() != "hidden" and not unseen:
            self._append(DOUBT)
        if tag in DRAWN or (tag == "img" and not is_tiny(element)):
            self.doubtful = True
        if tag == "img" and not unseen:
            self._append(emoji_in(attributes.get("alt", "")))
        if tag == "li":
            self.current.append("\u2022 ")
        is_own = "-" in tag and not {"@", "."}.intersection(tag)  # somebody's own element
        is_markup = tag in ELEMENTS or ":" in tag or is_own
        if not (is_markup or unseen or self.opened[-1].draws):
            self._append(f"<{tag}>")

    def _opened(self, node: LexborNode, element: Element) -> _Opened:
        tag = element.tag
        style, around = self._style(node, element), self.opened[-1]
        self._take_note(node, element, style)
        is_piece = around.is_piece or tag in DOUBTFUL or is_piece_of_line(element, style)
        is_named = self.names.touches(element)
        quotes = is_quote(element)
        return _Opened(
            style,
            is_block(element),
            tag in CELLS,
            tag in SPACED,
            quotes=quotes or self._is_wrapper(node, element),
            signs=quotes and self.quotes == 0 and is_signature(element),
            draws=tag in DRAWINGS or around.draws,
            ends_lines=ends_lines(element, style) and not (is_piece or is_named),
            is_piece=is_piece,
        )

    def _style(self, node: LexborNode, element: Element) -> TextStyle:
        """How the element's text looks inside of those that are open, by itself and by style sheets."""
        around = self.opened[-1]
        # What is painted may reach below text that stands elsewhere.
        is_backed = self.painted or self.covered
        outer = replace(around.style, adapts=True) if is_backed else around.style
        style = text_style(element, outer)
        style = self.names.style(element, style, outer=outer)
        if element.tag == "table":
            self.forms.update(rows_of_form(node))
        in_form = element.tag in CELLS and node.parent and node.parent.mem_id in self.forms
        if in_form or is_aside(element):
            style = replace(style, odd=True)
        if around.draws:
            style = replace(style, hidden=outer.hidden, odd=True)  # there, HTML's rules don't hold
        return style

    def _take_note(
        self,
        node: LexborNode,
        element: Element,
        style: TextStyle,
    ) -> None:
        """What an element's box does to the text around it."""
        self.painted = self.painted or style.background != style.canvas
        self.painted = self.painted or is_drawn(element)
        if style.hidden:
            return
        self.moved = self.moved or may_move(node, element, style, self.names)
        floats = bool(self.current) and may_float(element)
        self.covered = self.covered or floats or self.names.covers(node, element)
        self.covered = self.covered or covers_below(node, element)
        is_odd = style.odd and not self.opened[-1].style.odd
        is_odd = is_odd and (is_inline(element) or joins_lines(node, element))
        if floats or (is_odd and not (is_box_unseen(element.declared) and is_bare(node))):
            self.doubtful = True  # it may be a gap within the line

    def _is_wrapper(self, node: LexborNode, element: Element) -> bool:
        """Whether an element that is about to be opened quotes as a wrapper does: up to the end of its
        first blockquote."""
        if not is_wrapper(element):
            return False
        first = self.first_blockquotes.get(node.mem_id)
        if first is not None:
            self.wrappers.setdefault(first, []).append(len(self.opened))
        return True

    def _close(self) -> None:
        closed = self.opened.pop()
        if closed.is_block:
            self._end_block(closed)
        elif closed.is_cell:
            self.pending_space = True
        if closed.quotes:
            self._end_block(closed)
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
        if text.strip() and not style.hidden and (style.size > MAX_SIZE or style.is_tight):
            self.moved = True  # its letters reach over other lines
        if style.unseen:
            self.hid = self.hid or (bool(text.strip()) and not (style.is_sure or self.quotes))
            return
        if not text:
            return
        # Qt's programs (KMail) say so of all paragraphs, and write no such blanks there.
        is_open = style.may_keep_space and SPACE.sub(" ", text) != text
        self.doubtful = self.doubtful or is_open
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
        if not text or self.is_full:
            return
        if self.pending_space and self.current:
            self.current.append(" ")
        self.pending_space = False
        self.current.append(text)
        self.doubtful = self.doubtful or self.covered or self.opened[-1].style.doubtful

    def _end_line(self, *, force: bool = False) -> None:
        if not self.is_full and (self.current or force):
            self._take_hidden()
            text = "".join(self.current)
            line = marked_line(text)
            self.doubtful = self.doubtful or bool(FAR.search(text))
            if self.quotes:
                aside = self.signatures > 0
                line = Line(line.text, True, drawn=True, aside=aside, depth=self.depth)
            self.lines.append(_doubted(line) if self.doubtful else line)
        self.current = []
        self.doubtful = False
        self.pending_space = False

    def _take_hidden(self) -> None:
        """Text that was left out, and that may be seen, stands above an answer or in it."""
        text = "".join(self.current).strip(EMPTY)
        if self.hid and not self.quotes and text:
            self.doubtful, self.hid = True, not looks_like_answer(text)

    def _blank(self) -> None:
        if self.is_full:
            return
        blank = Line("", marked=self.quotes > 0)
        if self.lines and not (self.lines[-1].is_blank and self.lines[-1].marked == blank.marked):
            self.lines.append(blank)


def _doubted(line: Line) -> Line:
    """A line that may be shown otherwise than it's read, so that it decides nothing."""
    is_answer = not line.marked and looks_like_answer(line.text.strip(EMPTY))
    return replace(line, text=line.text + DOUBT) if is_answer else line
