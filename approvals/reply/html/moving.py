"""Whether an HTML element may cover, move or precede the text of other elements."""

from collections.abc import Mapping

from selectolax.lexbor import LexborNode

from approvals.reply.html.boxes import (
    holds_block,
    is_aside,
    is_bare,
    is_painted_inside,
    is_tiny,
    shows_more,
)
from approvals.reply.html.harmless import TABLES, is_box_unseen, is_fixed, moves_others
from approvals.reply.html.looks import TextStyle, is_inline
from approvals.reply.html.painting import PAINT
from approvals.reply.html.sheets import SheetNames
from approvals.reply.html.tags import CELLS, DRAWINGS

PAGES = ("html", "body", "col", "colgroup")  # whose style is that of what stands elsewhere


def may_move(
    element: LexborNode,
    tag: str,
    attributes: dict[str, str],
    declared: Mapping[str, str],
    style: TextStyle,
    names: SheetNames,
    *,
    begun: bool,
) -> bool:
    """Whether it may, by its own style or that of sheets; `begun` says if text stands before it in its
    line."""
    if tag == "img" and is_tiny(attributes):
        return False
    inline = is_inline(tag, declared)
    floats = is_aside(tag, attributes) or declared.get("float", "none") != "none"
    joins = declared.get("display", "").startswith("inline-") and holds_block(element)
    if not (
        (floats and begun)
        or joins
        or _moves(tag, attributes, declared, style)
        or names.moves(tag, attributes, inline=inline)
        or (tag in DRAWINGS and shows_more(element))
        or (tag not in TABLES and is_fixed(declared) and is_painted_inside(element))
    ):
        return False
    is_empty = tag not in PAGES and is_box_unseen(declared) and is_bare(element)
    return not is_empty or names.touches(tag, attributes)


def _moves(
    tag: str, attributes: dict[str, str], declared: Mapping[str, str], style: TextStyle
) -> bool:
    """Whether its own style does, whatever is in it."""
    inline = is_inline(tag, declared)
    drawn = inline and style.is_tight and not declared.keys().isdisjoint(PAINT)
    is_column = tag in ("col", "colgroup") and not (
        {"span", "width", "style"}.issuperset(attributes) and {"width"}.issuperset(declared)
    )
    is_root = tag == "html" and "font-size" in declared
    if tag in CELLS:  # they have no margins
        declared = {name: value for name, value in declared.items() if "margin" not in name}
    return drawn or is_column or is_root or moves_others(declared, style.size, inline=inline)
