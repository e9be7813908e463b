"""Finding the few policies that may match an event without testing the others.

A filter says by which keys it can be found: if it matches an event, perhaps even, the event has one of
them. A key is a dimension and a text, such as ("name", "setup.exe"). A filter that has no keys may
match anything, so its policy is always a candidate; that is what a new kind of filter is until it
says otherwise. Keys only leave out what can't match: candidates are then tested as all would be.

Keys are compared as the platform compares, so there is an index for each platform.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from policies.engine.event import Event
from policies.engine.literals import literal_in
from policies.engine.paths import ROOTS, Parts, is_unresolved, same_case
from policies.engine.text import fold

MAX_PIECE = 16  # characters of the literal beginning or end of a pattern
MAX_FOLDERS = 4  # parts of a path, its root too
GRAM = 4  # characters in a row within a text
MIN_WORD = 3
FEW = 3  # policies that are tested sooner than a text is taken to pieces for them

NAME, PARENT, SIGNER, COMPUTER = "name", "parent", "signer", "computer"  # whole texts
BEGINS, ENDS = " begins", " ends"  # after one of these: a piece of it
FOLDER, PARENT_FOLDER = "folder", "parent folder"
HASH, ARGUMENT = "hash", "argument"
LINE, PATH = "line", "path"  # by a word within, its beginning or end
GRAMS = " grams"  # after one of these: by characters in a row
# How many events a key leaves, roughly: the least is best.
_WORTH = {HASH: 0, NAME: 1, ARGUMENT: 3, LINE: 3, PATH: 3, SIGNER: 4, COMPUTER: 6, PARENT: 6}
_GOOD_PIECE = 5


class Key(NamedTuple):
    dimension: str
    text: str | bytes | Parts
    # Others that an event has where it has this one: the index takes the one that fewest policies have.
    instead: tuple["Key", ...] = ()


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
    """For a text that is within the event's, in the case that counts: by its words, the longest first.

    A word at its edge may be a part of a longer one of the event's, so a piece of it has to do.
    """
    encoded, words = text.encode("utf-8", "surrogatepass"), _words(text)
    found: list[Key] = []
    for at, word in enumerate(words):
        opens = at == 0 and encoded.startswith(word)
        goes_on = at == len(words) - 1 and encoded.endswith(word)
        if len(word) < MIN_WORD:
            continue
        if not opens and not goes_on:
            found.append(Key(dimension, word))
        elif not opens:
            found.append(Key(dimension + BEGINS, word[:MAX_PIECE]))
        elif not goes_on:
            found.append(Key(dimension + ENDS, word[-MAX_PIECE:]))
        elif len(word) >= GRAM:
            found.append(Key(dimension + GRAMS, word[:GRAM]))
    if not found:
        return None
    found.sort(key=lambda key: (key.dimension == dimension, len(key.text)), reverse=True)
    return (found[0]._replace(instead=tuple(found[1:])),)


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


def _rarest(keys: Sequence[Keys | None]) -> list[Keys | None]:
    """Each key, or what may stand for it, whichever the fewest policies have."""
    known = [(key, *key.instead) for each in keys for key in each or ()]
    count = Counter((key.dimension, key.text) for options in known for key in options)

    def rarest(key: Key) -> Key:
        # `min` takes the first of equals.
        options = (key, *key.instead)
        return min(options, key=lambda each: max(FEW, count[each.dimension, each.text]))

    return [None if each is None else tuple(map(rarest, each)) for each in keys]


_TextsOf = Callable[[Event], Collection[Any]]
_Rows = dict[Any, list[int]]
_Pieces = list[tuple[slice, _Rows]]


def _rows(kind: str, keys: Iterable[tuple[int, Key]]) -> tuple[_Rows, _Pieces, _Rows]:
    """Positions by whole texts, by pieces of them, by grams."""
    whole: _Rows = {}
    grams: _Rows = {}
    by_piece: dict[tuple[int | None, int | None], _Rows] = {}
    for at, (dimension, text, _) in keys:
        if dimension.endswith(GRAMS):
            rows = grams
        elif dimension == kind and kind not in (FOLDER, PARENT_FOLDER):
            rows = whole
        else:
            piece = (-len(text), None) if dimension.endswith(ENDS) else (None, len(text))
            rows = by_piece.setdefault(piece, {})
        rows.setdefault(text, []).append(at)
    return whole, [(slice(*piece), rows) for piece, rows in by_piece.items()], grams


class Index:
    """Positions of policies by keys; `candidates` gives those that may match, in order."""

    def __init__(self, keys: Sequence[Keys | None]) -> None:
        """`keys` of each policy, in order; None for one that may match anything."""
        self._everything = range(len(keys))
        always = {at for at, each in enumerate(keys) if each is None}
        by_kind: dict[str, list[tuple[int, Key]]] = defaultdict(list)
        for at, each in enumerate(_rarest(keys)):
            for key in dict.fromkeys(each or ()):
                kind = key.dimension.removesuffix(BEGINS).removesuffix(ENDS).removesuffix(GRAMS)
                by_kind[kind].append((at, key))
        for kind in by_kind.keys() & {LINE, PATH, ARGUMENT}:
            few = {at for at, _ in by_kind[kind]}
            if len(few) <= FEW:
                always |= few
                del by_kind[kind]
        self._always = sorted(always)
        self._by_argument = ARGUMENT in by_kind
        self._by_parent = PARENT in by_kind or PARENT_FOLDER in by_kind
        rows = {kind: _rows(kind, found) for kind, found in by_kind.items()}
        self._single = [
            (_TEXT[kind], whole, pieces)
            for kind, (whole, pieces, _) in rows.items()
            if kind in _TEXT
        ]
        self._several = [(_TEXTS[kind], *found) for kind, found in rows.items() if kind in _TEXTS]

    def candidates(self, event: Event) -> Sequence[int]:
        """Positions in order. Of a program in doubt every policy may be meant."""
        if (
            is_unresolved(event.path_parts)
            or (self._by_parent and is_unresolved(event.parent_parts))
            or (self._by_argument and event.is_unreadable)
        ):
            return self._everything
        # Written out, not in functions of a line each: this is most of what a decision takes.
        found: list[list[int]] = []
        for text_of, whole, pieces in self._single:
            text = text_of(event)
            if text in whole:
                found.append(whole[text])
            for piece, rows in pieces:
                part = text[piece]
                if part in rows:
                    found.append(rows[part])
        for table in self._several:
            found += _found_by_words(event, *table)
        if not found:
            return self._always
        if len(found) == 1 and not self._always:
            return found[0]
        return sorted({at for positions in found for at in positions}.union(self._always))


def _found_by_words(
    event: Event, texts_of: _TextsOf, whole: _Rows, pieces: _Pieces, grams: _Rows
) -> list[list[int]]:
    texts = texts_of(event)
    found = []
    if not whole.keys().isdisjoint(texts):
        found += [whole[text] for text in texts if text in whole]
    if pieces or grams:
        for text in texts:
            found += [rows[text[piece]] for piece, rows in pieces if text[piece] in rows]
            if grams:
                own = {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}
                found += [grams[gram] for gram in own if gram in grams]
    return found


def _arguments(event: Event) -> Collection[str]:
    if event.contradicts_itself:
        return {each for arguments in event.argument_lists for each in arguments or ()}
    return event.arguments


def _line_words(event: Event) -> Collection[bytes]:
    """Of the command line, and of what `Event.command_lines` makes of the arguments."""
    line, path, listed = event.command_line, event.file_path, " ".join(event.arguments)
    if line != f'"{path}" {listed}' and line != f"{path} {listed}":
        line = f"{line} {path} {listed}"
    return _words(same_case(line, event.platform))


def _words(text: str) -> list[bytes]:
    """Letters and digits in a row; whatever isn't ASCII counts as a letter. Bytes, for speed."""
    return text.encode("utf-8", "surrogatepass").translate(_TO_BLANKS).split()


_TO_BLANKS = bytes(code if code > 127 or chr(code).isalnum() else ord(" ") for code in range(256))
# What an event has of each kind: one text, or several.
_TEXT: Mapping[str, Callable[[Event], Any]] = {
    HASH: lambda event: event.sha256.lower(),
    NAME: lambda event: event.path_parts[-1] if event.path_parts else "",
    PARENT: lambda event: event.parent_parts[-1] if event.parent_parts else "",
    SIGNER: lambda event: fold(event.signer),
    COMPUTER: lambda event: fold(event.computer),
    FOLDER: lambda event: event.path_parts,
    PARENT_FOLDER: lambda event: event.parent_parts,
}
_TEXTS: Mapping[str, _TextsOf] = {
    ARGUMENT: _arguments,
    LINE: _line_words,
    PATH: lambda event: _words(" ".join(event.path_parts)),
}
