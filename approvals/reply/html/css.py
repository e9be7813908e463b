"""CSS declarations, read only where every program reads them alike, and lengths."""

import re
from collections.abc import Mapping
from functools import lru_cache

UNKNOWN = "?"  # the value that nobody knows; as a property: anything may be declared
SPACE = " \t\n\r\f"
# A style as everyone takes it apart: brackets and quotation marks hold nothing that ends a declaration.
_IN = r"\"'()\[\]{};@\\\n\r\f"
TAME = re.compile(
    rf"(?:[^\"'()\[\]{{}}@\\]|\"[^{_IN}]*+\"|'[^{_IN}]*+'|\((?:[^{_IN}]|\([^{_IN}]*+\))*+\))*+\Z"
)
# Python's own expressions, which are far quicker on short values; none of these looks back.
IMPORTANT = re.compile(r"([^!]*+)![ \t\n\r\f]*+important[ \t\n\r\f]*+\Z")
LENGTH = re.compile(
    r"([+-]?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++))(px|pt|pc|em|rem|ex|ch|%|cm|mm|in|vw|vh)\Z|([+-]?0*+(?:\.0++)?)\Z"
)
# About, and where it matters (em) exactly. What a percentage is of isn't known.
PIXELS = {
    "px": 1,
    "pt": 1.33,
    "pc": 16,
    "rem": 16,
    "cm": 38,
    "mm": 3.8,
    "in": 96,
    "vw": 10,
    "vh": 8,
    "%": 8,
}
SHORTHANDS = frozenset(["margin", "padding"])
VENDORS = re.compile(r"-(?:webkit|moz|ms|o|apple|epub)-")
EMS = {"em": 1, "ex": 0.5, "ch": 0.5}
MAX_DECLARATIONS = 60  # of one element


@lru_cache(maxsize=2000)
def declarations(style: str) -> Mapping[str, str]:
    """The properties of a style attribute, or of a rule, each with its value, in lower case.

    A property with two values has none that is known: which one holds depends on the program.
    """
    if not TAME.match(style) or "/*" in style or style.count(";") > MAX_DECLARATIONS:
        return {UNKNOWN: UNKNOWN}
    found: dict[str, str] = {}
    for item in style.split(";"):
        name, colon, value = item.partition(":")
        name = name.strip(SPACE)
        if not name.isascii():
            return {UNKNOWN: UNKNOWN}
        if colon and name:
            name, value = name.lower(), _known(name.lower(), value)
            found[name] = value if found.get(name, value) == value else UNKNOWN
            if name in SHORTHANDS:  # what stands before it counts no more
                found |= dict.fromkeys((each for each in found if _is_part(each, name)), UNKNOWN)
    return found


def _is_part(name: str, shorthand: str) -> bool:
    return VENDORS.sub("", name, count=1).startswith(f"{shorthand}-")


def _known(name: str, value: str) -> str:
    """A value without `!important`; only names of fonts may have letters of other scripts."""
    important = IMPORTANT.match(value)
    text = (important.group(1) if important else value).strip(SPACE)
    if "!" in text or not (text.isascii() or name.endswith("font-family")):
        return UNKNOWN
    return text.lower()


@lru_cache(maxsize=2000)
def pixels(value: str, em: float = 16) -> float | None:
    """About how long a length is, where the font has a size of `em`; None if it is none of the plain
    ones."""
    match = LENGTH.match(value) if value else None
    if not match:
        return None
    number, unit, _ = match.groups()
    if unit is None:
        return 0
    return float(number) * (em * EMS[unit] if unit in EMS else PIXELS[unit])


def font_of(value: str) -> tuple[str, str] | None:
    """Size and line height ("" for none) of the `font` shorthand; None if it is another form."""
    words = value.split()
    for at, word in enumerate(words[:-1]):  # the last one is the family
        size, _, line = word.partition("/")
        if size in FONT_SIZES or (pixels(size) is not None and not size.isdecimal()) or size == "0":
            family = " ".join(words[at + 1 :])
            is_font = len(set(words[:at])) == at and bool(FAMILY.match(family))
            weights = sum(each in WEIGHTS for each in words[:at])
            return (size, line) if is_font and weights <= 1 else None
        if word not in FONT_WORDS:
            return None
    return None


FAMILY = re.compile(
    r"(?!(?:inherit|initial|unset|revert)\b)(?:[a-z][a-z0-9 -]*+|-apple-system|\"[^\"]+\"|'[^']+')"
    r"(?: ?, ?(?:[a-z][a-z0-9 -]*+|-apple-system|\"[^\"]+\"|'[^']+'))*\Z"
)
WEIGHTS = frozenset(["bold", "bolder", "lighter", *map(str, range(100, 1000, 100))])
FONT_WORDS = frozenset(
    (
        "normal", "italic", "oblique", "bold", "bolder", "lighter", "small-caps",
        *(str(weight) for weight in range(100, 1000, 100)),
    )
)  # fmt: skip
FONT_SIZES = {
    "xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24,
    "xx-large": 32, "xxx-large": 48, "-webkit-xxx-large": 48,
}  # fmt: skip
