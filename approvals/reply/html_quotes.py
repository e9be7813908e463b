# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""Which HTML elements mail programs put around quoted mail and around signatures."""

import re2

QUOTING_CLASSES = frozenset(
    (
        "gmail_attr moz-cite-prefix moz-forward-container protonmail_quote tutanota_quote zmail_extra "
        "front-blockquote gmail_signature gmail_signature_prefix moz-signature "
        "protonmail_signature_block ms-outlook-mobile-signature signature "
        "ms-outlook-mobile-reference-message mail-quote-collapse"
    ).split()
)
# These hold the quoted mail, and what is typed below it: all that stands above the end of the last
# blockquote is quoted (a forwarded mail quotes another one below its own words).
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


# The bar on the left with which mail programs mark quoted mail (Outlook, Gmail, GMX and others).
BAR = re2.compile(r"border-(?:left|inline-start):[^;]*(?:solid|dashed|dotted|double|ridge|groove)")
NO_BAR = re2.compile(r"border-(?:left|inline-start):[^;]*(?:\bnone\b|\b0(?:px|pt)?\b[^.])")


def _names(value: str) -> list[str]:
    return [name.removeprefix("x_") for name in value.lower().split()]


def is_quote(tag: str, attributes: dict[str, str]) -> bool:
    """Whether an element holds quoted mail, its introduction, or a signature."""
    if tag == "blockquote" or not attributes:
        return tag == "blockquote"
    style = attributes.get("style", "").lower()
    if "border-" in style and BAR.search(style) and not NO_BAR.search(style):
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


def is_wrapper(attributes: dict[str, str]) -> bool:
    """Whether an element holds quoted mail together with what is typed below it."""
    if "class" not in attributes and "id" not in attributes:
        return False
    names = _names(attributes.get("class", "")) + _names(attributes.get("id", ""))
    return any(name in WRAPPING_CLASSES or name.endswith("yahoo_quoted") for name in names)


def is_cut(tag: str, attributes: dict[str, str]) -> bool:
    """Whether everything from an element on is quoted mail."""
    if CUTTING_IDS.intersection(_names(attributes.get("id", ""))):
        return True
    return tag == "div" and bool(OUTLOOK_RULE.search(attributes.get("style", "").lower()))
