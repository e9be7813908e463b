# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""The visible lines of an HTML body: what a person would see, in the order in which it stands."""

import re2
from lxml import etree
from lxml.html import defs

from approvals.reply.decoding import Undecodable
from approvals.reply.html_quotes import is_cut, is_quote, is_wrapper
from approvals.reply.limits import MAX_ELEMENTS, MAX_HTML_DEPTH, TooMuch
from approvals.reply.lines import Line, marked_line, split_lines
from approvals.reply.stylesheets import hidden_names
from approvals.reply.visibility import UNSEEN, TextStyle, declarations, text_style

BLOCKS = frozenset(
    (
        "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 "
        "h3 h4 h5 h6 header hr html legend li main nav ol p pre section table tbody tfoot thead tr ul "
        "caption summary"
    ).split()
)
SPACED = frozenset("p blockquote h1 h2 h3 h4 h5 h6 pre table ul ol".split())
CELLS = frozenset(["td", "th"])
# What is no element isn't markup: somebody may have declared a plain text as HTML.
ELEMENTS = defs.tags | BLOCKS | UNSEEN | frozenset("bdi picture nobr data rb rtc image".split())
SPACE = re2.compile(r"[ \t\r\n\f]+")


def html_lines(text: str) -> list[Line]:
    """The lines of an HTML text. Raises TooMuch and Undecodable."""
    if text.count("<") > MAX_ELEMENTS * 2:
        raise TooMuch("The message's HTML has too many elements.")
    if not text.strip():
        return [Line("")]
    parser = etree.HTMLParser(remove_pis=True, encoding="utf-8", huge_tree=False)
    try:
        root = etree.fromstring(text.replace("\0", "\ufffd").encode("utf-8"), parser)
    except (etree.LxmlError, ValueError, UnicodeError):
        raise Undecodable("its HTML cannot be read") from None
    return _Writer(root).lines if root is not None else [Line("")]


class _Writer:
    """Walks the tree once, without recursion, and writes down lines."""

    def __init__(self, root: etree._Element) -> None:
        self.lines: list[Line] = []
        self.current: list[str] = []
        self.pending_space = False
        self.quotes = 0
        self.styles = [TextStyle()]
        self.hidden_names = hidden_names(root)
        self.holds_blockquote = _ancestors_of_blockquotes(root)
        count = 0
        for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
            count += event != "end"
            if count > MAX_ELEMENTS or len(self.styles) > MAX_HTML_DEPTH:
                raise TooMuch("The message's HTML is too large or too deep.")
            if event == "start":
                self._open(element)
            elif event == "end":
                self._close(element)
            if event != "start":
                self._write(element.tail or "")
        self._end_line()

    def _open(self, element: etree._Element) -> None:
        tag, attributes = _tag_and_attributes(element)
        style = text_style(tag, attributes, self.styles[-1])
        if self.hidden_names.hide(tag, attributes):
            style = TextStyle(hidden=True)
        self.styles.append(style)
        if tag == "br":
            self._end_line(force=True)
        elif _is_block(tag, attributes):
            self._end_line()
            if tag in SPACED or self._quotes(element, tag, attributes):
                self._blank()
        elif tag in CELLS:
            self.pending_space = True
        if is_cut(tag, attributes):
            self._end_line()
            self.lines.append(Line("", cut=True))
        if self._quotes(element, tag, attributes):
            self._end_line()
            self.quotes += 1
        if tag == "li":
            self.current.append("\u2022 ")
        if tag not in ELEMENTS and ":" not in tag and not style.unseen:
            self._append(f"<{tag}>")
        self._write(element.text or "")

    def _close(self, element: etree._Element) -> None:
        tag, attributes = _tag_and_attributes(element)
        if _is_block(tag, attributes):
            self._end_line()
        elif tag in CELLS:
            self.pending_space = True
        if self._quotes(element, tag, attributes):
            self._end_line()
            self.quotes -= 1
            self._blank()
        elif tag in SPACED:
            self._blank()
        self.styles.pop()

    def _quotes(self, element: etree._Element, tag: str, attributes: dict[str, str]) -> bool:
        if is_quote(tag, attributes):
            return True
        return is_wrapper(attributes) and element not in self.holds_blockquote

    def _write(self, text: str) -> None:
        style = self.styles[-1]
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

    def _end_line(self, *, force: bool = False) -> None:
        if self.current or force:
            line = marked_line("".join(self.current))
            self.lines.append(Line(line.text, marked=True) if self.quotes else line)
        self.current = []
        self.pending_space = False

    def _blank(self) -> None:
        blank = Line("", marked=self.quotes > 0)
        if self.lines and not (self.lines[-1].is_blank and self.lines[-1].marked == blank.marked):
            self.lines.append(blank)


def _tag_and_attributes(element: etree._Element) -> tuple[str, dict[str, str]]:
    tag = element.tag.lower() if isinstance(element.tag, str) else ""
    return tag, {str(name).lower(): str(value) for name, value in element.attrib.items()}


def _is_block(tag: str, attributes: dict[str, str]) -> bool:
    display = declarations(attributes.get("style", "")).get("display", [""])[-1]
    if display.startswith("inline"):
        return False
    return tag in BLOCKS or display in ("block", "table", "table-row", "flex", "grid", "list-item")


def _ancestors_of_blockquotes(root: etree._Element) -> set[etree._Element]:
    found: set[etree._Element] = set()
    for quote in root.iter("blockquote"):
        parent = quote.getparent()
        while parent is not None and parent not in found:
            found.add(parent)
            parent = parent.getparent()
    return found
