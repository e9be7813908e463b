# ruff: noqa: SIM905 - a list of words is easier to read as one text
"""HTML beyond the tags that are parsed: whether it may change how the text above it is shown.

Old threads are long, and hold the same few tags again and again.
"""

import re
from html import unescape

from approvals.reply.html.css import declarations
from approvals.reply.html.element import Element
from approvals.reply.html.harmless import moves_others
from approvals.reply.html.looks import text_style
from approvals.reply.html.style import MAX_SIZE, TextStyle
from approvals.reply.html.tags import BLOCKS, CELLS

# Python's own expressions, which are far quicker here; each looks no further than to the next "<".
TAG = re.compile(r"<([^\s<>/!?][^\s<>/]*+)((?:[^<>\"']++|\"[^\"<>]*+\"|'[^'<>]*+')*+)>", re.ASCII)
ATTRIBUTE = re.compile(r"([^\s=\"'>/]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++)))?+")
MAX_DIFFERENT = 2000  # tags with other attributes: an old thread has few
OTHERS = re.compile(r"</[a-zA-Z]|<!--|<!\[|<![dD]|<\?xml:")  # ends, comments, conditions
# Those whose text stands where they do, without anything that is drawn elsewhere.
QUIET = (
    BLOCKS
    | CELLS
    | frozenset(
        (
            "a abbr acronym b big br cite code col colgroup em font i img ins kbd label nobr o:p pre s "
            "samp small span strike strong sub sup tfoot tt u var wbr"
        ).split()
    )
) - frozenset(["body", "caption", "html", "thead"])


def reaches_up(text: str) -> bool:
    """Whether an element of this text may, or it isn't sure which elements it holds."""
    found = TAG.findall(text)
    if len(found) + len(OTHERS.findall(text)) < text.count("<"):
        return True
    different = set(found)
    return len(different) > MAX_DIFFERENT or any(
        _reaches_up(tag.lower(), attributes) for tag, attributes in different
    )


def _reaches_up(tag: str, attributes: str) -> bool:
    if tag not in QUIET or not attributes.isascii():
        return True
    values = [
        unescape("".join(value))
        for name, *value in ATTRIBUTE.findall(attributes)
        if name.lower() == "style"
    ]
    if not values:
        return False
    declared = declarations(values[0])
    style = text_style(Element(tag, {"style": ""}, declared), TextStyle())
    is_large = style.is_tight or style.size > MAX_SIZE
    return len(values) > 1 or is_large or moves_others(declared, style.size, inline=True)
