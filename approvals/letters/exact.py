"""Bound values, shown so that two that differ look different. Pure.

The argument list is shown item by item, quoted by one rule for every platform, so that one item
`a b` and two items `a` and `b` differ. A long value shows its head and its tail, and says how much
is left out between them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from core.text import escape, is_hidden

MAX_SHOWN = 480  # characters of a bound value; more of it is shown on request
MAX_MARKS = 4  # on one letter; more of them hide what stands around it
_HALF_ESCAPE_AT_END = re.compile(r"\[[^\]]{0,8}\Z")
_HALF_ESCAPE_AT_BEGIN = re.compile(r"\A[^\[\]]{0,8}\]")
_QUOTE = re.compile(r'(?<!\\)(\\*)"')


def exact(text: str) -> str:
    """On one line, as NFC, everything that could be taken for something else as an escape.

    That's what is hidden, odd blanks, a mark on no letter, and letters that Unicode calls equal to
    others ("e" with U+0301 looks like "é"). An escape's own look is escaped too.
    """
    told_apart = text.replace("[U+", "[U+005B]U+")
    return "".join(escape(letter) if odd else letter for letter, odd in _judged(told_apart))


def _judged(text: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether it is odd: `exact` shows it as an escape."""
    cluster = ""  # a letter or number and the marks on it, all shown as they are
    for letter in text:
        if " " <= letter <= "~":  # nearly everything there is
            cluster = letter if letter.isalnum() else ""
            yield letter, False
            continue
        kind = unicodedata.category(letter)
        joined = cluster + letter
        odd = (
            is_hidden(letter)
            or kind == "Zs"
            or (kind[0] == "M" and not 0 < len(cluster) <= MAX_MARKS)
            or not unicodedata.is_normalized("NFC", joined)
        )
        yield letter, odd
        shown = {"M": joined, "L": letter, "N": letter}
        cluster = "" if odd else shown.get(kind[0], "")


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
    return any(odd for _, odd in _judged(text))
