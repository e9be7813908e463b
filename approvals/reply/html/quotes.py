# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""Which HTML elements mail programs put around quoted mail and around signatures."""

from collections.abc import Mapping

import re2

from approvals.reply.html.colors import color_of
from approvals.reply.html.css import VENDORS, declarations, pixels
from approvals.reply.html.element import Element

QUOTING_CLASSES = frozenset(
    (
        "gmail_attr moz-cite-prefix moz-forward-container protonmail_quote tutanota_quote zmail_extra "
        "front-blockquote gmail_signature gmail_signature_prefix moz-signature "
        "protonmail_signature_block ms-outlook-mobile-signature signature "
        "ms-outlook-mobile-reference-message mail-quote-collapse"
    ).split()
)
# These hold the quoted mail, and what is typed below it: all that stands above the end of the first
# blockquote is quoted.
WRAPPING_CLASSES = frozenset(["gmail_quote", "gmail_quote_container", "yahoo_quoted"])
QUOTING_IDS = frozenset(
    (
        "olk_src_body_section mail-editor-reference-message-container applemailsignature signature "
        "ms-outlook-mobile-signature composer_signature protonmail_signature_block"
    ).split()
)
QUOTING_NAMES = frozenset(["quote", "messagereplysection", "messagesignaturesection"])
# From here on there is nothing but quoted mail, to the end of the message.
CUTTING_IDS = frozenset(["divrplyfwdmsg", "zwchr"])
OUTLOOK_RULE = re2.compile(
    r"border-top:\s*solid\s+#?[a-z0-9]+\s+1(\.0)?pt.*padding:\s*3(\.0)?pt"
    r"|padding:\s*3(\.0)?pt.*border-top:\s*solid"
)
DRAWN = frozenset("solid dashed dotted double ridge groove inset outset".split())
PALE = 245  # of 255
WIDTHS = frozenset("thin medium thick".split())


def _names(value: str) -> list[str]:
    return [name.removeprefix("x_") for name in value.lower().split()]


def is_quote(element: Element) -> bool:
    """Whether an element holds quoted mail, its introduction, or a signature."""
    tag, attributes = element.tag, element.attributes
    if tag == "blockquote" or not attributes:
        return tag == "blockquote"
    style = attributes.get("style", "").lower()
    if "border" in style:
        declared = declarations(style)  # here, `!IMPORTANT` hides nothing
        if has_bar(declared) or (tag == "div" and _has_bar_on_the_right(declared)):
            return True
    classes = _names(attributes.get("class", ""))
    if QUOTING_CLASSES.intersection(classes) or any("moz-cite" in name for name in classes):
        return True
    return bool(
        QUOTING_IDS.intersection(_names(attributes.get("id", "")))
        or QUOTING_NAMES.intersection(_names(attributes.get("name", "")))
        or "__quoted_text__" in attributes.get("data-marker", "").lower()
        or "signature" in attributes.get("data-smartmail", "").lower()
    )


def is_signature(element: Element) -> bool:
    """Whether an element that `is_quote` holds a signature."""
    names = ("class", "id", "name", "data-smartmail")
    return any("signature" in element.attributes.get(name, "").lower() for name in names)


def has_bar(declared: Mapping[str, str]) -> bool:
    """Whether there is a bar on the left, with which Outlook, Gmail, GMX and others mark quoted mail.

    A box around the text is none, unless its left side is declared by itself, nor is a line that
    can't be seen.
    """
    apart = any("border-left" in name or "border-inline-start" in name for name in declared)
    return _draws(declared, "left") and (apart or not _draws(declared, "right"))


def _has_bar_on_the_right(declared: Mapping[str, str]) -> bool:
    """Where text runs from right to left, Word's mail has the bar there, around such paragraphs."""
    return _draws(declared, "right") and not _draws(declared, "left")


def _draws(declared: Mapping[str, str], side: str) -> bool:
    width, kind = "medium", "none"
    end = {"left": "start", "right": "end"}[side]
    own = (f"border-{side}", f"border-inline-{end}", f"border-{end}")
    for full_name, value in declared.items():
        name, words = VENDORS.sub("", full_name, count=1), value.split()
        if name in ("border", "border-inline", *own):
            width = next((word for word in words if _is_width(word)), "medium")
            kind = next((word for word in words if word in DRAWN and not _is_pale(words)), "none")
        elif words and (name == "border-width" or name in [f"{each}-width" for each in own]):
            width = _of_side(words, side)
        elif words and (name == "border-style" or name in [f"{each}-style" for each in own]):
            kind = _of_side(words, side)
    return kind in DRAWN and pixels(width) != 0


def _is_pale(words: list[str]) -> bool:
    colors = [color for word in words if (color := color_of(word)) is not None]
    return "transparent" in words or any(min(color) >= PALE for color in colors)


def _is_width(word: str) -> bool:
    return word in WIDTHS or pixels(word) is not None


def _of_side(words: list[str], side: str) -> str:
    """One of the values for top, right, bottom and left; those that are missing are as the opposite."""
    if len(words) == 4 and side == "left":
        return words[3]
    return words[1] if len(words) > 1 else words[0]


def is_wrapper(element: Element) -> bool:
    """Whether an element holds quoted mail together with what is typed below it."""
    if "class" not in element.attributes and "id" not in element.attributes:
        return False
    names = _names(element.attributes.get("class", "")) + _names(element.attributes.get("id", ""))
    return any(name in WRAPPING_CLASSES or name.endswith("yahoo_quoted") for name in names)


def is_cut(element: Element) -> bool:
    """Whether everything from an element on is quoted mail."""
    if CUTTING_IDS.intersection(_names(element.attributes.get("id", ""))):
        return True
    return element.tag == "div" and bool(
        OUTLOOK_RULE.search(element.attributes.get("style", "").lower())
    )
