# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""Whether an HTML element's text can be seen, judged by its tag, attributes and inline style."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from approvals.reply.colors import HEX, UNCHANGED, Color, color_of, mixed, opacity
from approvals.reply.harmless import is_doubtful

# Elements whose text no mail program shows as text of the message.
UNSEEN = frozenset("head title style script template datalist details dialog".split())
CROSSED_OUT = frozenset(["s", "strike", "del"])
# Their text isn't shown everywhere, or elsewhere than it stands, or only where what they hold is missing.
DOUBTFUL = frozenset(
    (
        "rp rt meter progress tfoot noscript keygen marquee bdo math summary button fieldset textarea "
        "select option object iframe embed applet audio video canvas svg noembed noframes map sup sub q"
    ).split()
)
# Within a line: a gap, or another height, makes two of what is read as one ("1" and "2 hours").
INLINE = frozenset("span font a b i u em strong small big tt code ins mark label".split())
GAPS = ("margin", "margin-left", "margin-right", "margin-inline", "margin-inline-start",
        "margin-inline-end", "padding", "padding-left", "padding-right", "padding-inline",
        "padding-inline-start", "padding-inline-end", "top", "bottom", "left", "right",
        "mso-text-raise", "vertical-align")  # fmt: skip
NO_GAPS = frozenset(
    "0 0px 0pt 0in 0cm 0em 0rem 0% auto baseline top middle bottom text-bottom initial inherit".split()
)
OPENED = frozenset(["details", "dialog"])  # seen with the attribute `open`
# Fonts whose letters are pictures: Outlook draws a thumb down as a D in Wingdings.
PICTURES = re.compile(
    r"[\s\"']*+(?:symbol|wingdings(?: [23])?|webdings|zapf dingbats|zapfdingbats|mt extra|marlett)"
    r"[\s\"']*+(?:,|\Z)"
)
# Python's own expressions, which are far quicker on short values; none of these looks back.
LENGTH = re.compile(
    r"(-?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++))(px|pt|em|rem|ex|ch|%|cm|mm|in|vw|vh)?\Z"
)
WORD = re.compile(r"[^\s()]*+\([^()]*+\)|[^\s()]++")  # `rgb(255, 255, 255)` is one
IMPORTANT = re.compile(r"!\s*+important")
MAX_SAME = 8  # of 255, in every channel: two colours that cannot be told apart
MAX_FAINT_DIFFERENCE = 40  # of 255: some can tell them apart
MAX_UNKNOWN = 150  # a lighter text on a background that we don't know may be unseen
MIN_SIZE = 4  # pixels
UNSEEN_SIZE = 1  # pixels, up to which nobody sees that there is text
UNSEEN_COLOR: Color = (-1, -1, -1)  # transparent
FILL = "-webkit-text-fill-color"
MAX_FAINT = 0.2  # opacity, up to which a colour may not be seen
INHERITED = ("inherit", "initial", "unset", "")
CLEAR_WORDS = frozenset(["none repeat", "none transparent", "transparent none", "0 0", "0% 0%"])


@dataclass(frozen=True)
class TextStyle:
    """What an element's text looks like. A colour of None is one we do not know."""

    hidden: bool = False
    invisible: bool = False  # in a way that an element inside can undo
    color: Color | None = (0, 0, 0)
    background: Color | None = (255, 255, 255)
    keeps_space: bool = False
    odd: bool = False
    size: float = 16  # of the font, about, in pixels
    fill: Color | None = (
        None  # WebKit's, painted instead of the colour, whatever that becomes inside
    )

    @property
    def doubtful(self) -> bool:
        """Whether the text may look other than we think: then it is shown to us, but decides nothing."""
        painted = self.fill or self.color
        light = painted is None or min(painted) > MAX_UNKNOWN
        unsure = (self.background is None and light) or self._differs_at_most(MAX_FAINT_DIFFERENCE)
        return self.odd or unsure or self.size < MIN_SIZE

    @property
    def unseen(self) -> bool:
        painted = self.fill or self.color
        if self.hidden or self.invisible or self.size <= UNSEEN_SIZE or painted == UNSEEN_COLOR:
            return True
        return self._differs_at_most(MAX_SAME)

    def _differs_at_most(self, limit: int) -> bool:
        """Whether text and background have no channel that differs more."""
        painted = self.fill or self.color
        if painted is None or self.background is None:
            return False
        return all(abs(a - b) <= limit for a, b in zip(painted, self.background, strict=True))


def without_comments(css: str) -> str:
    """Style sheets or declarations without their comments; one that isn't closed takes all the rest."""
    first, *others = css.split("/*")
    return first + "".join(" " + other.partition("*/")[2] for other in others)


def declarations(style: str) -> dict[str, list[str]]:
    """The declarations of a style attribute, in lower case; each property with all its values."""
    found: dict[str, list[str]] = {}
    for item in without_comments(style.lower()).split(";"):
        name, _, value = item.partition(":")
        text = IMPORTANT.sub("", value).strip()
        found.setdefault(name.strip(), []).append(text)
    return found


def text_style(
    tag: str, attributes: dict[str, str], declared: dict[str, list[str]], outer: TextStyle
) -> TextStyle:
    """How an element's text looks inside of another; `declared` are those of its style attribute.

    It is hidden only where that is certain. What may be seen by somebody is seen here, and decides
    nothing: left out, it would make the line below it the first, or take a "not" from a line.
    """
    if not attributes and not (
        tag in UNSEEN or tag in DOUBTFUL or tag in CROSSED_OUT or tag == "pre"
    ):
        return outer
    opened = tag in OPENED and "open" in attributes
    displayed = set(declared.get("display", ["none"])) != {"none"}
    hidden = (
        (outer.hidden and tag != "summary")  # which closed details show
        or (tag in UNSEEN and not opened and not displayed)
        or ("hidden" in attributes and not displayed)
        or hides(tag, declared)
        or crosses_out(tag, declared)
    )
    spaces = declared.get("white-space", [""])[-1]
    keeps = spaces.startswith("pre") or (outer.keeps_space and not spaces) or tag == "pre"
    odd = outer.odd or opened or tag in DOUBTFUL or is_doubtful(declared)
    odd = odd or (not hidden and (tag in CROSSED_OUT or _may_cross_out(declared)))
    # Old programs alone understand `none\9`, new ones alone `displa\79`.
    odd = odd or not attributes.keys().isdisjoint(("hidden", "popover")) or tag in UNSEEN
    odd = odd or "\\" in attributes.get("style", "")
    odd = odd or (tag in INLINE and _is_set_apart(declared))
    fonts = [*declared.get("font-family", []), attributes.get("face", "").lower()]
    fonts += [value.rpartition(" ")[2] for value in declared.get("font", [])]
    odd = odd or any(map(PICTURES.match, fonts))
    style = replace(
        outer,
        hidden=hidden,
        invisible=_invisible(declared.get("visibility", []), outer=outer.invisible),
        keeps_space=keeps,
        odd=odd,
        size=_size(declared, outer.size),
    )
    for name in ("bgcolor", "color", "text"):
        if name in attributes:
            kind = "color" if name == "text" else name
            value = attributes[name].strip().lower()
            style = _colored(style, kind, f"#{value}" if HEX.match(f"#{value}") else value)
    if "background" in attributes or _is_outlined(declared):
        style = replace(style, background=None)
    for name, values in declared.items():
        for value in values:
            style = _colored(style, name, value)
    if tag == "body" and any(
        replace(style, color=color_of(attributes[name].strip().lower())).unseen
        for name in ("link", "vlink", "alink")
        if name in attributes
    ):
        return replace(style, odd=True)
    return style


def _is_outlined(declared: dict[str, list[str]]) -> bool:
    """Whether letters have a shadow or an outline, by which white ones are seen on white."""
    return any(
        value not in INHERITED
        and not value.startswith(("none", "0px", "currentcolor"))
        and value != "0"
        for name, values in declared.items()
        if name.endswith(("text-shadow", "text-stroke", "text-stroke-width"))
        for value in values
    )


def _is_set_apart(declared: dict[str, list[str]]) -> bool:
    """Whether declarations put text within a line apart from what stands beside it."""
    words = (word for name in GAPS for value in declared.get(name, []) for word in value.split())
    return not NO_GAPS.issuperset(words)


def _invisible(values: list[str], *, outer: bool) -> bool:
    """Whether `visibility`, declared so inside of an element, hides and isn't declared otherwise too."""
    known = {value in ("hidden", "collapse") for value in values if value not in INHERITED}
    return known == {True} or (outer and not known)


def _size(declared: dict[str, list[str]], outer: float) -> float:
    """About how large the font is, in pixels: the largest one that is declared."""
    values = [*declared.get("font-size", []), *map(_size_of_font, declared.get("font", []))]
    found = [size for value in values if (size := _pixels(value, outer)) is not None]
    return max(found, default=outer)


def _size_of_font(value: str) -> str:
    """The size in a `font`: "0/0 a", "bold 12pt Arial"."""
    sizes = [word.split("/")[0] for word in value.split() if word[:1] in "0123456789."]
    return next((size for size in sizes if not size.isdecimal() or size == "0"), "")


def _pixels(value: str, outer: float) -> float | None:
    match = LENGTH.match(value)
    if not match:
        return None
    number, unit = float(match.group(1)), match.group(2)
    scale = {"em": outer, "%": outer / 100, "ex": outer / 2, "ch": outer / 2, "rem": 16, "pt": 1.3,
             "vw": 8, "vh": 8, "cm": 38, "mm": 3.8, "in": 96}  # fmt: skip
    return number * scale.get(unit, 1)


def _colored(style: TextStyle, name: str, value: str) -> TextStyle:
    if name == FILL and value in ("initial", "currentcolor"):
        return replace(style, fill=None)
    if name in ("color", FILL) and value not in (*INHERITED, "none", "currentcolor"):
        clear = value == "transparent" or (color_of(value) is not None and opacity(value) == 0)
        painted = UNSEEN_COLOR if clear else color_of(value)
        is_faint = not clear and (opacity(value) <= MAX_FAINT or (painted is None and "(" in value))
        style = replace(style, odd=style.odd or is_faint or (name == FILL and painted is None))
        return replace(style, color=painted) if name == "color" else replace(style, fill=painted)
    if name not in ("background", "background-color", "background-image", "bgcolor"):
        return style
    words: list[str] = WORD.findall(value)
    known = [color for word in words if (color := color_of(word)) is not None]
    if "currentcolor" in words:
        return replace(style, background=style.color)
    if value in UNCHANGED:
        return style
    if any("url(" in word or "gradient" in word for word in words) or not known:
        return style if value in CLEAR_WORDS else replace(style, background=None)
    opaque = max(opacity(word) for word in words if color_of(word) is not None)
    return replace(style, background=mixed(known[0], style.background, opaque))


def hides(tag: str, declared: dict[str, list[str]]) -> bool:
    """Whether these make the text unseen, surely: all the values of one property do.

    What is inline, or a cell, has no size of its own, and text stands in the padding too.
    """
    overflows = [word for name in CLIPPING for word in declared.get(name, [])]
    clips = bool(overflows) and set(overflows) <= {"hidden", "clip"} and tag in SIZED
    clips = clips and not any(
        set(value) - set("0px ")
        for name, values in declared.items()
        if "padding" in name
        for value in values
    )
    placed = {"absolute", "fixed"}.issuperset(declared.get("position", ["static"]))
    return any(
        all(map(CHECKS[name], values))
        for name, values in declared.items()
        if name in CHECKS
        and (clips or name not in NEEDS_CLIPPING)
        and (placed or name not in NEEDS_POSITION)
        and (tag in SIZED or name != "transform")
    )


def crosses_out(tag: str, declared: dict[str, list[str]]) -> bool:
    """Whether a line is drawn through the text, surely: nothing says otherwise too."""
    lines = [value for name in LINES for value in declared.get(name, []) if value not in INHERITED]
    crossed = tag in CROSSED_OUT if not lines else all("line-through" in value for value in lines)
    return crossed and not any(
        "transparent" in value or value.startswith("0")
        for name, values in declared.items()
        if "text-decoration" in name
        for value in values
    )


def _may_cross_out(declared: dict[str, list[str]]) -> bool:
    return any("line-through" in value for name in LINES for value in declared.get(name, []))


def _at_most(value: str, limit: float) -> bool:
    length = _pixels(value, 16)
    return length is not None and length <= limit


def _far_out(value: str) -> bool:
    match = LENGTH.match(value.split(" ")[0])
    return match is not None and float(match.group(1)) <= -999


LINES = (
    "text-decoration",
    "text-decoration-line",
    "-webkit-text-decoration",
    "-webkit-text-decoration-line",
)
CLIPPING = ("overflow", "overflow-x", "overflow-y")
NEEDS_CLIPPING = {"height", "max-height", "width", "max-width"}
NEEDS_POSITION = {"left", "top", "clip"}
SIZED = frozenset("div p section article header footer main center".split())
NOTHING = re.compile(r"rect\((?:[01](?:px)?[ ,]*+){4}\)\Z")
# What else hides or moves text isn't harmless: what is in it is seen, and decides nothing.
CHECKS: dict[str, Callable[[str], bool]] = {
    "display": lambda value: value == "none",
    "opacity": lambda value: _at_most(value.rstrip("%"), 0.02),
    "left": _far_out,
    "top": _far_out,
    "clip": lambda value: bool(NOTHING.match(value)),
    "transform": lambda value: value in ("scale(0)", "scale(0,0)", "scale(0, 0)"),
    "height": lambda value: _at_most(value, 1),
    "max-height": lambda value: _at_most(value, 1),
    "width": lambda value: _at_most(value, 1),
    "max-width": lambda value: _at_most(value, 1),
}
