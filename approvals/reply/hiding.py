# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""The few ways in which HTML and its styles hide text for certain.

What else hides or moves text isn't harmless: what is in it is seen, and decides nothing.
"""

import re
from collections.abc import Callable

from approvals.reply.harmless import pixels

# Elements whose text no mail program shows as text of the message.
UNSEEN = frozenset("head title style script template".split())
CROSSED_OUT = frozenset(["s", "strike", "del"])
FILL = "-webkit-text-fill-color"
LINES = frozenset(
    (
        "text-decoration text-decoration-line -webkit-text-decoration -webkit-text-decoration-line"
    ).split()
)
FADING = frozenset(["color", FILL, "font-size", "font"])  # what is in a TextStyle
NEEDS_CLIPPING = frozenset(["height", "max-height", "width", "max-width"])
NEEDS_POSITION = frozenset(["left", "top", "clip"])
COMPANIONS = (
    FADING | NEEDS_CLIPPING | NEEDS_POSITION
    | frozenset("opacity visibility overflow position line-height mso-line-height-rule mso-hide "
                "font-family transform".split())
)  # fmt: skip
SIZED = frozenset("div p section article header footer main center".split())
NO_OPACITY = frozenset("0 0.0 0.00 .0 0.01 .01 0%".split())
NOTHING = re.compile(r"rect\((?:[01](?:px)?[ ,]*+){4}\)\Z")


def _at_most(value: str, limit: float) -> bool:
    length = pixels(value)
    return length is not None and 0 <= length <= limit


def _far_out(value: str) -> bool:
    length = pixels(value)
    return length is not None and length <= -2000


CHECKS: dict[str, Callable[[str], bool]] = {
    "opacity": lambda value: value in NO_OPACITY,
    "visibility": ("hidden", "collapse").__contains__,
    "left": _far_out,
    "top": _far_out,
    "clip": lambda value: bool(NOTHING.match(value)),
    "transform": lambda value: value in ("scale(0)", "scale(0,0)", "scale(0, 0)"),
    "height": lambda value: _at_most(value, 1),
    "max-height": lambda value: _at_most(value, 1),
    "width": lambda value: _at_most(value, 1),
    "max-width": lambda value: _at_most(value, 1),
}  # fmt: skip


def is_hidden(tag: str, attributes: dict[str, str], declared: dict[str, list[str]]) -> bool:
    """Whether an element isn't shown, surely, whatever it holds."""
    displays = declared.get("display", [])
    if not displays:
        return tag in UNSEEN or "hidden" in attributes
    return set(displays) == {"none"} and "all" not in declared


def fades(tag: str, declared: dict[str, list[str]]) -> bool:
    """Whether these make the text unseen, surely: all the values of one property do, and nothing else
    is declared that might show it.

    What is inline, or a cell, has no size of its own, and text stands in the padding too.
    """
    if not COMPANIONS.issuperset(declared):
        return False
    clips = set(declared.get("overflow", [])) == {"hidden"} and tag in SIZED
    placed = {"absolute", "fixed"}.issuperset(declared.get("position", ["static"]))
    sizes = [value for name in NEEDS_CLIPPING for value in declared.get(name, [])]
    small = all(map(CHECKS["height"], sizes))
    return any(
        name in CHECKS
        and all(map(CHECKS[name], values))
        and (clips or name not in NEEDS_CLIPPING)
        and ((placed and small) or name not in NEEDS_POSITION)
        and (tag in SIZED or name != "transform")
        for name, values in declared.items()
    )


def crosses_out(tag: str, declared: dict[str, list[str]]) -> bool:
    """Whether a line is drawn through the text, surely: nothing says otherwise too."""
    lines = [
        value for name, values in declared.items() if "text-decoration" in name for value in values
    ]
    if not lines:
        return tag in CROSSED_OUT
    return LINES.issuperset(name for name in declared if "text-decoration" in name) and all(
        "line-through" in value.split() and "(" not in value and "transparent" not in value
        and not any(pixels(word) is not None for word in value.split())
        for value in lines
    )  # fmt: skip
