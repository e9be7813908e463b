"""The tree of an HTML text as browsers build it (the HTML standard's algorithm, by Lexbor).

Another parser's tree would hide what people see, or show what they don't, wherever elements are
closed in the wrong order.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import re2
from selectolax.lexbor import LexborHTMLParser, LexborNode

from approvals.reply.html.beyond import reaches_up
from approvals.reply.html.tags import CELLS, FORMATTING, UNCLOSED
from approvals.reply.limits import MAX_ELEMENTS, MAX_HTML_DEPTH, MAX_SHOWN, TooMuch
from approvals.reply.transfer import Undecodable
from approvals.reply.words import EMPTY

MAX_TAGS = 2 * MAX_SHOWN  # tags and comments that are parsed: lines are made of no more elements
MAX_ATTRIBUTES = 2000  # words in a tag; the time that they take grows by their square
MAX_REOPENED = 40  # elements such as <font> that aren't closed: each paragraph opens them all again
# Python's own expression, which is far quicker on short texts; it looks back nowhere.
TAG = re.compile(r"(/?)([a-zA-Z][^\s/>]*+)")
SEPARATORS = re.compile(r"[\"'/ \t\r\n\f]++")  # of attributes
# Browsers take no notice of such an end, others do.
SELF_CLOSED = re2.compile(
    r"(?i)<(?:[a-z][a-z0-9]*\s[^<>]*\b(?:style|class|hidden)\b[^<>]*|style|script|title|head|s|del|strike)/>"
)
VOID = re2.compile(r"(?i)<(?:area|base|br|col|hr|img|input|link|meta|source|wbr|[a-z]+:[a-z]+)\b")
# Where programs choose other colours, or none of a mail's styles.
ADAPTS = re2.compile(r"(?i)color-scheme")
# What hides what we read, and elements that parsers know or don't.
POLICY = 'meta[http-equiv="content-security-policy" i], template[shadowrootmode], search'
FRAMES = re2.compile(r"(?i)<frameset\b")  # taken instead of the body by some
MAX_LOOKED_AT = 50  # nodes in a cell
Event = Literal["start", "end", "text", "comment"]


@dataclass(frozen=True)
class Tree:
    """`is_ambiguous`: another program may build another one, or something below the part that was parsed
    changes how it's shown. `adapts`: its background may be dark. `goes_on`: there is such a part below.
    """

    root: LexborNode
    is_ambiguous: bool = False
    adapts: bool = False
    goes_on: bool = False


def tree_of(text: str) -> Tree:
    """The tree of the first MAX_TAGS tags. Raises TooMuch and Undecodable."""
    if text.count("<") > MAX_ELEMENTS * 2:
        raise TooMuch("The message's HTML has too many elements.")
    pieces = text.replace("\0", "\ufffd").split("<", MAX_TAGS)
    rest = pieces.pop() if len(pieces) > MAX_TAGS else ""
    _refuse_slow(pieces)
    try:
        root = LexborHTMLParser("<".join(pieces).encode()).root
    except (ValueError, RuntimeError):
        root = None
    if root is None:
        raise Undecodable("its HTML cannot be read")
    # A table closes a paragraph unless the mail is shown as an old page, as it says or the program does.
    is_ambiguous = (
        root.css_first(f"p[style] table, p[class] table, p[hidden] table, {POLICY}") is not None
        or bool(FRAMES.search(text))
        or any(not VOID.match(tag) for tag in SELF_CLOSED.findall("<".join(pieces)))
        or (bool(rest) and (_ends_in_table(root) or reaches_up("<" + rest)))
    )
    return Tree(root, is_ambiguous, adapts=bool(ADAPTS.search(text)), goes_on=bool(rest))


def walk(root: LexborNode) -> Iterator[tuple[Event, LexborNode]]:
    """The events of a tree in the order of its text, without recursion."""
    node: LexborNode | None = root
    while node is not None:
        if node.is_element_node:
            yield "start", node
            if node.first_child is not None:
                node = node.first_child
                continue
            yield "end", node
        elif node.is_text_node:
            yield "text", node
        else:
            yield "comment", node
        while node is not None and node.next is None:
            node = node.parent
            if node is None or not node.is_element_node:
                return
            yield "end", node
            if node.mem_id == root.mem_id:
                return
        node = node.next if node is not None else None


def is_disordered(root: LexborNode) -> bool:
    """Whether a table's head or caption, which are shown on top, stand below other parts of it."""
    return any(
        before.tag not in ("caption", "colgroup")
        for head in root.css("thead, caption")
        if (before := _element_before(head)) is not None
    )


def _element_before(node: LexborNode) -> LexborNode | None:
    before = node.prev
    while before is not None and not before.is_element_node:
        before = before.prev
    return before


def rows_of_form(table: LexborNode) -> list[int]:
    """The rows of several cells, if any of them has text in several: they say what each other mean."""
    rows = [
        row
        for part in table.iter()
        for row in ([part] if part.tag == "tr" else part.iter())
        if row.tag == "tr" and sum(cell.tag in CELLS for cell in row.iter()) > 1
    ]
    is_form = any(sum(map(_has_text, row.iter())) > 1 for row in rows)
    return [row.mem_id for row in rows] if is_form else []


def _has_text(cell: LexborNode) -> bool:
    """Whether a cell holds any; one with so many nodes that not all are looked at may."""
    nodes = list(islice(cell.traverse(include_text=True), MAX_LOOKED_AT))
    return len(nodes) == MAX_LOOKED_AT or any(
        node.is_text_node and (node.text_content or "").strip(EMPTY) for node in nodes
    )


def first_blockquotes(root: LexborNode) -> dict[int, int]:
    """The first blockquote in each element that holds one, by their `mem_id`: nodes that are compared
    are written out."""
    found: dict[int, int] = {}
    for quote in root.css("blockquote"):
        parent = quote.parent
        while parent is not None and parent.mem_id not in found:
            found[parent.mem_id] = quote.mem_id
            parent = parent.parent
    return found


def _ends_in_table(root: LexborNode) -> bool:
    """Whether a table isn't closed yet: text in it, but in no cell, is shown above it."""
    node: LexborNode | None = root
    while node is not None and node.tag != "table":
        node = node.last_child
    return node is not None


def _refuse_slow(pieces: list[str]) -> None:
    """Refuse what a browser's algorithm builds slowly, or makes large: no mail program writes it."""
    for piece in pieces:
        tag = piece.rpartition(">")[0] if "=" in piece else piece.partition(">")[0]
        if (
            len(tag) > MAX_ATTRIBUTES
            and len(SEPARATORS.split(tag, MAX_ATTRIBUTES)) > MAX_ATTRIBUTES
        ):
            raise TooMuch("The message's HTML has an element with too many attributes.")
    opened: Counter[str] = Counter()
    for match in filter(None, map(TAG.match, pieces[1:])):
        ends, tag = match.group(1), match.group(2).lower()
        if ends:
            opened[tag] -= opened[tag] > 0
        elif tag not in UNCLOSED:
            opened[tag] += 1
            if tag in FORMATTING and sum(map(opened.__getitem__, FORMATTING)) > MAX_REOPENED:
                raise TooMuch("The message's HTML has too many elements that are not closed.")
            if opened[tag] > 2 * MAX_HTML_DEPTH:
                raise TooMuch("The message's HTML is too deep.")
