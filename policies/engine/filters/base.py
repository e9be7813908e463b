"""What every kind of filter has in common, and reading its settings strictly."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Self

from actions.platforms import Platform
from policies.engine.event import Event
from policies.engine.index import Keys
from policies.engine.paths import same_case

MAX_TEXT = 4_096  # characters
MAX_ITEMS = 10_000
MAX_STEPS = 2_000_000  # characters x instructions: some 70 ms where RE2 is slowest
MAX_PROGRAM = 2_000  # instructions of a regular expression

CompilePattern = Callable[[str], Any]  # re2.compile: the result has fullmatch and programsize
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

    def agrees(self, event: Event, now: datetime, doubt: bool) -> bool:
        """Whether the event meets it. Called when there is something to test.

        `doubt` is the answer where the report leaves it open: what grants is asked with False, what
        restricts with True.
        """
        raise NotImplementedError

    def may_doubt(self, event: Event) -> bool:
        """Whether `doubt` may be the answer. Where it isn't, a filter is asked once."""
        return True

    def index_keys(self, platform: str) -> Keys | None:
        """Of these an event has one if the filter matches, perhaps even; None: it may match any.

        Called when there is something to test.
        """
        return None

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        """Why it is met or not, in a sentence with the values that were compared."""
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

    def matches(self, event: Event, now: datetime, *, doubt: bool = False) -> bool:
        """Whether the filter matches; one that tests nothing never does."""
        return not self.is_empty and self.agrees(event, now, doubt)

    def test(self, event: Event, now: datetime, *, doubt: bool = False) -> Outcome:
        """Whether the filter matches (`matches`), and why."""
        if self.is_empty:
            return NOTHING_TESTED
        met = self.agrees(event, now, doubt)
        return met, self.explain(event, now, met)

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

    def agrees(self, event: Event, now: datetime, doubt: bool) -> bool:
        return False

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        return f"This filter can't be used: {self.trouble}."


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


@dataclass(frozen=True)
class Expression:
    """A regular expression, compiled for how each platform compares names.

    It must match the whole of a text: found in it would grant more than it says. Case counts on
    Linux alone, as it does for names and globs. RE2's time is in proportion to its program and the
    text, so a long text is not read by a large program: what it would say stays in doubt.
    """

    by_platform: Mapping[str, Any]

    def matches(self, text: str, platform: str, doubt: bool) -> bool:
        """RE2 takes UTF-8, which has no halves of surrogate pairs."""
        if len(text) * self.by_platform[platform].programsize > MAX_STEPS:
            return doubt
        text = same_case(text, platform).encode("utf-8", "replace").decode("utf-8")
        if platform != Platform.LINUX and not text.isascii():
            text = text.translate(_LOOKALIKES)
        return bool(self.by_platform[platform].fullmatch(text))


# Letters that an expression without case takes for "s" and "k", and no file system does.
_LOOKALIKES = {0x017F: "\ufffb", 0x212A: "\ufffa"}


def expression(
    name: str, pattern: str, compile_pattern: CompilePattern | None
) -> Expression | None:
    """`pattern` compiled, None for an empty one."""
    if not pattern:
        return None
    if compile_pattern is None:
        raise ServerOnly(f"{name}: regular expressions are evaluated by the server only")
    alike = pattern.translate(_LOOKALIKES)
    composed = unicodedata.normalize("NFC", alike)
    try:
        exact = compile_pattern(pattern)
        windows = compile_pattern(f"(?i){alike}")
        macos = windows if composed == alike else compile_pattern(f"(?i){composed}")
    except Exception as error:  # each library has an error class of its own
        raise ValueError(f"{name}: not a valid regular expression: {error}") from error
    if max(each.programsize for each in (exact, windows, macos)) > MAX_PROGRAM:
        raise ValueError(f"{name}: too large a regular expression; repeat less in it")
    return Expression({Platform.LINUX: exact, Platform.WINDOWS: windows, Platform.MACOS: macos})


def _trimmed(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name}: must be text")
    trimmed = value.strip()
    if len(trimmed) > MAX_TEXT:
        raise ValueError(f"{name}: longer than {MAX_TEXT} characters")
    if "\0" in trimmed:
        raise ValueError(f"{name}: holds a NUL character")
    return trimmed
