"""Values and lists of values within a sentence."""

from collections.abc import Iterable, Sequence

from core.text import visible

MAX_SHOWN = 120  # characters of a value
MAX_LISTED = 5


def shown(value: str) -> str:
    """A value from an item: on one line, cut, its hidden characters escaped."""
    return visible(value, MAX_SHOWN)


def quoted(value: str) -> str:
    """A value that an endpoint reported, as `shown`, in quotation marks."""
    return f"“{shown(value)}”"


def listed(values: Iterable[str], word: str) -> str:
    """`values` as data: "a", "a or b", "a, b or c"; longer lists "a, b, c, d and 7 more"."""
    return joined([shown(value) for value in values], word)


def joined(texts: Sequence[str], word: str) -> str:
    """Our own `texts`, joined as `listed` joins values."""
    head = cut(texts)
    last = "and" if len(texts) > MAX_LISTED else word
    return f" {last} ".join(filter(None, [", ".join(head[:-1]), *head[-1:]]))


def cut(texts: Sequence[str]) -> list[str]:
    """At most five texts: of more, the first four and "7 more"."""
    if len(texts) <= MAX_LISTED:
        return list(texts)
    return [*texts[: MAX_LISTED - 1], f"{len(texts) - MAX_LISTED + 1} more"]
