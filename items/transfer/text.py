"""The text of an item file: YAML of one fixed shape, read strictly and written in a stable way. Pure.

A file is a mapping of families to lists of items; an item is a mapping of fields to one value or to a
list of values. Whether a value is a number, a text or a switch is decided by the field that it is for,
so `NO` and `0123` stay what they look like. Only the safe loader's parser is used: its events are read
one by one, and whatever doesn't fit the shape ends the reading there. So nesting, aliases and tags cost
nothing, and nothing is ever constructed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from core.text import is_hidden

MAX_BYTES: Final = 5_000_000
MAX_ITEMS: Final = 5_000  # each takes a while, and other changes of items wait
MAX_VALUES: Final = 200_000  # of all fields and lists together
MARK: Final = "pmconsole_items"  # the first line of a file, with the version of its shape
SHAPE: Final = "1"

Plain = str | int | bool | None | list[str]


@dataclass(frozen=True)
class Scalar:
    """One value as it was written. Quoted, it is a text and nothing else."""

    text: str
    quoted: bool
    line: int

    @property
    def is_null(self) -> bool:
        return not self.quoted and self.text in {"", "~", "null"}


@dataclass(frozen=True)
class Written:
    """What a file says of one field: `value`, in the line `line`."""

    value: Scalar | tuple[Scalar, ...]
    line: int


@dataclass(frozen=True)
class Entry:
    """One item of a file; `family` is its namespace."""

    family: str
    fields: Mapping[str, Written]
    line: int

    def text(self, field: str) -> str:
        """The text of a field that has one value; "" where it's missing or a list."""
        written = self.fields.get(field)
        if written is None or isinstance(written.value, tuple) or written.value.is_null:
            return ""
        return written.value.text


@dataclass(frozen=True)
class ItemFile:
    """What was read: the families that the file names, and their items in its order."""

    families: Mapping[str, int]  # to the line of each
    entries: tuple[Entry, ...]


class Unreadable(Exception):
    """A file isn't what it has to be: the line, and a sentence."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"Line {line}: {text}")
        self.line, self.text = line, text


def read(data: bytes) -> ItemFile:
    """Raises Unreadable at the first place that can't be read."""
    if len(data) > MAX_BYTES:
        raise Unreadable(1, f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(line, "This isn't text in UTF-8.") from error
    try:
        return _Reader(text).file()
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise Unreadable(line, "Remove the control character.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise Unreadable(
            line, f"This isn't valid YAML: {error.problem or error.context}."
        ) from error


class _Reader:
    """Goes through the parser's events once; `file` is the whole grammar."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._values = 0

    def file(self) -> ItemFile:
        self._take(yaml.StreamStartEvent)
        self._take(yaml.DocumentStartEvent, "The file is empty.")
        self._take(yaml.MappingStartEvent, f"Begin the file with “{MARK}: {SHAPE}”.")
        families: dict[str, int] = {}
        entries: list[Entry] = []
        marked = False
        for name, line in self._keys():
            if name == MARK:
                shape = self._take(yaml.ScalarEvent, f"Write “{MARK}: {SHAPE}”.")
                if shape.value != SHAPE:
                    raise Unreadable(_line(shape), f"This version reads only “{MARK}: {SHAPE}”.")
                marked = True
                continue
            families[name] = line
            for entry in self._entries(name):
                entries.append(entry)
                if len(entries) > MAX_ITEMS:
                    raise Unreadable(entry.line, f"The file has more than {MAX_ITEMS} items.")
        if not marked:
            raise Unreadable(1, f"Begin the file with “{MARK}: {SHAPE}”.")
        self._take(yaml.DocumentEndEvent)
        self._take(yaml.StreamEndEvent, "Only one document can be in a file.")
        return ItemFile(families, tuple(entries))

    def _entries(self, family: str) -> Iterator[Entry]:
        self._take(
            yaml.SequenceStartEvent, f"Write a list of items below {family}, or [] for none."
        )
        while not isinstance(event := self._take(), yaml.SequenceEndEvent):
            if not isinstance(event, yaml.MappingStartEvent):
                raise Unreadable(_line(event), "Write an item as fields, such as “- name: …”.")
            fields = {name: Written(self._value(), line) for name, line in self._keys()}
            yield Entry(family, fields, _line(event))

    def _keys(self) -> Iterator[tuple[str, int]]:
        """The keys of the mapping that was just begun; whoever iterates takes their values."""
        first: dict[str, int] = {}
        while not isinstance(event := self._take(), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise Unreadable(line, "Write the name of a field here.")
            if event.value in first:
                again = f"“{event.value}” is already in line {first[event.value]}."
                raise Unreadable(line, again)
            first[event.value] = line
            yield event.value, line

    def _value(self) -> Scalar | tuple[Scalar, ...]:
        event = self._take()
        self._count(event)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if not isinstance(event, yaml.SequenceStartEvent):
            raise Unreadable(_line(event), "Write one value here, or a list of values.")
        values = []
        while not isinstance(event := self._take(), yaml.SequenceEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise Unreadable(_line(event), "Write one value for each line of this list.")
            self._count(event)
            values.append(_scalar(event))
        return tuple(values)

    def _count(self, event: Any) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise Unreadable(_line(event), f"The file has more than {MAX_VALUES} values.")

    def _take(self, kind: type[Any] = object, otherwise: str = "This isn't valid here.") -> Any:
        """The next event, which has to be a `kind`."""
        event = next(self._events)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable(_line(event), "Write the value out: & and * aren't read.")
        if tag := getattr(event, "tag", None):
            raise Unreadable(_line(event), f"Remove the tag {tag}.")
        if not isinstance(event, kind):
            raise Unreadable(_line(event), otherwise)
        return event


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any) -> Scalar:
    return Scalar(event.value, quoted=event.style not in {None, ""}, line=_line(event))


class _Dumper(yaml.CSafeDumper):
    """Writes texts of several lines as blocks, and nothing as an alias."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _hides(letter: str) -> bool:
    return letter not in "\t\n" and is_hidden(letter)


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if any(map(_hides, text)) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def write(families: Mapping[str, Iterable[Mapping[str, Plain]]]) -> str:
    """The text of a file with these families and items, in their order.

    What hides or turns the reading direction is written as an escape: whoever reviews the file sees it.
    """
    content = {MARK: int(SHAPE), **{name: list(items) for name, items in families.items()}}
    text: str = yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000
    )
    # Only texts in double quotes have such letters.
    return "".join(f"\\U{ord(letter):08X}" if _hides(letter) else letter for letter in text)
