"""Whether an HTML element may cover, move or precede the text of other elements.

What stands in the flow covers only what comes below it, and a piece of a line mixes only with its own:
the whole message is doubtful only where something may reach upwards.
"""

from collections.abc import Mapping

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
from approvals.reply.html.harmless import TABLES, has_height, is_box_unseen, moves_others
from approvals.reply.html.looks import TextStyle, is_inline
from approvals.reply.html.painting import PAINT
from approvals.reply.html.sheets import SheetNames
from approvals.reply.html.tags import CELLS, DRAWINGS

DRAWN_LARGER = ("overflow", "object-", "all")  # than it is, which a picture may be by these
PAGES = ("html", "body", "col", "colgroup")  # whose style is that of what stands elsewhere


def may_move(
    element: LexborNode,
    tag: str,
    attributes: dict[str, str],
    declared: Mapping[str, str],
    style: TextStyle,
    names: SheetNames,
) -> bool:
    """Whether it may reach upwards, by its own style or that of sheets."""
    if tag == "img" and is_tiny(attributes):
        return False
    inline = is_inline(tag, declared)
    if not (
        _moves(tag, attributes, declared, style)
        or names.moves(tag, attributes, inline=inline)
        or (tag in DRAWINGS and shows_more(element))
    ):
        return False
    is_empty = tag not in PAGES and is_box_unseen(declared) and is_bare(element)
    return not is_empty or names.touches(tag, attributes)


def may_float(tag: str, attributes: dict[str, str], declared: Mapping[str, str]) -> bool:
    """Whether it may stand beside the line that it's in, and beside those below."""
    if tag == "img" and is_tiny(attributes):
        return False
    return is_aside(tag, attributes) or declared.get("float", "none") != "none"


def joins_lines(element: LexborNode, declared: Mapping[str, str]) -> bool:
    """Whether it's a piece of a line with lines of its own."""
    return declared.get("display", "").startswith("inline-") and holds_block(element)


def covers_below(element: LexborNode, tag: str, declared: Mapping[str, str]) -> bool:
    """Whether what is in it may reach over what comes below."""
    if "box-shadow" in declared:
        return True
    return tag not in TABLES and has_height(declared) and holds_anything(element)


def _moves(
    tag: str, attributes: dict[str, str], declared: Mapping[str, str], style: TextStyle
) -> bool:
    """Whether its own style does, whatever is in it."""
    inline = is_inline(tag, declared)
    drawn = inline and style.is_tight and not declared.keys().isdisjoint(PAINT)
    is_column = tag in ("col", "colgroup") and not (
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
