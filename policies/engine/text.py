"""Comparing and showing text that endpoints sent."""

from __future__ import annotations

SHOWN = 120  # characters of a value in a reason


def fold(text: str) -> str:
    """Upper and lower case made the same, one character for one.

    `str.casefold` would make different names equal ("straße" and "strasse"), and
    with them different accounts and files; only letters that are each other's case are joined here.
    """
    if text.isascii():
        return text.lower()
    return "".join(_fold_character(character) for character in text)


def _fold_character(character: str) -> str:
    lowered = character.lower()
    return lowered if len(lowered) == 1 and lowered.upper() == character else character


def show(text: str) -> str:
    """Quoted for a reason: cut, and with control and bidirectional characters made visible."""
    cut = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    if not cut.isprintable():
        cut = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
    return f"“{cut}”"
