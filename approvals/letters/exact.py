"""Bound values, shown so that two that differ look different. Pure.

The argument list is shown item by item, quoted by one rule for every platform, so that one item
`a b` and two items `a` and `b` differ. A long value shows its head and its tail, and says how much
is left out between them.
"""

import re
import unicodedata
from collections.abc import Iterable

from core.text import visible, visible_parts

MAX_SHOWN = 480  # characters of a bound value; more of it is shown on request
_HALF_ESCAPE_AT_END = re.compile(r"\[[^\]]{0,8}\Z")
_HALF_ESCAPE_AT_BEGIN = re.compile(r"\A[^\[\]]{0,8}\]")
_QUOTE = re.compile(r'(?<!\\)(\\*)"')


def exact(text: str) -> str:
    """On one line, hidden characters and odd blanks as escapes, an escape's own look escaped too."""
    told_apart = text.replace("[U+", "[U+005B]U+")
    if not told_apart.isprintable():  # blanks other than " " aren't, nor what `visible` escapes
        told_apart = "".join(
            f"[U+{ord(letter):04X}]"
            if letter != " " and unicodedata.category(letter) == "Zs"
            else letter
            for letter in told_apart
        )
    return visible(told_apart)


def quoted(item: str) -> str:
    """One item of a list, bare unless it is empty or holds white space or a quotation mark.

    Quoted with the escapes of Windows' CommandLineToArgvW, for every platform.
    """
    if item and '"' not in item and not any(letter.isspace() for letter in item):
        return exact(item)
    last_backslashes = len(item) - len(item.rstrip("\\"))
    escaped = _QUOTE.sub(r'\1\1\\"', item) + "\\" * last_backslashes
    return f'"{exact(escaped)}"'


def listed(items: Iterable[str]) -> str:
    """Every item, quoted where it has to be, with one blank between two."""
    return " ".join(map(quoted, items))


def one_value(text: str) -> str:
    """A value by itself, such as a path: quoted only if blanks stand at its ends."""
    return exact(text) if text == text.strip() else f'"{exact(text)}"'


def elided(shown: str) -> str:
    """A value that is shown already, on MAX_SHOWN characters: all, or head, tail and the sum."""
    if len(shown) <= MAX_SHOWN:
        return shown
    head = _HALF_ESCAPE_AT_END.sub("", shown[: MAX_SHOWN * 2 // 3])
    tail = _HALF_ESCAPE_AT_BEGIN.sub("", shown[-MAX_SHOWN // 4 :])
    left_out = len(shown) - len(head) - len(tail)
    return f"{head} [… {left_out:,} characters left out …] {tail}"


def hides_something(text: str) -> bool:
    """Whether `exact` shows any character as an escape."""
    if text.isascii():
        return not text.isprintable()
    return not text.isprintable() or any(is_escape for _, is_escape in visible_parts(text))
