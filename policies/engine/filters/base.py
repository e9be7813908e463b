"""What every kind of filter has in common, and reading its settings strictly."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Callable, Dict, Mapping, Optional, Tuple, Type

from policies.engine.event import Event

LONGEST_TEXT = 4096
MOST_ITEMS = 10000

CompilePattern = Callable[[str], Any]  # the result has search(text), true where it is found
Settings = Mapping[str, Any]
Outcome = Tuple[bool, str]  # met, and why, in a sentence
NOTHING_TESTED: Outcome = (False, "This filter tests nothing, so it is never met.")


class ServerOnly(Exception):
    """A regular expression where none can be run: only the server decides such policies."""


@dataclass(frozen=True)
class FilterSettings:
    """Base of the kinds. Fields named `*_matcher` are made while building, not settings."""

    @classmethod
    def build(cls, settings: Settings, compile_pattern: Optional[CompilePattern]) -> FilterSettings:
        raise NotImplementedError

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to test."""
        raise NotImplementedError

    def check(self, event: Event, now: datetime) -> Outcome:
        """Called when there is something to test."""
        raise NotImplementedError

    def test(self, event: Event, now: datetime) -> Outcome:
        """Whether the filter is met, and why; a filter that tests nothing never is."""
        return NOTHING_TESTED if self.is_empty else self.check(event, now)

    def to_json(self) -> Dict[str, Any]:
        """What `from_settings` reads."""
        found = {name: getattr(self, name) for name in _names(type(self))}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in found.items()}


def _names(kind: Type[FilterSettings]) -> Tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if not field.name.endswith("_matcher"))


def refuse_unknown(kind: Type[FilterSettings], settings: Settings) -> None:
    known = _names(kind)
    for name in settings:
        if name not in known:
            raise ValueError(f"{str(name)[:80]}: unknown field; there are {', '.join(known)}")


def text(settings: Settings, name: str) -> str:
    """Trimmed; "" where absent."""
    return _checked(name, settings.get(name, ""))


def texts(settings: Settings, name: str) -> Tuple[str, ...]:
    """Trimmed, without empty ones."""
    found = settings.get(name, ())
    if not isinstance(found, (list, tuple)):
        raise ValueError(f"{name}: must be a list of texts")
    if len(found) > MOST_ITEMS:
        raise ValueError(f"{name}: more than {MOST_ITEMS} entries")
    return tuple(item for item in (_checked(name, item) for item in found) if item)


def choice(settings: Settings, name: str, choices: Tuple[str, ...]) -> str:
    """One of `choices`, the first where absent."""
    found = settings.get(name, choices[0])
    if found not in choices:
        raise ValueError(f"{name}: must be one of {', '.join(choices)}")
    return str(found)


def flag(settings: Settings, name: str) -> bool:
    found = settings.get(name, False)
    if not isinstance(found, bool):
        raise ValueError(f"{name}: must be true or false")
    return found


def matcher(name: str, pattern: str, compile_pattern: Optional[CompilePattern]) -> Any:
    """`pattern` compiled, None for an empty one."""
    if not pattern:
        return None
    if compile_pattern is None:
        raise ServerOnly(f"{name}: regular expressions are evaluated by the server only")
    try:
        return compile_pattern(pattern)
    except Exception as error:  # each library has an error class of its own
        raise ValueError(f"{name}: not a valid regular expression: {error}") from error


def is_found(compiled: Any, value: str) -> bool:
    """Whether the expression is found; RE2 takes UTF-8, which has no halves of surrogate pairs."""
    return bool(compiled.search(value.encode("utf-8", "replace").decode("utf-8")))


def _checked(name: str, found: object) -> str:
    if not isinstance(found, str):
        raise ValueError(f"{name}: must be text")
    trimmed = found.strip()
    if len(trimmed) > LONGEST_TEXT:
        raise ValueError(f"{name}: longer than {LONGEST_TEXT} characters")
    if "\0" in trimmed:
        raise ValueError(f"{name}: holds a NUL character")
    return trimmed
