# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""Whether an HTML element's text can be seen, judged by its tag, attributes and inline style."""

import re
from collections.abc import Mapping
from dataclasses import replace

from approvals.reply.html.checks import NUMBER, SIZES
from approvals.reply.html.colors import color_of_attribute
from approvals.reply.html.css import FONT_SIZES, UNKNOWN, font_of, pixels
from approvals.reply.html.element import Element
from approvals.reply.html.harmless import (
    WIDE,
    hangs_out,
    has_gaps,
    is_doubtful,
    left_of,
)
from approvals.reply.html.hiding import (
    LINES,
    crosses_out,
    fades,
    is_hidden,
    is_surely_hidden,
    may_cross_out,
)
from approvals.reply.html.painting import (
    BLACK,
    INHERITED,
    color_of_text,
    colors_of,
)
from approvals.reply.html.style import INDENT, MAX_SIZE, TIGHT, TextStyle
from approvals.reply.html.tags import (
    BLOCKS,
    CELLS,
    DOUBTFUL,
    GROUNDS,
    INDENTING,
    PLAIN,
    UNREMARKABLE,
    UNSEEN,
)

IN_FLOW = ("block", "table", "list-item", "flex", "grid", "flow-root")
KEEPING = frozenset("pre pre-wrap pre-line break-spaces preserve preserve-breaks".split())
JOINING = frozenset("normal nowrap collapse initial inherit unset".split())
PLAIN_ATTRIBUTES = frozenset("class id lang align title".split())
# Fonts whose letters are pictures: Outlook draws a thumb down as a D in Wingdings.
PICTURES = re.compile(
    r"dings|mdl2|marlett|bookshelf|specialty|mt extra|\bicon|icons\b|awesome|glyph|"
    r"(?:^|[\"', ])(?<!segoe ui )symbol(?:[\"',]|\Z)"  # that one's letters are letters
)
INITIAL = ("initial", "unset")  # which a display is inline by
SMALLER, LARGER = 0.83, 1.2
SCALES = {"small": SMALLER, "big": LARGER, "h1": 2, "h2": 1.5, "h3": 1.17, "h5": 0.83, "h6": 0.67}
OF_FONT = {  # <font size>: pixels, and about what it is beside the size around
    "1": 10,
    "2": 13,
    "3": 16,
    "4": 18,
    "5": 24,
    "6": 32,
    "7": 48,
    "-2": 10,
    "-1": 13,
    "+0": 16,
    "+1": 18,
    "+2": 24,
    "+3": 32,
    "+4": 48,
}
WIDTH_ATTRIBUTES = ("width", "cellpadding", "cellspacing", "leftmargin", "marginwidth", "hspace")
FILL = "-webkit-text-fill-color"
BOXED = frozenset([*SIZES, "display", "float", "position", "overflow"])


def text_style(element: Element, outer: TextStyle) -> TextStyle:
    """How an element's text looks inside of another; `declared` are those of its style attribute.

    It is hidden only where that is certain. What may be seen by somebody is seen here, and decides
    nothing: left out, it would make the line below it the first, or take a "not" from a line.
    """
    tag, attributes, declared = element
    if outer.faded and not (tag in PLAIN and PLAIN_ATTRIBUTES.issuperset(attributes)):
        outer = replace(outer, faded=False, odd=True, color=BLACK, size=16)
    if not attributes and tag in UNREMARKABLE:
        return outer
    size, line = _font(element, outer)
    keeps = _keeps_space(element, outer)
    color, background = colors_of(element, outer.color, outer.background)
    is_page = tag in ("body", "html")
    direction = declared.get("direction", attributes.get("dir", "").lower())
    is_rtl = direction in ("rtl", "auto") or (outer.rtl and not direction)
    is_ground = tag in GROUNDS and BOXED.isdisjoint(declared)
    style = replace(
        outer,
        hidden=outer.hidden or is_hidden(element),
        color=color,
        background=background,
        ground=background if is_page or is_ground else outer.ground,
        canvas=background if is_page else outer.canvas,
        base=color if is_page else outer.base,
        fill=color_of_text(declared[FILL], outer.fill) if FILL in declared else outer.fill,
        is_sure=outer.is_sure or is_surely_hidden(element),
        adapts=outer.adapts or FILL in declared,
        is_tinted=outer.is_tinted and "color" not in declared,
        rtl=is_rtl,
        keeps_space=keeps and tag != "table",
        size=size,
        line=line,
        left=outer.left + min(0, left_of(declared, size)),
        right=outer.right + max(0, left_of(declared, size)) + INDENT * (tag in INDENTING),
    )
    faded = outer.faded or fades(element) or crosses_out(element) or style.fades
    odd = style.odd or _is_odd(element, style, faded=faded)
    if tag == "table":  # in old pages it doesn't inherit these
        odd = odd or outer.keeps_space or (not faded and style.is_faint(style.base))
    return replace(style, faded=faded, odd=odd)


def is_inline(element: Element) -> bool:
    """Whether an element is a piece of a line."""
    tag, declared = element.tag, element.declared
    display = declared.get("display", "")
    if display in ("initial", "unset") or (not display and declared.get("all") in INITIAL):
        return True
    if display in ("", "inherit"):
        return tag not in BLOCKS and tag not in CELLS and tag not in ("img", "hr", "br", "col")
    return display == "inline"


def _font(element: Element, outer: TextStyle) -> tuple[float, float]:
    """Size and height of a line, in pixels; of a size that isn't certain, that of plain text."""
    tag, attributes, declared = element
    size, line = declared.get("font-size", ""), declared.get("line-height", "")
    if "font" in declared:
        shorthand = ("", "") if declared["font"] in INHERITED else font_of(declared["font"])
        short_size, short_line = shorthand or (UNKNOWN, "")
        # Where both are declared, it depends on their order which of them holds.
        size, line = UNKNOWN if size else short_size, line or short_line
    found = _size_of(size, outer.size) if size not in INHERITED else outer.size
    if size in INHERITED and tag in SCALES:
        found *= SCALES[tag]
    elif size in INHERITED and "size" in attributes and tag == "font":
        found = OF_FONT.get(attributes["size"].strip(), MAX_SIZE + 1)
    if line in INHERITED or (line.isalpha() and line != "normal"):  # no browser knows "auto"
        return found, outer.line
    height = (pixels(line) or 0) / 8 * found / 100 if line.endswith("%") else pixels(line, found)
    is_number = bool(NUMBER.match(line)) and (float(line) >= TIGHT or not found)
    return found, 0 if is_number or line in ("normal", "initial") else height or 1


def _size_of(value: str, outer: float) -> float:
    if value in ("smaller", "larger"):
        return outer * (SMALLER if value == "smaller" else LARGER)
    percent = (pixels(value) or 0) / 8 if value.endswith("%") else None
    size = pixels(value, outer) if percent is None else outer * percent / 100
    unknown = MAX_SIZE + 1 if "(" in value or value[:1].isdigit() else 16
    return FONT_SIZES.get(value, unknown if size is None or size < 0 else size)


def ends_lines(element: Element, style: TextStyle) -> bool:
    """Whether a line ends surely where this block begins, and where it ends."""
    tag, declared = element.tag, element.declared
    is_block = (tag in BLOCKS or tag == "img") and declared.get("display", "block") in IN_FLOW
    in_flow = declared.get("float", "none") == "none" and declared.get("position", "static") in (
        "static",
        "relative",
    )
    is_plain = not style.odd or declared.keys() == {"display"}
    return is_block and in_flow and is_plain and not style.faded


def is_piece_of_line(element: Element, style: TextStyle) -> bool:
    """Whether an element stands within a line as a thing of its own: lines in it end otherwise."""
    is_box = element.declared.get("display", "").startswith(
        ("inline-", "ruby", "contents", "table-")
    )
    return is_box or (is_inline(element) and style.odd)


def _keeps_space(element: Element, outer: TextStyle) -> bool:
    spaces = _spaces(element.declared)
    if not spaces:
        return outer.keeps_space or element.tag == "pre"
    return not KEEPING.isdisjoint(spaces)


def _spaces(declared: Mapping[str, str]) -> set[str]:
    names = ("white-space", "white-space-collapse")
    return {declared[name] for name in names if name in declared}


def _is_odd(
    element: Element,
    style: TextStyle,
    *,
    faded: bool,
) -> bool:
    """Whether an element's text may be seen otherwise than we think, by other signs than its colours."""
    tag, attributes, declared = element
    inline = is_inline(element)
    fonts = [attributes.get("face", "").lower()]
    fonts += [value for name, value in declared.items() if name.startswith(("font", "--"))]
    fading = faded and (fades(element) or crosses_out(element))
    others = {name: value for name, value in declared.items() if not (fading and name in LINES)}
    return (
        tag in DOUBTFUL
        or tag in UNSEEN
        or not attributes.keys().isdisjoint(("hidden", "popover"))
        or (not fades(element) and is_doubtful(element._replace(declared=others), style.size))
        or (not fading and not style.hidden and may_cross_out(element))
        or (
            inline
            and (has_gaps(declared) or attributes.get("dir", "auto").lower() not in ("auto", "ltr"))
        )
        or any(_number(attributes.get(name, "")) > WIDE for name in WIDTH_ATTRIBUTES)
        or declared.get("display") == "inline-block"
        or (declared.get("display") == "list-item" and tag != "li")
        or any(map(PICTURES.search, fonts))
        or _changes_space(element, style)
        or hangs_out(element, rtl=style.rtl)
        or (tag == "body" and _hides_links(attributes, style))
        or (tag == "caption" and "align" in attributes)
        or not attributes.keys().isdisjoint(("rowspan", "colspan"))
    )


def _number(attribute: str) -> int:
    """The whole number that an attribute begins with, 0 for none or for a percentage."""
    digits = attribute.strip().removesuffix("px")
    return int(digits[:9]) if digits.isdecimal() and digits.isascii() else 0


def _changes_space(element: Element, style: TextStyle) -> bool:
    """Whether it isn't sure if line ends are shown."""
    tag, attributes, declared = element
    spaces = _spaces(declared)
    joins = tag == "nobr" or "nowrap" in attributes
    return (
        len(spaces) > 1
        or not (KEEPING | JOINING).issuperset(spaces)
        or (joins and style.keeps_space)
    )


def _hides_links(attributes: Mapping[str, str], style: TextStyle) -> bool:
    colors = [attributes[name] for name in ("link", "vlink", "alink") if name in attributes]
    return any(style.is_faint(color_of_attribute(color)) for color in colors)
