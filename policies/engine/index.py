"""Finding the few policies that may match an event without testing the others.

A filter says by which keys it can be found: if it matches an event, perhaps even, the event has one of
them. A key is a dimension and a text, such as ("name", "setup.exe"). A filter that has no keys may
match anything, so its policy is always a candidate; that is what a new kind of filter is until it
says otherwise. Keys only leave out what can't match: candidates are then tested as all would be.

Keys are compared as the platform compares, so there is an index for each platform.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from policies.engine.event import Event
from policies.engine.literals import literal_in
from policies.engine.paths import ROOTS, Parts, is_unresolved, same_case, written
from policies.engine.text import fold

MAX_PIECE = 12  # characters of the literal beginning or end of a pattern
MAX_FOLDERS = 4  # parts of a path, its root too
GRAM = 4  # characters in a row within a text

NAME, PARENT, SIGNER, COMPUTER = "name", "parent", "signer", "computer"  # whole texts
BEGINS, ENDS = " begins", " ends"  # after one of these: a piece of it
FOLDER, PARENT_FOLDER = "folder", "parent folder"
HASH, ARGUMENT = "hash", "argument"
LINE, PATH = "line", "path"  # by a gram that is within
_WORTH = {HASH: 0, NAME: 1, ARGUMENT: 3, SIGNER: 4, COMPUTER: 6, PARENT: 6}  # how few it leaves
_GOOD_PIECE = 5


class Key(NamedTuple):
    dimension: str
    text: str | Parts


Keys = tuple[Key, ...]


def keys_of_texts(dimension: str, patterns: Iterable[str]) -> Keys | None:
    """For patterns with `*` and `?`, in the case that counts, of which one matches the whole text."""
    found = []
    for pattern in patterns:
        begins, *rest = pattern.replace("?", "*").split("*")
        ends = rest[-1] if rest else ""
        if not rest:
            found.append(Key(dimension, pattern))
        elif not begins and not ends:
            return None
        elif len(ends) >= len(begins):
            found.append(Key(dimension + ENDS, ends[-MAX_PIECE:]))
        else:
            found.append(Key(dimension + BEGINS, begins[:MAX_PIECE]))
    return tuple(found)


def keys_of_folder(dimension: str, path: Parts) -> Keys | None:
    """For a path, or what is below it. A root alone leaves too much."""
    if not path or (len(path) == 1 and path[0] in ROOTS):
        return None
    return (Key(dimension, path[:MAX_FOLDERS]),)


def keys_of_glob(name: str, folder: str, glob: Parts) -> Keys | None:
    """For a pattern of a whole path: its name, or the folders before its first wildcard."""
    wild = (at for at, part in enumerate(glob) if "*" in part or "?" in part)
    by_name = keys_of_texts(name, glob[-1:]) if glob and glob[-1] != "**" else None
    return best([by_name, keys_of_folder(folder, glob[: next(wild, len(glob))])])


def keys_within(dimension: str, text: str) -> Keys | None:
    """For a text that is within the event's, in the case that counts."""
    if len(text) < GRAM:
        return None
    grams = [text[at : at + GRAM] for at in range(len(text) - GRAM + 1)]
    # Words say more than what stands between them.
    return (Key(dimension, max(grams, key=lambda gram: sum(map(str.isalnum, gram)))),)


def keys_of_expression(dimension: str, expression: str, platform: str) -> Keys | None:
    """For a regular expression that matches the whole text."""
    return keys_within(dimension, same_case(literal_in(expression), platform))


def best(options: Iterable[Keys | None]) -> Keys | None:
    """Of sets of keys, of which an event has one each: the set that leaves the fewest events."""
    known = [keys for keys in options if keys is not None]
    return min(known, key=lambda keys: max(map(_worth, keys), default=0), default=None)


def _worth(key: Key) -> int:
    if isinstance(key.text, tuple):
        return max(2, 8 - 2 * len(key.text))
    if key.dimension.endswith((BEGINS, ENDS)):
        return 3 if len(key.text) >= _GOOD_PIECE else 7
    return _WORTH.get(key.dimension, 5)


class Index:
    """Positions of policies by keys; `candidates` gives those that may match, in order."""

    def __init__(self, keys: Sequence[Keys | None]) -> None:
        """`keys` of each policy, in order; None for one that may match anything."""
        self._everything = range(len(keys))
        self._always = [at for at, each in enumerate(keys) if each is None]
        rows: dict[str, dict[str | Parts, list[int]]] = defaultdict(lambda: defaultdict(list))
        for at, each in enumerate(keys):
            for dimension, text in dict.fromkeys(each or ()):
                rows[dimension][text].append(at)
        self._by_argument = ARGUMENT in rows
        self._tables = [
            (*_LOOKUPS[dimension], found, sorted({len(text) for text in found}))
            for dimension, found in rows.items()
        ]

    def candidates(self, event: Event) -> Sequence[int]:
        """Positions in order. Of a program in doubt every policy may be meant."""
        if is_unresolved(event.path_parts) or is_unresolved(event.parent_parts):
            return self._everything
        if self._by_argument and event.is_unreadable:
            return self._everything
        found: list[list[int]] = []
        for texts_of, pieces_of, rows, lengths in self._tables:
            for text in texts_of(event):
                if pieces_of is None:
                    if text in rows:
                        found.append(rows[text])
                    continue
                found += [rows[piece] for piece in pieces_of(text, lengths) if piece in rows]
        if not found:
            return self._always
        if len(found) == 1 and not self._always:
            return found[0]
        return sorted({at for positions in found for at in positions}.union(self._always))


def _beginnings(text: Any, lengths: Sequence[int]) -> list[Any]:
    return [text[:length] for length in lengths if length <= len(text)]


def _endings(text: str, lengths: Sequence[int]) -> list[str]:
    return [text[-length:] for length in lengths if length <= len(text)]


def _grams(text: str, lengths: Sequence[int]) -> set[str]:
    return {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}


def _arguments(event: Event) -> Iterable[str]:
    if event.contradicts_itself:
        return {each for arguments in event.argument_lists for each in arguments or ()}
    return event.arguments


def _lines(event: Event) -> tuple[str, str]:
    """The command line, and what `Event.command_lines` makes of the arguments."""
    listed = f"{event.file_path} {event.listed}"
    return same_case(event.command_line, event.platform), same_case(listed, event.platform)


_Texts = Callable[[Event], Iterable[str | Parts]]
_Pieces = Callable[[Any, Sequence[int]], Iterable[str | Parts]]
_WHOLE: Mapping[str, _Texts] = {
    HASH: lambda event: (event.sha256.lower(),),
    NAME: lambda event: event.path_parts[-1:],
    PARENT: lambda event: event.parent_parts[-1:],
    SIGNER: lambda event: (fold(event.signer),),
    COMPUTER: lambda event: (fold(event.computer),),
    ARGUMENT: _arguments,
}
_LOOKUPS: Mapping[str, tuple[_Texts, _Pieces | None]] = {
    **{dimension: (texts, None) for dimension, texts in _WHOLE.items()},
    **{dimension + BEGINS: (texts, _beginnings) for dimension, texts in _WHOLE.items()},
    **{dimension + ENDS: (texts, _endings) for dimension, texts in _WHOLE.items()},
    FOLDER: (lambda event: (event.path_parts,), _beginnings),
    PARENT_FOLDER: (lambda event: (event.parent_parts,), _beginnings),
    LINE: (_lines, _grams),
    PATH: (lambda event: (written(event.path_parts, event.platform),), _grams),
}
