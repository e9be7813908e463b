"""Whether an HTML element may cover, move or precede the text of other elements.

What stands in the flow covers only what comes below it, and a piece of a line mixes only with its own:
the whole message is doubtful only where something may reach upwards.
"""

from selectolax.lexbor import LexborNode

from approvals.reply.html.boxes import (
    holds_anything,
    holds_block,
    is_aside,
    is_bare,
    is_tiny,
    shows_more,
)
from approvals.reply.html.css import pixels
from approvals.reply.html.element import Element
from approvals.reply.html.harmless import TABLES, has_height, is_box_unseen, moves_others
from approvals.reply.html.looks import is_inline
from approvals.reply.html.painting import PAINT
from approvals.reply.html.sheets import SheetNames
from approvals.reply.html.style import TextStyle
from approvals.reply.html.tags import CELLS, DRAWINGS

DRAWN_LARGER = ("overflow", "object-", "all")  # than it is, which a picture may be by these
COLUMNS = ("col", "colgroup")
PAGES = ("html", "body", *COLUMNS)  # whose style is that of what stands elsewhere


def may_move(node: LexborNode, element: Element, style: TextStyle, names: SheetNames) -> bool:
    """Whether it may reach upwards, by its own style or that of sheets."""
    if element.tag == "img" and is_tiny(element):
        return False
    inline = is_inline(element)
    if not (
        _moves(element, style)
        or names.moves(element, inline=inline)
        or (element.tag in DRAWINGS and shows_more(node))
    ):
        return False
    is_empty = element.tag not in PAGES and is_box_unseen(element.declared) and is_bare(node)
    return not is_empty or names.touches(element)


def may_float(element: Element) -> bool:
    """Whether it may stand beside the line that it's in, and beside those below."""
    if element.tag == "img" and is_tiny(element):
        return False
    return is_aside(element) or element.declared.get("float", "none") != "none"


def joins_lines(node: LexborNode, element: Element) -> bool:
    """Whether it's a piece of a line with lines of its own."""
    return element.declared.get("display", "").startswith("inline-") and holds_block(node)


def covers_below(node: LexborNode, element: Element) -> bool:
    """Whether what is in it may reach over what comes below."""
    if "box-shadow" in element.declared:
        return True
    return element.tag not in TABLES and has_height(element.declared) and holds_anything(node)


def _moves(element: Element, style: TextStyle) -> bool:
    """Whether its own style does, whatever is in it."""
    tag, attributes, declared = element
    if not declared and tag not in COLUMNS:
        return False
    inline = is_inline(element)
    drawn = inline and style.is_tight and not declared.keys().isdisjoint(PAINT)
    is_column = tag in COLUMNS and not (
        {"span", "width", "style"}.issuperset(attributes) and {"width"}.issuperset(declared)
    )
    is_root = tag == "html" and not 10 <= (pixels(declared.get("font-size", "16px")) or 0) <= 24
    is_enlarged = tag == "img" and any(
        name.startswith(DRAWN_LARGER) and value not in ("hidden", "clip")
        for name, value in declared.items()
    )
    if tag in CELLS:  # they have no margins
        declared = {name: value for name, value in declared.items() if "margin" not in name}
    may_reach = drawn or is_column or is_root or is_enlarged
    return may_reach or moves_others(declared, style.size, inline=inline)
