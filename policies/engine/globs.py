"""Wildcards, without expressions that go back: time is at most length of text x length of pattern.

`?` is one character and `*` any number of them. Neither goes beyond what separates the parts of a
text: folders in a path or an argument, the domain from an account, a file from its stream. In a
path the part `**` is any number of folders, in a list of arguments any number of arguments.
Everything else, brackets too, is meant literally. A pattern grants what it says and no more (the
rules, Patterns).
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from actions.platforms import Platform
from policies.engine.paths import ROOTS, Parts, parts, same_case
from policies.engine.text import fold

_FOLDERS = "/\\"
_DOMAIN = "\\/@"  # EXAMPLE\alice, alice@example.com
_STREAM = ":"  # setup.exe:other.exe, on Windows
# "..", as a part of an argument, also behind an option or in a list ("--file=../x", "-C..",
# "a:../b"), with the trailing dots and blanks that Windows drops, or written as in a URL.
_UPWARDS = re.compile(r"(?:\.|%2e){2}[. ]*(?:[/\\,;:]|%2f|%5c|$)", re.IGNORECASE)


def matches_text(pattern: str, text: str) -> bool:
    """Whole text, letters of either case equal."""
    return _wild(fold(pattern), fold(text))


def matches_account(pattern: str, account: str) -> bool:
    """A user or group; `*` stays within the name or the domain, but alone it is everybody."""
    return pattern == "*" or _wild(fold(pattern), fold(account), _DOMAIN)


def matches_name(pattern: str, name: str, platform: str) -> bool:
    """A file's name, as the last of its path's `parts`."""
    barrier = _STREAM if platform == Platform.WINDOWS else ""
    return _wild(same_case(pattern, platform), same_case(name, platform), barrier)


def matches_path(pattern: str, path: str, platform: str) -> bool:
    """Whole path; a pattern without a root starts anywhere only when it begins with `**`."""
    return matches_parts(parts(pattern, platform), parts(path, platform), platform)


def matches_parts(pattern: Parts, path: Parts, platform: str) -> bool:
    """`matches_path` of what `parts` made of both."""
    barrier = _STREAM if platform == Platform.WINDOWS else ""

    def same(pattern: str, part: str) -> bool:
        return pattern == part or (part not in ROOTS and _wild(pattern, part, barrier))

    return _greedy(pattern, path, same)


def matches_arguments(patterns: Sequence[str], arguments: Sequence[str]) -> bool:
    """One pattern an argument, in order, `**` for any number of arguments; case matters.

    An argument that leads upwards with `..` matches only its own text, or a pattern without a
    separator.
    """

    def same(pattern: str, argument: str) -> bool:
        if pattern == argument:
            return True
        leads_on = any(letter in _FOLDERS for letter in pattern)
        if leads_on and _UPWARDS.search(argument):
            return False
        return _wild(pattern, argument, _FOLDERS)

    return _greedy(patterns, arguments, same)


def _wild(pattern: str, text: str, barrier: str = "") -> bool:
    """The whole of `text`; no wildcard stands for a character of `barrier`."""
    if "*" not in pattern and "?" not in pattern:
        return pattern == text
    if not barrier or not any(letter in text for letter in barrier):
        if "?" not in pattern:
            return _in_order(pattern.split("*"), text)
        return _in_order_like(pattern.split("*"), text)
    split = re.compile(f"([{re.escape(barrier)}])").split
    pieces, texts = split(pattern), split(text)
    return len(pieces) == len(texts) and all(
        _wild(piece, part) for piece, part in zip(pieces, texts, strict=True)
    )


def _in_order(pieces: Sequence[str], text: str) -> bool:
    """Whether `text` is the pieces in their order, with anything between them; two at least."""
    begin, *within, end = pieces
    at, stop = len(begin), len(text) - len(end)
    if at > stop or not text.startswith(begin) or not text.endswith(end):
        return False
    for piece in within:
        found = text.find(piece, at, stop)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _in_order_like(pieces: Sequence[str], text: str) -> bool:
    """`_in_order` for pieces in which `?` is any character. Letter by letter in Python, one long argument
    would take minutes.
    """
    begin, *within = map(_like, pieces)
    if not within:
        return bool(begin.fullmatch(text))
    at, stop = len(pieces[0]), len(text) - len(pieces[-1])
    if at > stop or not begin.match(text) or not within.pop().match(text, stop):
        return False
    for piece in within:
        found = piece.search(text, at, stop)
        if found is None:
            return False
        at = found.end()
    return True


@lru_cache(maxsize=4096)
def _like(piece: str) -> re.Pattern[str]:
    return re.compile(re.escape(piece).replace(r"\?", "."), re.DOTALL)


def _greedy(pattern: Sequence[str], text: Sequence[str], same: Callable[[str, str], bool]) -> bool:
    """Only the last `**` is ever widened: an earlier one could give nothing that it does not."""
    at = start = 0
    after_star, resume = -1, 0
    while start < len(text):
        if at < len(pattern) and pattern[at] == "**":
            at += 1
            after_star, resume = at, start
        elif at < len(pattern) and same(pattern[at], text[start]):
            at += 1
            start += 1
        elif after_star >= 0:
            resume += 1
            at, start = after_star, resume
        else:
            return False
    return all(item == "**" for item in pattern[at:])
