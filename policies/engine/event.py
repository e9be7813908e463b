"""The execution event: what an endpoint says is about to run. All of it is hearsay.

`Event` is the one declaration of what an event may hold: reading reports, the agent API's document
and the reading of stored events all follow it.
"""

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from actions.platforms import Platform
from core.command_lines import contradicts, parsed
from policies.engine.paths import Parts, file_name, parts, same_case

MAX_TEXT = 65_536  # characters of a text that has no limit of its own
MAX_ITEMS = 4_096  # arguments, groups
MAX_COMPUTER = 255
MAX_ACCOUNT = 256
MAX_ACCOUNT_ID = 184  # of a SID
MAX_PATH = 4_096
MAX_FILE_NAME = 1_024
MAX_SIGNER = 512
_IDENTIFIER = re.compile(r"S-1(-(0|[1-9][0-9]*))+|0|[1-9][0-9]*")  # each in its one spelling
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LISTS = ("groups", "arguments")
_HASHES = ("sha256", "interpreter_sha256")
_REQUIRED = ("platform", "computer_id", "computer", "account")
REGISTERED = ("platform", "computer_id", "computer")  # known from the registration, never reported


class once:  # noqa: N801
    """A property that is read once. Unlike functools.cached_property it takes no lock (Python 3.11)."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self.read = read

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        value = instance.__dict__[self.name] = self.read(instance)
        return value


def _about(about: str, *, limit: int = MAX_TEXT) -> dict[str, Any]:
    """For the document of the agent API, and the most characters (of each item in a list)."""
    return {"about": about, "limit": limit}


_SHA256_FIELD = _about("64 hexadecimal digits", limit=64)


@dataclass(frozen=True)
class Event:
    """One execution. Empty text stands for "not known"."""

    platform: str  # a Platform
    computer_id: str  # UUID as text
    computer: str = field(metadata=_about("its name", limit=MAX_COMPUTER))
    account: str = field(
        metadata=_about("EXAMPLE\\alice on Windows, alice elsewhere", limit=MAX_ACCOUNT)
    )
    account_id: str = field(default="", metadata=_about("SID or uid", limit=MAX_ACCOUNT_ID))
    groups: tuple[str, ...] = ()
    file_path: str = field(
        default="",
        metadata=_about(
            "the whole path with links followed and 8.3 short names written out; "
            f"its last part at most {MAX_FILE_NAME} characters",
            limit=MAX_PATH,
        ),
    )
    sha256: str = field(default="", metadata=_SHA256_FIELD)
    signer: str = field(
        default="", metadata=_about("subject name, verified by the endpoint", limit=MAX_SIGNER)
    )
    interpreter_sha256: str = field(default="", metadata=_SHA256_FIELD)
    arguments: tuple[str, ...] = field(default=(), metadata=_about("without the program itself"))
    command_line: str = field(default="", metadata=_about("as the platform shows it"))
    working_directory: str = ""
    run_as: str = ""
    parent_path: str = field(default="", metadata=_about("written as file_path"))
    parent_event: str = field(
        default="", metadata=_about("event_id of the program that starts this one")
    )
    at: datetime | None = field(
        default=None, metadata=_about("ISO 8601 with an offset from UTC", limit=64)
    )

    @property
    def file_name(self) -> str:
        return file_name(self.file_path, self.platform)

    @once
    def path_parts(self) -> Parts:
        return parts(self.file_path, self.platform)

    @once
    def parent_parts(self) -> Parts:
        return parts(self.parent_path, self.platform)

    @once
    def listed(self) -> str:
        """The arguments as one text, quoted as a shell needs them."""
        return shlex.join(self.arguments)

    @once
    def contradicts_itself(self) -> bool:
        """Whether arguments and command line were both reported and say different things."""
        return contradicts(
            self.command_line,
            self.arguments,
            file_path=self.file_path,
            on_windows=self.platform == Platform.WINDOWS,
        )

    @once
    def command_lines(self) -> tuple[tuple[str, ...], ...]:
        """What was reported, as text in the case that counts: one reading, or two if it contradicts
        itself.

        A reading holds the ways in which it may be written, of which one has to agree. The list is
        `listed`, so that an argument with a blank is never taken for two.
        """
        line = same_case(self.command_line.strip(), self.platform)
        if line and not self.contradicts_itself:
            return ((line,),)
        listed = same_case(self.listed, self.platform)
        if not line:
            return ((listed,),)
        name, path = (same_case(each, self.platform) for each in (self.file_name, self.file_path))
        return (line,), (listed, f"{name} {listed}", f"{path} {listed}")

    @property
    def is_unreadable(self) -> bool:
        """Whether its command line contradicts the arguments, and nobody can say how."""
        return self.contradicts_itself and None in self.argument_lists

    @once
    def argument_lists(self) -> tuple[tuple[str, ...] | None, ...]:
        """The list that was reported, and if it contradicts the command line, what that says.

        None stands for a command line that can't be read.
        """
        if not self.contradicts_itself:
            return (self.arguments,)
        try:
            windows = self.platform == Platform.WINDOWS
            return self.arguments, tuple(parsed(self.command_line, on_windows=windows)[2])
        except ValueError:
            return self.arguments, None

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `at` in ISO 8601, lists for tuples."""
        values = {name: getattr(self, name) for name in _LIMITS}
        lists = {name: list(values[name]) for name in _LISTS}
        return values | lists | {"at": self.at.isoformat() if self.at else None}

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Read strictly.

        Raises ValueError as "FIELD: what is wrong" for missing, unknown and ill-typed fields, for
        text that no database could keep (NUL, half a surrogate pair), and for what is over a limit.
        """
        if not isinstance(data, Mapping):
            raise ValueError("event: must be an object")
        for name in data:
            if name not in _LIMITS:
                raise ValueError(f"{str(name)[:80]}: unknown field")
        for name in _REQUIRED:
            if not data.get(name):
                raise ValueError(f"{name}: is required")
        event = cls(**{name: _read(name, value, _LIMITS[name]) for name, value in data.items()})
        if len(event.file_name) > MAX_FILE_NAME:
            raise ValueError(f"file_path: name longer than {MAX_FILE_NAME} characters")
        return event

    @classmethod
    def stored(cls, values: Mapping[str, Any]) -> Self:
        """From what `to_json` gave, read quickly: it was checked when it was reported. Its time is
        left out. Raises ValueError for what is no event.
        """
        lists = {name: tuple(values.get(name) or ()) for name in _LISTS}
        found = {**_DEFAULTS, **values, **lists, "at": None}
        if found.keys() != _LIMITS.keys():
            raise ValueError("event: was stored by another version")
        event = object.__new__(cls)
        # Field by field, as __init__ does it, would take five times as long.
        event.__dict__.update(found)
        return event


_DEFAULTS = {field.name: field.default for field in fields(Event) if field.default is not MISSING}
# Of each field, in order: the most characters of a text.
_LIMITS = {field.name: field.metadata.get("limit", MAX_TEXT) for field in fields(Event)}


def _read(name: str, value: object, limit: int) -> Any:
    if name in _LISTS:
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"{name}: must be a list")
        if len(value) > MAX_ITEMS:
            raise ValueError(f"{name}: more than {MAX_ITEMS} items")
        return tuple(_text(f"{name}[{at}]", item, limit) for at, item in enumerate(value))
    if name == "at":
        return None if value is None else _time(_text(name, value, limit))
    text = _text(name, value, limit)
    if name in _HASHES:
        text = text.lower()
        if text and not _SHA256.fullmatch(text):
            raise ValueError(f"{name}: must be 64 hexadecimal digits")
    if name == "account_id" and text and not _IDENTIFIER.fullmatch(text):
        raise ValueError(f"{name}: must be a SID, such as S-1-5-21-…, or a uid in digits")
    if name == "platform" and text not in set(Platform):
        raise ValueError(f"platform: must be one of {', '.join(Platform)}")
    return text


def _text(name: str, value: object, limit: int) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name}: must be text")
    if len(value) > limit:
        raise ValueError(f"{name}: longer than {limit} characters")
    if _NOT_TEXT.search(value):
        raise ValueError(f"{name}: holds a character that is not valid in text")
    return value


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("at: must be a time in ISO 8601") from None
    if found.utcoffset() is None:
        raise ValueError("at: must have an offset from UTC")
    return found
