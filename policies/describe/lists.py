"""Values and lists of values within a sentence."""

from collections.abc import Iterable, Sequence

from core.text import visible

LONGEST_VALUE = 120  # characters, as in the engine's reasons
LONGEST_LIST = 5


def shown(value: str) -> str:
    """A value from an item: on one line, cut, its hidden characters escaped."""
    return visible(value, LONGEST_VALUE)


def listed(values: Iterable[str], word: str) -> str:
    """`values` as data: "a", "a or b", "a, b or c"; longer lists "a, b, c, d and 7 more"."""
    return joined([shown(value) for value in values], word)


def joined(texts: Sequence[str], word: str) -> str:
    """Our own `texts`, joined as `listed` joins values."""
    kept = cut(texts)
    last = "and" if len(texts) > LONGEST_LIST else word
    return f" {last} ".join(filter(None, [", ".join(kept[:-1]), *kept[-1:]]))


def cut(texts: Sequence[str]) -> list[str]:
    """At most five texts: of more, the first four and "7 more"."""
    if len(texts) <= LONGEST_LIST:
        return list(texts)
    kept = LONGEST_LIST - 1
    return [*texts[:kept], f"{len(texts) - kept} more"]
