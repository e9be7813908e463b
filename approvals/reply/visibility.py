# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""Whether an HTML element's text can be seen, judged by its tag, attributes and inline style."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

# Elements whose text no mail program shows as text of the message.
UNSEEN = frozenset(
    (
        "head title style script template textarea select option datalist object iframe embed applet "
        "audio video canvas svg math noembed noframes details dialog del s strike map area"
    ).split()
)
# Python's own expressions, which are far quicker on short values; none of these looks back.
LENGTH = re.compile(
    r"(-?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++))(px|pt|em|rem|ex|ch|%|cm|mm|in|vw|vh)?\Z"
)
HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\Z")
RGB = re.compile(r"rgba?\(([^)]{1,60})\)\Z")
NUMBER = re.compile("[0-9]+")
COLORS = {
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245),
    "floralwhite": (255, 250, 240),
    "azure": (240, 255, 255),
    "mintcream": (245, 255, 250),
    "black": (0, 0, 0),
    "window": (255, 255, 255),
    "canvas": (255, 255, 255),
}
MAX_DIFFERENCE = 40  # of 255, in every channel: two colours that cannot be told apart
Color = tuple[int, int, int]


@dataclass(frozen=True)
class TextStyle:
    """What an element's text looks like. A colour of None is one we do not know."""

    hidden: bool = False
    color: Color | None = (0, 0, 0)
    background: Color | None = (255, 255, 255)
    keeps_space: bool = False

    @property
    def unseen(self) -> bool:
        return self.hidden or (
            self.color is not None
            and self.background is not None
            and all(
                abs(a - b) <= MAX_DIFFERENCE
                for a, b in zip(self.color, self.background, strict=True)
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
        text = value.replace("!important", "").strip()
        found.setdefault(name.strip(), []).append(text)
    return found


def text_style(
    tag: str, attributes: dict[str, str], declared: dict[str, list[str]], outer: TextStyle
) -> TextStyle:
    """How an element's text looks inside of another; `declared` are those of its style attribute."""
    if not attributes and tag not in UNSEEN and tag != "pre":
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
    style = TextStyle(hidden, outer.color, outer.background, keeps)
    for name in ("bgcolor", "color", "text"):
        if name in attributes:
            kind = "color" if name == "text" else name
            style = _colored(style, kind, attributes[name].strip().lower())
    for name, values in declared.items():
        for value in values:
            style = _colored(style, name, value)
    return style


def _colored(style: TextStyle, name: str, value: str) -> TextStyle:
    if name == "color":
        return style if value in ("inherit", "") else replace(style, color=color_of(value))
    if name in ("background", "background-color", "bgcolor"):
        if value in ("transparent", "none", "inherit", "initial", ""):
            return style
        known = [color for word in value.split() if (color := color_of(word)) is not None]
        return replace(style, background=known[0] if known else None)
    return style


def color_of(text: str) -> Color | None:
    """A CSS colour as red, green, blue; None if it is none that we know."""
    if text in COLORS:
        return COLORS[text]
    bare = HEX.match(text if text.startswith("#") else f"#{text}")
    if bare:
        digits = bare.group(1)
        if len(digits) < 6:
            digits = "".join(digit * 2 for digit in digits)
        return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    match = RGB.match(text)
    numbers = NUMBER.findall(match.group(1))[:3] if match else []
    if len(numbers) != 3 or "%" in text:
        return None
    red, green, blue = (min(int(number), 255) for number in numbers)
    return red, green, blue


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


def _transparent(value: str) -> bool:
    match = RGB.match(value)
    last = match.group(1).replace("/", ",").split(",")[-1].strip() if match else ""
    clear = value.startswith("rgba") and _at_most(last, 0.2)
    eight = HEX.match(value)
    faint = bool(eight) and len(value) in (5, 9) and value[-1 if len(value) == 5 else -2] in "0123"
    return value == "transparent" or clear or faint


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
    "color": _transparent,
    "-webkit-text-fill-color": lambda value: True,
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
