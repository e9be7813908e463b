# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""Whether an HTML element's text can be seen, judged by its tag, attributes and inline style."""

import re
from collections.abc import Callable
from colorsys import hls_to_rgb
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
FUNCTION = re.compile(r"(rgba?|hsla?)\(([^()]{1,60})\)\Z")
NUMBER = re.compile(r"(-?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++))(%|deg)?")
WORD = re.compile(r"[^\s()]*+\([^()]*+\)|[^\s()]++")  # `rgb(255, 255, 255)` is one
IMPORTANT = re.compile(r"!\s*+important")
COLORS = {
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245),
    "floralwhite": (255, 250, 240),
    "azure": (240, 255, 255),
    "mintcream": (245, 255, 250),
    "aliceblue": (240, 248, 255),
    "antiquewhite": (250, 235, 215),
    "beige": (245, 245, 220),
    "cornsilk": (255, 248, 220),
    "gainsboro": (220, 220, 220),
    "honeydew": (240, 255, 240),
    "lavender": (230, 230, 250),
    "lavenderblush": (255, 240, 245),
    "lightcyan": (224, 255, 255),
    "lightyellow": (255, 255, 224),
    "linen": (250, 240, 230),
    "oldlace": (253, 245, 230),
    "seashell": (255, 245, 238),
    "black": (0, 0, 0),
    "window": (255, 255, 255),
    "canvas": (255, 255, 255),
}
COLORS.update(
    (name, (int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)))
    for name, code in zip(
        *[
            iter(
                """
red ff0000 green 008000 blue 0000ff yellow ffff00 lime 00ff00 aqua 00ffff cyan 00ffff fuchsia ff00ff
magenta ff00ff maroon 800000 navy 000080 olive 808000 purple 800080 teal 008080 gray 808080 grey 808080
silver c0c0c0 orange ffa500 gold ffd700 pink ffc0cb brown a52a2a darkred 8b0000 darkblue 00008b
darkgreen 006400 darkgray a9a9a9 darkgrey a9a9a9 lightgray d3d3d3 lightgrey d3d3d3 dimgray 696969
dimgrey 696969 lightblue add8e6 lightgreen 90ee90 turquoise 40e0d0 indigo 4b0082 violet ee82ee
crimson dc143c tomato ff6347 coral ff7f50 salmon fa8072 khaki f0e68c tan d2b48c royalblue 4169e1
steelblue 4682b4 slategray 708090 darkslategray 2f4f4f midnightblue 191970 windowtext 000000
canvastext 000000 mediumblue 0000cd darkorange ff8c00 firebrick b22222 lemonchiffon fffacd
papayawhip ffefd5 bisque ffe4c4 wheat f5deb3 mistyrose ffe4e1 palegreen 98fb98
""".split()
            )
        ]
        * 2,
        strict=True,
    )
)
MAX_DIFFERENCE = 40  # of 255, in every channel: two colours that cannot be told apart
UNCHANGED = ("transparent", "none", "inherit", "initial", "unset", "currentcolor", "")
CLEAR_WORDS = frozenset(["none repeat", "none transparent", "transparent none", "0 0", "0% 0%"])
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
        text = IMPORTANT.sub("", value).strip()
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
            value = attributes[name].strip().lower()
            style = _colored(style, kind, f"#{value}" if HEX.match(f"#{value}") else value)
    for name, values in declared.items():
        for value in values:
            style = _colored(style, name, value)
    return style


def _colored(style: TextStyle, name: str, value: str) -> TextStyle:
    if name == "color":
        return style if value in UNCHANGED else replace(style, color=color_of(value))
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
    opaque = max(_opacity(word) for word in words if color_of(word) is not None)
    return replace(style, background=_mixed(known[0], style.background, opaque))


def _mixed(above: Color, below: Color | None, opaque: float) -> Color | None:
    """A colour as it looks above another one."""
    if opaque >= 1:
        return above
    if below is None:
        return None
    red, green, blue = (
        round(a * opaque + b * (1 - opaque)) for a, b in zip(above, below, strict=True)
    )
    return red, green, blue


def _opacity(color: str) -> float:
    """From 0 to 1."""
    match = FUNCTION.match(color)
    numbers = NUMBER.findall(match.group(2)) if match else []
    if len(numbers) == 4:
        number, unit = numbers[3]
        return min(max(float(number) / (100 if unit == "%" else 1), 0), 1)
    if color.startswith("#") and len(color) in (5, 9):
        return int(color[4] * 2 if len(color) == 5 else color[7:], 16) / 255
    return 1


def color_of(text: str) -> Color | None:
    """A CSS colour as red, green, blue; None if it is none that we know."""
    if text in COLORS:
        return COLORS[text]
    bare = HEX.match(text)
    if bare:
        digits = bare.group(1)
        if len(digits) < 6:
            digits = "".join(digit * 2 for digit in digits)
        return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    match = FUNCTION.match(text)
    numbers = NUMBER.findall(match.group(2))[:3] if match else []
    if match is None or len(numbers) != 3:
        return None
    if match.group(1).startswith("hsl"):
        hue, saturation, lightness = (float(number) for number, _ in numbers)
        parts = hls_to_rgb(hue / 360 % 1, min(lightness / 100, 1), min(saturation / 100, 1))
        red, green, blue = (round(part * 255) for part in parts)
    else:
        scaled = (float(number) * (2.55 if unit == "%" else 1) for number, unit in numbers)
        red, green, blue = (min(max(round(part), 0), 255) for part in scaled)
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
