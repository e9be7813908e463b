"""Which colours an element's text and background have."""

import re
from collections.abc import Mapping

from approvals.reply.html.colors import (
    UNCHANGED,
    Color,
    color_of,
    color_of_attribute,
    mixed,
    opacity,
)
from approvals.reply.html.element import Element
from approvals.reply.html.tags import BACKED

WORD = re.compile(r"[^\s()]*+\([^()]*+\)|[^\s()]++")  # `rgb(255, 255, 255)` is one
UNSEEN_COLOR: Color = (-1, -1, -1)  # transparent
BLACK, WHITE, YELLOW, LINK = (0, 0, 0), (255, 255, 255), (255, 255, 0), (0, 0, 238)
MIN_OPACITY = 0.2  # up to which a colour may not be seen
PAINT = ("background", "background-color", "background-image")
CLEAR_WORDS = frozenset(["none repeat", "none transparent", "transparent none", "0 0", "0% 0%"])
# What programs write behind or before the colour of a `background`.
BESIDE = frozenset(
    [
        "",
        "none",
        "none repeat scroll 0% 0%",
        "none repeat scroll 0 0",
        "none 0% 0% / auto repeat scroll padding-box border-box",
    ]
)
INHERITED = ("inherit", "unset", "")


def colors_of(
    element: Element,
    color: Color | None,
    background: Color | None,
) -> tuple[Color | None, Color | None]:
    """The colours of an element's text and background, inside of these."""
    tag, attributes, declared = element
    if tag == "mark":
        color, background = BLACK, YELLOW
    if tag == "a" and "href" in attributes:
        color = LINK
    if "bgcolor" in attributes and tag in BACKED:
        background = color_of_attribute(attributes["bgcolor"])
    colored = {"body": "text", "font": "color"}.get(tag, "")
    if colored in attributes:
        color = color_of_attribute(attributes[colored])
    color = color_of_text(declared.get("color", ""), color)
    for name in PAINT:
        if name in declared:
            background = _background(
                declared[name], color, background, is_shorthand=name == "background"
            )
    is_cut = any(name.endswith("background-clip") for name in declared)  # it isn't behind all text
    if "background" in attributes or is_cut or not _is_one_paint(declared):
        background = None
    return color, background


def _is_one_paint(declared: Mapping[str, str]) -> bool:
    """Whether of several backgrounds only one paints: "none" and a colour."""
    painted = [declared[name] for name in PAINT if declared.get(name, "none") not in UNCHANGED]
    return len(painted) <= 1


def color_of_text(value: str, outer: Color | None) -> Color | None:
    if value in INHERITED or value == "currentcolor":
        return outer
    if value == "initial":
        return BLACK
    if value == "transparent" or (color_of(value) is not None and opacity(value) == 0):
        return UNSEEN_COLOR
    return color_of(value) if opacity(value) > MIN_OPACITY else None


def _background(
    value: str, color: Color | None, outer: Color | None, *, is_shorthand: bool
) -> Color | None:
    words: list[str] = WORD.findall(value)
    if words == ["currentcolor"]:
        return color
    if value in UNCHANGED or value in CLEAR_WORDS:
        return outer
    known = [word for word in words if color_of(word) is not None]
    others = " ".join(word for word in words if word not in known)
    if len(known) != 1 or others not in (BESIDE if is_shorthand else ("",)):
        return None
    found = color_of(known[0])
    return found and mixed(found, outer, opacity(known[0]))
