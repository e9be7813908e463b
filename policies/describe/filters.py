"""What a filter tests, from the engine's dataclass of its kind."""

from functools import singledispatch

from core.text import short_hash, visible
from policies.describe.lists import listed, shown
from policies.describe.times import time_words
from policies.engine.filters import (
    AdvancedCommandline,
    Commandline,
    Computer,
    FileHash,
    FileSpecification,
    FilterSettings,
    ParentProcess,
    SignedFile,
    TimeOfDay,
    UserContext,
    from_settings,
)
from policies.models import Filter
from policies.patterns import compile_pattern

_NOTHING = "tests nothing yet"
_LONGEST_TROUBLE = 300  # characters


def filter_words(filter_: Filter) -> str:
    """What it tests: "file name is setup.exe or *.msi", "tests nothing yet", "cannot be used: …"."""
    found = _usable(filter_)
    return found if isinstance(found, str) else " and ".join(_tests(found))


def target_words(filter_: Filter) -> str:
    """What somebody starts: "setup.exe or *.msi", "anything signed by Contoso Software*"."""
    found = _usable(filter_)
    return _named(filter_, found) if isinstance(found, str) else _target(found)


def clause_words(filter_: Filter) -> str:
    """A condition within a sentence: "the user is in BUILTIN\\Administrators"."""
    found = _usable(filter_)
    if isinstance(found, str):
        return _named(filter_, found)
    if isinstance(found, TimeOfDay):
        return f"it is {time_words(found)}"
    return " and ".join(f"the {test}" for test in _tests(found))


def built(filter_: Filter) -> FilterSettings:
    """The engine's settings of a row. Raises ValueError as "FIELD: what is wrong"."""
    return from_settings(filter_.kind, filter_.settings, compile_pattern)


def _usable(filter_: Filter) -> FilterSettings | str:
    """The settings, or why there is nothing to describe."""
    try:
        found = built(filter_)
    except ValueError as error:
        return f"cannot be used: {visible(str(error), _LONGEST_TROUBLE)}"
    return _NOTHING if found.is_empty else found


def _named(filter_: Filter, trouble: str) -> str:
    return f"{shown(filter_.name)} ({trouble})"


@singledispatch
def _tests(settings: FilterSettings) -> list[str]:
    """Each test that must agree, as "WHAT is VALUE": a sentence puts "the" or "whose" before it."""
    raise NotImplementedError(type(settings).__name__)


@_tests.register
def _file(settings: FileSpecification) -> list[str]:
    return _place(settings, name="file name", path="path")


@_tests.register
def _parent(settings: ParentProcess) -> list[str]:
    return _place(settings, name="parent", path="parent's path")


def _place(settings: FileSpecification | ParentProcess, *, name: str, path: str) -> list[str]:
    found = [f"{name} is {listed(settings.names, 'or')}"] if settings.names else []
    if settings.path:
        found.append(f"{path} is {shown(settings.path)} or below it")
    if settings.glob:
        found.append(f"{path} matches {shown(settings.glob)}")
    return found


@_tests.register
def _hash(settings: FileHash) -> list[str]:
    return [f"SHA-256 is {listed(map(short_hash, settings.hashes), 'or')}"]


@_tests.register
def _signer(settings: SignedFile) -> list[str]:
    return [f"signer is {shown(settings.subject)}"]


@_tests.register
def _line(settings: Commandline) -> list[str]:
    verbs = {"exact": "is", "partial": "contains", "regex": "matches the expression"}
    return [f"command line {verbs[settings.match]} {shown(settings.text)}"]


@_tests.register
def _command(settings: AdvancedCommandline) -> list[str]:
    regex = settings.match == "regex"
    found = []
    if settings.command:
        verb = "matches the expression" if regex else "is"
        alone = " without arguments" if settings.no_arguments else ""
        found.append(f"command {verb} {shown(settings.command)}{alone}")
    elif settings.no_arguments:
        found.append("command has no arguments")
    if settings.arguments:
        verb = "match the expression" if regex else "are"
        found.append(f"arguments {verb} {_arguments(settings)}")
    return found


def _arguments(settings: AdvancedCommandline) -> str:
    """As on a command line; a pattern with a blank is quoted, so that it is not taken for two."""
    if settings.match == "regex":
        return shown("".join(settings.arguments))
    return shown(" ".join(f'"{a}"' if " " in a else a for a in settings.arguments))


@_tests.register
def _user(settings: UserContext) -> list[str]:
    every = settings.match == "all"
    groups = f"is in {listed(settings.groups, 'and' if every else 'or')}"
    if not settings.users:
        return [f"user {groups}"]
    users = f"user is {listed(settings.users, 'or')}"
    if not settings.groups:
        return [users]
    return [f"{users}, {'and' if every else 'or'} {groups}"]


@_tests.register
def _time(settings: TimeOfDay) -> list[str]:
    return [time_words(settings)]


@_tests.register
def _computer(settings: Computer) -> list[str]:
    return [f"computer is {listed(settings.names, 'or')}"]


@singledispatch
def _target(settings: FilterSettings) -> str:
    return "anything whose " + " and whose ".join(_tests(settings))


@_target.register
def _file_target(settings: FileSpecification) -> str:
    places = []
    if settings.path:
        places.append(f"at or below {shown(settings.path)}")
    if settings.glob:
        places.append(f"matching {shown(settings.glob)}")
    if not settings.names:
        return f"anything {' and '.join(places)}"
    if not places:
        return listed(settings.names, "or")
    return "anything whose " + " and whose ".join(_tests(settings))


@_target.register
def _signed_target(settings: SignedFile) -> str:
    return f"anything signed by {shown(settings.subject)}"


@_target.register
def _time_target(settings: TimeOfDay) -> str:
    return f"anything while it is {time_words(settings)}"


@_target.register
def _computer_target(settings: Computer) -> str:
    return f"anything on {listed(settings.names, 'or')}"
