"""Wildcards, without regular expressions: time is at most length of text x length of pattern.

`?` is one character and `*` any number of them. In a path neither goes beyond a separator, and the
part `**` is any number of folders. Everything else, brackets too, is meant literally.
"""

from collections.abc import Callable, Sequence

from policies.engine.paths import ROOTS, parts, same_case
from policies.engine.text import fold


def matches_text(pattern: str, text: str) -> bool:
    """Whole text, letters of either case equal."""
    return _wild(fold(pattern), fold(text))


def matches_name(pattern: str, name: str, platform: str) -> bool:
    return _wild(same_case(pattern, platform), same_case(name, platform))


def matches_path(pattern: str, path: str, platform: str) -> bool:
    """Whole path; a pattern without a root starts anywhere only when it begins with `**`."""
    return matches_list(parts(pattern, platform), parts(path, platform))


def matches_list(patterns: Sequence[str], items: Sequence[str]) -> bool:
    """One pattern an item, in order, `**` for any number of items; case matters."""

    def same(pattern: str, part: str) -> bool:
        return pattern == part or (part not in ROOTS and _wild(pattern, part))

    return _greedy(patterns, items, "**", same)


def _wild(pattern: str, text: str) -> bool:
    if "*" not in pattern and "?" not in pattern:
        return pattern == text
    return _greedy(pattern, text, "*", lambda pattern, character: pattern in ("?", character))


def _greedy(
    pattern: Sequence[str], text: Sequence[str], star: str, same: Callable[[str, str], bool]
) -> bool:
    """Only the last star is ever widened: an earlier one could give nothing that it does not."""
    at = start = 0
    after_star, resume = -1, 0
    while start < len(text):
        if at < len(pattern) and pattern[at] == star:
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
    return all(item == star for item in pattern[at:])
