"""Comparing text that endpoints sent."""


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
