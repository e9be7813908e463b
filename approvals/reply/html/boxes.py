"""What elements are besides their text: blocks, pictures, drawings, empty boxes."""

import re

from selectolax.lexbor import LexborNode

from approvals.reply.html.element import Element
from approvals.reply.html.harmless import is_box_unseen
from approvals.reply.html.tags import BLOCK_DISPLAYS, BLOCKS

TINY = re.compile(r"(?:[01]|0?\.[0-9]++)(?:px)?\Z")
DRAWN = "img, input, svg, canvas, object, embed, video, iframe, select, textarea"
BOXES = "[style*=background], [style*=border], [bgcolor], hr"
ICON = frozenset("svg g path circle ellipse rect line polygon polyline title defs".split())  # noqa: SIM905


def is_block(element: Element) -> bool:
    display = element.declared.get("display", "")
    if display.startswith("inline"):
        return False
    return element.tag in BLOCKS or display in BLOCK_DISPLAYS


def is_aside(element: Element) -> bool:
    return element.tag == "table" and element.attributes.get("align", "").lower() in (
        "left",
        "right",
    )


def is_drawn(element: Element) -> bool:
    """Whether it shows more than text, on which white text could be seen."""
    tag, attributes, declared = element
    if tag == "table":
        return "border" in attributes
    is_picture = tag == "hr" or (tag == "img" and not is_tiny(element))
    return is_picture or any(name.startswith("border") for name in declared)


def is_tiny(element: Element) -> bool:
    """Whether a picture is a pixel that only tells that the mail was opened."""
    sizes = {**element.attributes, **element.declared}
    is_small = all(TINY.match(sizes.get(name, "")) for name in ("width", "height"))
    is_apart = any(sizes.get(name, "0") != "0" for name in ("hspace", "vspace"))
    return is_small and not is_apart and is_box_unseen(element.declared)


def emoji_in(alternative: str) -> str:
    """The emoji that a picture draws, by its alternative text; "" if that says anything else."""
    drawn = alternative.replace("\N{COMBINING ENCLOSING KEYCAP}", "")
    is_drawn = drawn != alternative or any(not (char.isascii() or char.isspace()) for char in drawn)
    return alternative if is_drawn and not any(map(str.isalpha, drawn)) else ""


def holds_block(element: LexborNode) -> bool:
    """Whether it holds something that begins a line of its own, perhaps."""
    blocks = ", ".join(sorted(BLOCKS | {"br"}))
    inside = element.css(f"{blocks}, [style*=display], [class]")
    return any(each.mem_id != element.mem_id for each in inside)


def holds_anything(element: LexborNode) -> bool:
    """Whether it holds text, or any element but line breaks."""
    text = element.text(deep=True, strip=True)
    return bool(text.strip()) or any(child.tag != "br" for child in element.iter())


def shows_more(drawing: LexborNode) -> bool:
    """Whether a drawing may show anything outside of itself: only an icon's paths surely don't."""
    others = (each for each in drawing.traverse() if each.tag not in ICON)
    style = (drawing.attributes.get("style") or "").lower()
    overflows = any(name in style for name in ("overflow", "all", "\\"))
    return (
        overflows
        or any(name.lower() == "overflow" for name in drawing.attributes)
        or any(True for _ in others)
    )


def is_bare(element: LexborNode) -> bool:
    """Whether an element holds nothing that could be seen, but for its own box."""
    is_drawn = element.css_first(f"{DRAWN}, {BOXES}") is not None
    inside = element.css("[class], [style], [border]")
    is_drawn = is_drawn or any(each.mem_id != element.mem_id for each in inside)
    return not (is_drawn or element.text(deep=True, strip=True))
