"""The execution event: what an endpoint says is about to run. All of it is hearsay."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Dict, Mapping, Optional, Tuple

from policies.engine.paths import file_name

PLATFORMS = ("windows", "macos", "linux")
MOST_ITEMS = 4096  # arguments, groups
LONGEST_TEXT = 65536  # characters
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REQUIRED = ("platform", "computer_id", "computer", "account")
_LISTS = ("groups", "arguments")
_HASHES = ("sha256", "interpreter_sha256")


@dataclass(frozen=True)
class Event:
    """One execution. Empty text stands for "not known"."""

    platform: str  # one of PLATFORMS
    computer_id: str  # UUID as text
    computer: str
    account: str  # "EXAMPLE\\alice" on Windows, "alice" elsewhere
    account_id: str = ""  # SID or uid
    groups: Tuple[str, ...] = ()
    file_path: str = ""
    sha256: str = ""
    signer: str = ""  # subject name, verified by the endpoint
    interpreter_sha256: str = ""
    arguments: Tuple[str, ...] = ()  # without the program itself
    command_line: str = ""  # as the platform shows it
    working_directory: str = ""
    run_as: str = ""
    parent_path: str = ""
    parent_event: str = ""
    at: Optional[datetime] = None  # aware

    @property
    def file_name(self) -> str:
        return file_name(self.file_path)

    def to_json(self) -> Dict[str, Any]:
        """A JSON object; `at` in ISO 8601, lists for tuples."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        found.update({name: list(found[name]) for name in _LISTS})
        found["at"] = self.at.isoformat() if self.at else None
        return found

    @classmethod
    def from_json(cls, data: object) -> Event:
        """Read strictly.

        Raises ValueError as "FIELD: what is wrong" for missing, unknown and ill-typed fields, for
        text that no database could keep (NUL, half a surrogate pair), and for more than 4,096 items
        or 65,536 characters.
        """
        if not isinstance(data, Mapping):
            raise ValueError("event: must be an object")
        known = [field.name for field in fields(cls)]
        for name in data:
            if name not in known:
                raise ValueError(f"{str(name)[:80]}: unknown field")
        for name in _REQUIRED:
            if not data.get(name):
                raise ValueError(f"{name}: is required")
        return cls(**{name: _read(name, value) for name, value in data.items()})


def _read(name: str, value: object) -> Any:
    if name == "at":
        return _time(name, value)
    if name in _LISTS:
        return _texts(name, value)
    text = _text(name, value)
    if name in _HASHES:
        return _sha256(name, text)
    if name == "platform" and text not in PLATFORMS:
        raise ValueError(f"platform: must be one of {', '.join(PLATFORMS)}")
    return text


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name}: must be text")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"{name}: longer than {LONGEST_TEXT} characters")
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError(f"{name}: holds a character that is not valid in text")
    return value


def _texts(name: str, value: object) -> Tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{name}: must be a list")
    if len(value) > MOST_ITEMS:
        raise ValueError(f"{name}: more than {MOST_ITEMS} items")
    return tuple(_text(f"{name}[{position}]", item) for position, item in enumerate(value))


def _sha256(name: str, text: str) -> str:
    lowered = text.lower()
    if lowered and not _SHA256.fullmatch(lowered):
        raise ValueError(f"{name}: must be 64 hexadecimal digits")
    return lowered


def _time(name: str, value: object) -> Optional[datetime]:
    if value is None:
        return None
    text = _text(name, value)
    if text.endswith("Z"):  # Python 3.9 reads only numeric offsets
        text = text[:-1] + "+00:00"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name}: must be a time in ISO 8601") from None
    if found.utcoffset() is None:
        raise ValueError(f"{name}: must have an offset from UTC")
    return found
