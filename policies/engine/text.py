"""Comparing text that endpoints sent, and showing it."""

from core.text import visible

MAX_SHOWN = 120  # characters of a value in a reason


def fold(text: str) -> str:
    """`text` with upper and lower case made the same, one character for one.

    `str.casefold` would make different names equal ("straße" and "strasse"), and with them
    different accounts and files; only letters that are each other's case are joined here.
    """
    if text.isascii():
        return text.lower()
    pairs = ((character, character.lower()) for character in text)
    return "".join(
        lowered if len(lowered) == 1 and lowered.upper() == character else character
        for character, lowered in pairs
    )


def show(text: str) -> str:
    """Quoted for a reason: cut, and with hidden characters made visible."""
    return f"“{visible(text, MAX_SHOWN)}”"
