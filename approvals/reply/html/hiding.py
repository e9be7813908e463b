# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""The few ways in which HTML and its styles hide text for certain.

`is_hidden`, `fades` and `crosses_out` say what is left out. Only where `is_surely_hidden` says so too,
the next line may decide: else somebody may see what stands above it.
"""

import re

from approvals.reply.html.colors import color_of, contrast
from approvals.reply.html.css import UNKNOWN
from approvals.reply.html.element import Element
from approvals.reply.html.tags import CROSSED_OUT, UNSEEN

LINES = ("text-decoration", "text-decoration-line")
KNOWN = frozenset(
    (
        "visibility:hidden font-size:0 font-size:0px opacity:0 color:white color:#fff "
        "color:#ffffff color:rgb(255,255,255) color:transparent text-decoration:line-through "
        "max-height:0;overflow:hidden "
        "max-height:0px;overflow:hidden height:0;overflow:hidden height:0px;overflow:hidden"
    ).split()
)
# What may stand beside a declaration that hides without showing anything again.
COMPANIONS = frozenset(
    (
        "color font-size line-height mso-line-height-rule mso-hide font-family opacity visibility "
        "height max-height width max-width overflow position left top clip"
    ).split()
)
SIZED = frozenset("div p section article header footer main center".split())
NO_OPACITY = frozenset("0 0.0 0.00 .0 0.01 .01".split())
NO_LENGTH = re.compile(r"(?:0|[01]px|0pt)\Z")
FAR_OUT = re.compile(r"-[0-9]{4,6}(?:px|pt|em)\Z")
NO_CLIP = re.compile(r"rect\((?:[01](?:px)?[ ,]*+){4}\)\Z")
MIN_FAR = 9000  # pixels, or more of another unit


def is_surely_hidden(element: Element) -> bool:
    """Whether it's hidden in one of the forms that mail programs write and every program knows."""
    tag, attributes, declared = element
    if tag in UNSEEN:
        return True
    names = set(attributes) - {"class", "dir", "lang", "id"}
    style = (
        "".join(attributes.get("style", "").lower().split()).strip(";").replace("!important", "")
    )
    if names == {"style"}:
        is_none = declared.get("display") == "none" and COMPANIONS.issuperset(
            declared.keys() - {"display"}
        )
        return is_none or (style in KNOWN and style.isascii())
    is_white = tag == "font" and attributes.get("color", "").lower() in ("white", "#fff", "#ffffff")
    return (
        (tag in CROSSED_OUT and not names)
        or names == {"hidden"}
        or (is_white and names == {"color"})
    )


def is_hidden(element: Element) -> bool:
    """Whether an element isn't shown, surely, whatever it holds."""
    tag, attributes, declared = element
    if not {"all", UNKNOWN}.isdisjoint(declared):
        return False
    if "display" in declared:
        return declared["display"] == "none"
    return tag in UNSEEN or ("hidden" in attributes and tag not in ("svg", "math"))


def fades(element: Element) -> bool:
    """Whether these make the text unseen, surely, with nothing beside that might show it.

    What is inline, or a cell, has no size of its own.
    """
    tag, declared = element.tag, element.declared
    if not COMPANIONS.issuperset(declared):
        return False
    if declared.get("opacity") in NO_OPACITY or declared.get("visibility") == "hidden":
        return True
    sizes = {name: declared[name] for name in COMPANIONS & SIZES & declared.keys()}
    none = all(map(NO_LENGTH.match, sizes.values()))
    if declared.get("position") in ("absolute", "fixed"):
        far = any(map(_is_far_out, (declared.get("left", ""), declared.get("top", ""))))
        return none and (far or bool(NO_CLIP.match(declared.get("clip", ""))))
    is_empty = none and not {"height", "max-height"}.isdisjoint(sizes)
    return is_empty and declared.get("overflow") == "hidden" and tag in SIZED


SIZES = frozenset(["height", "max-height", "width", "max-width"])


def _is_far_out(value: str) -> bool:
    return bool(FAR_OUT.match(value)) and int(value[1:].rstrip("pxtem")) >= MIN_FAR


def crosses_out(element: Element) -> bool:
    """Whether a line is drawn through the text, surely: nothing says otherwise too."""
    lines = {name: value for name, value in element.declared.items() if "text-decoration" in name}
    if not lines:
        return element.tag in CROSSED_OUT and {"all", UNKNOWN}.isdisjoint(element.declared)
    return set(lines) <= set(LINES) and all(map(_is_line_through, lines.values()))


def may_cross_out(element: Element) -> bool:
    return element.tag in CROSSED_OUT or any(
        "line-through" in value or value == UNKNOWN
        for name, value in element.declared.items()
        if "text-decoration" in name
    )


def _is_line_through(value: str) -> bool:
    words = value.split()
    others = [word for word in words if word not in ("line-through", "solid", "double")]
    return words.count("line-through") == 1 and all(
        (color := color_of(word)) is not None and contrast(color, (255, 255, 255)) > 2
        for word in others
    )
