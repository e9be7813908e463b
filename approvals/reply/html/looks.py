# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""Whether an HTML element's text can be seen, judged by its tag, attributes and inline style."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from approvals.reply.html.checks import NUMBER, SIZES
from approvals.reply.html.colors import Color, color_of_attribute, contrast
from approvals.reply.html.css import FONT_SIZES, UNKNOWN, font_of, pixels
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
    UNSEEN_COLOR,
    WHITE,
    color_of_text,
    colors_of,
)
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
UNFILLED: Color = (-2, -2, -2)
PLAIN_ATTRIBUTES = frozenset("class id lang align title".split())
# Fonts whose letters are pictures: Outlook draws a thumb down as a D in Wingdings.
PICTURES = re.compile(
    r"dings|mdl2|marlett|bookshelf|specialty|mt extra|icon|awesome|glyph|(?:^|[\"', ])symbol(?:[\"',]|\Z)"
)
MAX_SAME = 8  # of 255, in every channel: two colours that cannot be told apart
MIN_CONTRAST = 1.5
MIN_SIZE, MAX_SIZE = 7, 60  # pixels
UNSEEN_SIZE = 1  # pixels, up to which nobody sees that there is text
INITIAL = ("initial", "unset")  # which a display is inline by
TIGHT = 0.8  # of a font's size: lines as low as that lie upon each other
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
INDENT = 40  # pixels
MAX_LEFT, MAX_RIGHT = -24, 700  # pixels, by which text may be moved, all in all
FILL = "-webkit-text-fill-color"
BOXED = frozenset([*SIZES, "display", "float", "position", "overflow"])


@dataclass(frozen=True)
class TextStyle:
    """What an element's text looks like. A colour of None is one we do not know."""

    hidden: bool = False
    faded: bool = False  # unseen, unless an element inside has a look of its own
    odd: bool = False
    color: Color | None = BLACK
    background: Color | None = WHITE
    ground: Color | None = WHITE  # the background also of text that doesn't fit into its box
    canvas: Color | None = WHITE  # the background of the whole message
    base: Color | None = BLACK  # the colour of its text
    fill: Color | None = UNFILLED  # WebKit's, painted instead of the colour
    is_sure: bool = False  # hidden in a way that everybody writes and every program knows
    adapts: bool = False  # another colour than these may be painted
    is_tinted: bool = False  # a style sheet gives the text a colour
    rtl: bool = False  # from right to left
    keeps_space: bool = False
    size: float = 16  # of the font, in pixels
    line: float = 0  # height of a line, in pixels; 0: as the font is
    left: float = 0  # pixels, by which margins below zero move it
    right: float = 0  # pixels, by which margins, paddings and lists move it

    @property
    def doubtful(self) -> bool:
        """Whether the text may look other than we think: then it is shown to us, but decides nothing."""
        is_placed = self.left >= MAX_LEFT and self.right <= MAX_RIGHT
        if self.canvas is None or (self.color and contrast(self.color, self.canvas) < MIN_CONTRAST):
            is_placed = self.left >= -4 and self.right <= INDENT  # it stands upon a box of its own
        is_large = MIN_SIZE <= self.size <= MAX_SIZE
        is_filled = self.fill != UNFILLED and self.is_faint(self.fill)
        return (
            is_filled
            or self.odd
            or self.is_tight
            or not (is_placed and is_large)
            or self.is_faint(self.color)
        )

    @property
    def unseen(self) -> bool:
        """Whether nobody sees the text; where that isn't certain, it's seen."""
        return self.hidden or (self.faded and not self.odd)

    @property
    def is_tight(self) -> bool:
        """Whether lines of text may lie upon each other."""
        return 0 < self.line < TIGHT * self.size

    def is_faint(self, color: Color | None) -> bool:
        """Whether text of this colour may be hard to see on the background, or outside of its box."""
        behind = (self.background, self.ground)
        if self.is_tinted and self.background != WHITE:
            return True
        return color in (None, UNSEEN_COLOR) or any(
            each is None or contrast(color, each) < MIN_CONTRAST for each in behind
        )

    @property
    def fades(self) -> bool:
        """Whether text of its size or colour can't be seen, whatever box it stands in."""
        if self.size <= UNSEEN_SIZE or self.color == UNSEEN_COLOR:
            return True
        behind = (self.background, self.canvas)
        return not self.adapts and all(_is_same(self.color, each) for each in behind)


def _is_same(one: Color | None, other: Color | None) -> bool:
    if one is None or other is None:
        return False
    return all(abs(a - b) <= MAX_SAME for a, b in zip(one, other, strict=True))


def text_style(
    tag: str, attributes: dict[str, str], declared: Mapping[str, str], outer: TextStyle
) -> TextStyle:
    """How an element's text looks inside of another; `declared` are those of its style attribute.

    It is hidden only where that is certain. What may be seen by somebody is seen here, and decides
    nothing: left out, it would make the line below it the first, or take a "not" from a line.
    """
    if outer.faded and not (tag in PLAIN and PLAIN_ATTRIBUTES.issuperset(attributes)):
        outer = replace(outer, faded=False, odd=True, color=BLACK, size=16)
    if not attributes and tag in UNREMARKABLE:
        return outer
    size, line = _font(tag, attributes, declared, outer)
    keeps = _keeps_space(tag, declared, outer)
    color, background = colors_of(tag, attributes, declared, outer.color, outer.background)
    is_page = tag in ("body", "html")
    direction = declared.get("direction", attributes.get("dir", "").lower())
    is_rtl = direction in ("rtl", "auto") or (outer.rtl and not direction)
    is_ground = tag in GROUNDS and BOXED.isdisjoint(declared)
    style = replace(
        outer,
        hidden=outer.hidden or is_hidden(tag, attributes, declared),
        color=color,
        background=background,
        ground=background if is_page or is_ground else outer.ground,
        canvas=background if is_page else outer.canvas,
        base=color if is_page else outer.base,
        fill=color_of_text(declared[FILL], outer.fill) if FILL in declared else outer.fill,
        is_sure=outer.is_sure or is_surely_hidden(tag, attributes, declared),
        adapts=outer.adapts or FILL in declared,
        is_tinted=outer.is_tinted and "color" not in declared,
        rtl=is_rtl,
        keeps_space=keeps and tag != "table",
        size=size,
        line=line,
        left=outer.left + min(0, left_of(declared, size)),
        right=outer.right + max(0, left_of(declared, size)) + INDENT * (tag in INDENTING),
    )
    faded = outer.faded or fades(tag, declared) or crosses_out(tag, declared) or style.fades
    odd = style.odd or _is_odd(tag, attributes, declared, style, faded=faded)
    if tag == "table":  # in old pages it doesn't inherit these
        odd = odd or outer.keeps_space or (not faded and style.is_faint(style.base))
    return replace(style, faded=faded, odd=odd)


def is_inline(tag: str, declared: Mapping[str, str]) -> bool:
    """Whether an element is a piece of a line."""
    display = declared.get("display", "")
    if display in ("initial", "unset") or (not display and declared.get("all") in INITIAL):
        return True
    if display in ("", "inherit"):
        return tag not in BLOCKS and tag not in CELLS and tag not in ("img", "hr", "br", "col")
    return display == "inline"


def _font(
    tag: str, attributes: dict[str, str], declared: Mapping[str, str], outer: TextStyle
) -> tuple[float, float]:
    """Size and height of a line, in pixels; of a size that isn't certain, that of plain text."""
    size, line = declared.get("font-size", ""), declared.get("line-height", "")
    if "font" in declared:
        shorthand = ("", "") if declared["font"] in INHERITED else font_of(declared["font"])
        size, line = (UNKNOWN, line) if size else (shorthand or (UNKNOWN, ""))
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


def ends_lines(tag: str, declared: Mapping[str, str], style: TextStyle) -> bool:
    """Whether a line ends surely where this block begins, and where it ends."""
    is_block = (tag in BLOCKS or tag == "img") and declared.get("display", "block") in IN_FLOW
    in_flow = declared.get("float", "none") == "none" and declared.get("position", "static") in (
        "static",
        "relative",
    )
    is_plain = not style.odd or declared.keys() == {"display"}
    return is_block and in_flow and is_plain and not style.faded


def is_piece_of_line(tag: str, declared: Mapping[str, str], style: TextStyle) -> bool:
    """Whether an element stands within a line as a thing of its own: lines in it end otherwise."""
    is_box = declared.get("display", "").startswith(("inline-", "ruby", "contents", "table-"))
    return is_box or (is_inline(tag, declared) and style.odd)


def _keeps_space(tag: str, declared: Mapping[str, str], outer: TextStyle) -> bool:
    spaces = [
        declared[name] for name in ("white-space", "white-space-collapse") if name in declared
    ]
    if not spaces:
        return outer.keeps_space or tag == "pre"
    return not KEEPING.isdisjoint(spaces)


def _is_odd(
    tag: str,
    attributes: dict[str, str],
    declared: Mapping[str, str],
    style: TextStyle,
    *,
    faded: bool,
) -> bool:
    """Whether an element's text may be seen otherwise than we think, by other signs than its colours."""
    inline = is_inline(tag, declared)
    fonts = [attributes.get("face", "").lower()]
    fonts += [value for name, value in declared.items() if name.startswith(("font", "--"))]
    fading = faded and (fades(tag, declared) or crosses_out(tag, declared))
    others = {name: value for name, value in declared.items() if name not in LINES}
    return (
        tag in DOUBTFUL
        or tag in UNSEEN
        or not attributes.keys().isdisjoint(("hidden", "popover"))
        or (
            not fades(tag, declared)
            and is_doubtful(tag, others if fading else declared, style.size)
        )
        or (not fading and not style.hidden and may_cross_out(tag, declared))
        or (
            inline
            and (has_gaps(declared) or attributes.get("dir", "auto").lower() not in ("auto", "ltr"))
        )
        or any(_number(attributes.get(name, "")) > WIDE for name in WIDTH_ATTRIBUTES)
        or declared.get("display") == "inline-block"
        or (declared.get("display") == "list-item" and tag != "li")
        or any(map(PICTURES.search, fonts))
        or _changes_space(tag, attributes, declared, style)
        or hangs_out(tag, declared, rtl=style.rtl)
        or (tag == "body" and _hides_links(attributes, style))
        or (tag == "caption" and "align" in attributes)
        or not attributes.keys().isdisjoint(("rowspan", "colspan"))
    )


def _number(attribute: str) -> int:
    """The whole number that an attribute begins with, 0 for none or for a percentage."""
    digits = attribute.strip().removesuffix("px")
    return int(digits[:9]) if digits.isdecimal() and digits.isascii() else 0


def _changes_space(
    tag: str, attributes: dict[str, str], declared: Mapping[str, str], style: TextStyle
) -> bool:
    """Whether it isn't sure if line ends are shown."""
    spaces = {
        declared[name] for name in ("white-space", "white-space-collapse") if name in declared
    }
    joins = tag == "nobr" or "nowrap" in attributes
    return (
        len(spaces) > 1
        or not (KEEPING | JOINING).issuperset(spaces)
        or (joins and style.keeps_space)
    )


def _hides_links(attributes: dict[str, str], style: TextStyle) -> bool:
    colors = [attributes[name] for name in ("link", "vlink", "alink") if name in attributes]
    return any(style.is_faint(color_of_attribute(color)) for color in colors)
