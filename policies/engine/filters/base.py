"""What every kind of filter has in common, and reading its settings strictly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Self

from policies.engine.event import Event

MAX_TEXT = 4_096  # characters
MAX_ITEMS = 10_000

CompilePattern = Callable[[str], Any]  # the result has fullmatch(text), true for the whole text
Settings = Mapping[str, Any]
Outcome = tuple[bool, str]  # met, and why, in a sentence
_HOW = ("match", "zone")  # settings that test nothing by themselves
NOTHING_TESTED: Outcome = (False, "This filter tests nothing, so it never matches.")


class ServerOnly(Exception):
    """A regular expression where none can be run: only the server decides such policies."""


@dataclass(frozen=True)
class FilterSettings:
    """Base of the kinds. Fields named `*_matcher` are made while building, not settings."""

    kind: ClassVar[str]  # stored with each filter
    label: ClassVar[str]

    @classmethod
    def build(cls, settings: Settings, compile_pattern: CompilePattern | None) -> Self:
        raise NotImplementedError

    @cached_property
    def is_empty(self) -> bool:
        """Whether there is nothing to test: all is empty but what says how to test."""
        return not any(getattr(self, name) for name in self.setting_names() if name not in _HOW)

    @property
    def is_unknown(self) -> bool:
        """Whether nobody can say what it would match: it was emptied, or it can't be used."""
        return self.is_empty

    def check(self, event: Event, now: datetime) -> Outcome:
        """Called when there is something to test."""
        raise NotImplementedError

    def tests(self) -> list[str]:
        """In words: each test that must agree, as "WHAT is VALUE". Called when there is one."""
        raise NotImplementedError

    def target(self) -> str:
        """In words: what somebody starts, "anything whose file name is setup.exe"."""
        return "anything whose " + " and whose ".join(self.tests())

    def clause(self) -> str:
        """In words: a condition within a sentence, "the user is in BUILTIN\\Administrators"."""
        return " and ".join(f"the {test}" for test in self.tests())

    def test(self, event: Event, now: datetime) -> Outcome:
        """Whether the filter matches, and why; a filter that tests nothing never does."""
        return NOTHING_TESTED if self.is_empty else self.check(event, now)

    def to_json(self) -> dict[str, Any]:
        """What `from_settings` reads."""
        values = {name: getattr(self, name) for name in self.setting_names()}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}

    @classmethod
    def setting_names(cls) -> tuple[str, ...]:
        """The fields that an administrator sets."""
        return tuple(field.name for field in fields(cls) if not field.name.endswith("_matcher"))


@dataclass(frozen=True)
class Unusable(FilterSettings):
    """Stands for settings that can't be built, so that their policy can refuse (Policy.broken)."""

    kind = ""
    label = ""
    trouble: str

    @property
    def is_unknown(self) -> bool:
        return True

    def check(self, event: Event, now: datetime) -> Outcome:
        return False, f"This filter can't be used: {self.trouble}."


def text(settings: Settings, name: str) -> str:
    """Trimmed; "" where absent."""
    return _trimmed(name, settings.get(name, ""))


def texts(settings: Settings, name: str) -> tuple[str, ...]:
    """Trimmed, without empty ones."""
    items = settings.get(name, ())
    if not isinstance(items, (list, tuple)):
        raise ValueError(f"{name}: must be a list of texts")
    if len(items) > MAX_ITEMS:
        raise ValueError(f"{name}: more than {MAX_ITEMS} entries")
    return tuple(filter(None, (_trimmed(name, item) for item in items)))


def choice(settings: Settings, name: str, choices: tuple[str, ...]) -> str:
    """One of `choices`, the first where absent."""
    chosen = settings.get(name, choices[0])
    if chosen not in choices:
        raise ValueError(f"{name}: must be one of {', '.join(choices)}")
    return str(chosen)


def flag(settings: Settings, name: str) -> bool:
    value = settings.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{name}: must be true or false")
    return value


def matcher(name: str, pattern: str, compile_pattern: CompilePattern | None) -> Any:
    """`pattern` compiled, None for an empty one."""
    if not pattern:
        return None
    if compile_pattern is None:
        raise ServerOnly(f"{name}: regular expressions are evaluated by the server only")
    try:
        return compile_pattern(pattern)
    except Exception as error:  # each library has an error class of its own
        raise ValueError(f"{name}: not a valid regular expression: {error}") from error


def matches_whole(compiled: Any, value: str) -> bool:
    """Whether the expression matches the whole of `value`: found in it would grant more than it says.

    RE2 takes UTF-8, which has no halves of surrogate pairs.
    """
    return compiled is not None and bool(
        compiled.fullmatch(value.encode("utf-8", "replace").decode("utf-8"))
    )


def _trimmed(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name}: must be text")
    trimmed = value.strip()
    if len(trimmed) > MAX_TEXT:
        raise ValueError(f"{name}: longer than {MAX_TEXT} characters")
    if "\0" in trimmed:
        raise ValueError(f"{name}: holds a NUL character")
    return trimmed
