# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""Whether an HTML element's text can be seen, judged by its tag, attributes and inline style."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from approvals.reply.colors import FUNCTION, HEX, NUMBER, UNCHANGED, Color, color_of, mixed, opacity
from approvals.reply.harmless import is_doubtful

# Elements whose text no mail program shows as text of the message.
UNSEEN = frozenset(
    (
        "head title style script template textarea select option datalist object iframe embed applet "
        "audio video canvas svg math noembed noframes details dialog del s strike map area"
    ).split()
)
# Their text isn't shown everywhere, or elsewhere than it stands.
DOUBTFUL = frozenset("rp rt meter progress tfoot noscript keygen marquee bdo".split())
# Python's own expressions, which are far quicker on short values; none of these looks back.
LENGTH = re.compile(
    r"(-?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++))(px|pt|em|rem|ex|ch|%|cm|mm|in|vw|vh)?\Z"
)
WORD = re.compile(r"[^\s()]*+\([^()]*+\)|[^\s()]++")  # `rgb(255, 255, 255)` is one
IMPORTANT = re.compile(r"!\s*+important")
MAX_DIFFERENCE = 40  # of 255, in every channel: two colours that cannot be told apart
MAX_UNKNOWN = 150  # a lighter text on a background that we don't know may be unseen
MIN_SIZE = 4  # pixels
FILL = "-webkit-text-fill-color"
CLEAR_WORDS = frozenset(["none repeat", "none transparent", "transparent none", "0 0", "0% 0%"])


@dataclass(frozen=True)
class TextStyle:
    """What an element's text looks like. A colour of None is one we do not know."""

    hidden: bool = False
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
        return self.odd or (self.background is None and light) or self.size < MIN_SIZE

    @property
    def unseen(self) -> bool:
        painted = self.fill or self.color
        return self.hidden or (
            painted is not None
            and self.background is not None
            and all(
                abs(a - b) <= MAX_DIFFERENCE for a, b in zip(painted, self.background, strict=True)
            )
        )


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
    """How an element's text looks inside of another; `declared` are those of its style attribute."""
    if not attributes and tag not in UNSEEN and tag not in DOUBTFUL and tag != "pre":
        return outer
    hidden = (
        outer.hidden
        or tag in UNSEEN
        or "hidden" in attributes
        or "\\" in attributes.get("style", "")
        or hides(declared)
    )
    spaces = declared.get("white-space", [""])[-1]
    keeps = spaces.startswith("pre") or (outer.keeps_space and not spaces) or tag == "pre"
    odd = outer.odd or tag in DOUBTFUL or is_doubtful(declared)
    size = _size(declared.get("font-size", [""])[-1], outer.size)
    style = replace(outer, hidden=hidden, keeps_space=keeps, odd=odd, size=size)
    for name in ("bgcolor", "color", "text"):
        if name in attributes:
            kind = "color" if name == "text" else name
            value = attributes[name].strip().lower()
            style = _colored(style, kind, f"#{value}" if HEX.match(f"#{value}") else value)
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


def _size(value: str, outer: float) -> float:
    match = LENGTH.match(value)
    if not match:
        return outer
    number, unit = float(match.group(1)), match.group(2)
    scale = {"em": outer, "%": outer / 100, "ex": outer / 2, "ch": outer / 2, "rem": 16, "pt": 1.3}
    return number * scale.get(unit, 1)


def _colored(style: TextStyle, name: str, value: str) -> TextStyle:
    if name == "color":
        return style if value in UNCHANGED else replace(style, color=color_of(value))
    if name == FILL and value in ("initial", "currentcolor"):
        return replace(style, fill=None)
    if name == FILL and value not in UNCHANGED:
        filled = color_of(value)
        return replace(style, fill=filled, odd=style.odd or filled is None)
    if name not in ("background", "background-color", "bgcolor"):
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


def hides(declared: dict[str, list[str]]) -> bool:
    """Whether any declaration makes the text unseen; one that a later one undoes counts too."""
    overflows = [word for name in CLIPPING for word in declared.get(name, [])]
    clips = "hidden" in overflows or "clip" in overflows
    return any(
        CHECKS[name](value)
        for name, values in declared.items()
        if name in CHECKS and (clips or name not in NEEDS_CLIPPING)
        for value in values
    )


def _at_most(value: str, limit: float) -> bool:
    match = LENGTH.match(value)
    if not match:
        return False
    number = float(match.group(1))
    scale = {"em": 16, "rem": 16, "ex": 8, "ch": 8, "%": 0.16, "pt": 1.3}.get(match.group(2), 1)
    return number * scale <= limit


def _far_out(value: str) -> bool:
    match = LENGTH.match(value.split(" ")[0])
    return match is not None and float(match.group(1)) < -90


def _shorthand_font(value: str) -> bool:
    return any(_at_most(word.split("/")[0], 2.5) for word in value.split() if word[:1] in "0123.")


def _unseen_color(value: str) -> bool:
    """Transparent, or computed in a way that we don't know: nobody can tell what would be seen."""
    match = FUNCTION.match(value)
    if match is None and "(" in value:
        return True
    numbers = NUMBER.findall(match.group(2)) if match else []
    faint = len(numbers) == 4 and _at_most("".join(numbers[3]), 0.2)
    eight = HEX.match(value)
    faint_hex = (
        bool(eight) and len(value) in (5, 9) and value[-1 if len(value) == 5 else -2] in "0123"
    )
    return value == "transparent" or faint or faint_hex


def _low_line(value: str) -> bool:
    has_unit = not value.replace(".", "").isdecimal()
    return _at_most(value, 2.5 if has_unit else 0.2)


def _moves(value: str) -> bool:
    return value not in ("none", "normal", "initial", "1", "0", "")


CLIPPING = ("overflow", "overflow-x", "overflow-y")
NEEDS_CLIPPING = {"height", "max-height", "width", "max-width"}
CHECKS: dict[str, Callable[[str], bool]] = {
    "display": lambda value: value == "none",
    "visibility": lambda value: value in ("hidden", "collapse"),
    "mso-hide": lambda value: value == "all",
    "content-visibility": lambda value: value == "hidden",
    "opacity": lambda value: _at_most(value.rstrip("%"), 0.2),
    "font-size": lambda value: _at_most(value, 2.5),
    "font": _shorthand_font,
    "color": _unseen_color,
    "line-height": _low_line,
    "zoom": lambda value: _at_most(value, 0.2),
    "scale": lambda value: value not in ("none", "1", ""),
    "translate": _moves,
    "rotate": _moves,
    "mask": _moves,
    "-webkit-mask": _moves,
    "mask-image": _moves,
    "-webkit-mask-image": _moves,
    "inset": lambda value: any(map(_far_out, value.split())),
    # What stands first in the text would be seen elsewhere.
    "order": _moves,
    "flex-direction": lambda value: "reverse" in value,
    "flex-flow": lambda value: "reverse" in value,
    FILL: _unseen_color,
    "text-decoration": lambda value: "line-through" in value,
    "text-decoration-line": lambda value: "line-through" in value,
    "text-indent": _far_out,
    "left": _far_out,
    "right": _far_out,
    "top": _far_out,
    "bottom": _far_out,
    "margin-left": _far_out,
    "margin-top": _far_out,
    "margin": _far_out,
    "letter-spacing": lambda value: _at_most(value, -3),
    "clip": lambda value: value != "auto",
    "clip-path": lambda value: value != "none",
    "transform": lambda value: value != "none",
    "filter": lambda value: "opacity" in value or "blur" in value,
    "unicode-bidi": lambda value: "override" in value,
    "height": lambda value: _at_most(value, 2.5),
    "max-height": lambda value: _at_most(value, 2.5),
    "width": lambda value: _at_most(value, 2.5),
    "max-width": lambda value: _at_most(value, 2.5),
}
