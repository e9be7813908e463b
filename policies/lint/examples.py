"""Executions that a filter matches, made from its settings: as many as it takes to tell it from others.

An example holds only what its filter tests ("name", "folder", …); `Filling` adds the rest. Wildcards
are filled in twice, with nothing and with letters that no sensible pattern has in it, so that a
pattern that matches all examples of another is at least as wide.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from actions.platforms import Platform
from policies.engine import Event, Filter
from policies.engine.filters import (
    AdvancedCommandline,
    Commandline,
    Computer,
    FileHash,
    FileSpecification,
    ParentProcess,
    SignedFile,
    TimeOfDay,
    UserContext,
)

Example = Mapping[str, Any]
MAX_EXAMPLES = 200  # of one filter; of one with more, nothing is said
_MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = tuple(_MONDAY + timedelta(minutes=30 * at) for at in range(7 * 48))


@dataclass(frozen=True)
class Filling:
    """What an execution has that no filter asked for."""

    name: str
    folder: Mapping[str, str]  # by platform
    account: str
    computer: str
    signer: str
    sha256: str
    arguments: tuple[str, ...]
    now: datetime

    def event(self, example: Example, platform: str) -> tuple[Event, datetime]:
        """`example` on a platform, filled up, and the moment when it runs."""
        slash = "\\" if platform == Platform.WINDOWS else "/"
        folder = self.folder[platform]
        path = _below(example.get("folder", folder), example.get("name", self.name), slash)
        line, arguments = example.get("line", ""), example.get("arguments", self.arguments)
        if line:
            arguments = ()  # one might contradict the other
        elif "arguments" not in example:
            line = " ".join([f'"{path}"', *arguments])
        event = Event(
            platform=platform,
            computer_id="",
            computer=example.get("computer", self.computer),
            account=example.get("account", self.account),
            groups=example.get("groups", ()),
            file_path=path,
            sha256=example.get("sha256", self.sha256),
            signer=example.get("signer", self.signer),
            arguments=arguments,
            command_line=line,
            parent_path=_below(
                example.get("parent_folder", folder), example.get("parent", self.name), slash
            ),
        )
        return event, example.get("now", self.now)


FILLINGS = (
    Filling(
        name="q7xw.exe",
        folder={"windows": "D:\\Q7x W", "macos": "/Q7x W", "linux": "/q7x w"},
        account="Q7X\\q7xw",
        computer="Q7XW",
        signer="",
        sha256="",
        arguments=(),
        now=_MONDAY + timedelta(days=2, hours=3, minutes=10),
    ),
    Filling(
        name="zk3",
        folder={"windows": "\\\\zk3\\j\\k", "macos": "/zk3/j/k", "linux": "/zk3/j/k"},
        account="zk3j",
        computer="zk3-j",
        signer="Zk3 Oy",
        sha256="7e" * 32,
        arguments=("zk3", "j/k"),
        now=_MONDAY + timedelta(days=5, hours=12, minutes=40),
    ),
)


def examples_of(each: Filter, platform: str) -> tuple[Example, ...]:
    """What `each` matches there; empty where nothing can be said, as of a regular expression."""
    make = _MAKERS.get(type(each.settings))
    if make is None or each.settings.is_empty:
        return ()
    found: list[Example] = []
    for example in make(each.settings, platform):
        found.append(example)
        if len(found) > MAX_EXAMPLES:
            return ()
    return tuple(found)


def together(parts: Iterable[Iterable[Example]]) -> Iterator[Example]:
    """Examples of something in each part. Where two parts say different things, either may be right."""
    for chosen in product(*map(tuple, parts)):
        forwards = {name: value for example in chosen for name, value in example.items()}
        backwards = {name: value for example in chosen[::-1] for name, value in example.items()}
        yield forwards
        if backwards != forwards:
            yield backwards


def filled(pattern: str) -> tuple[str, ...]:
    """Texts that a pattern of one part matches."""
    if "*" not in pattern and "?" not in pattern:
        return (pattern,)
    long = pattern.replace("*", "q7x").replace("?", "j")
    return tuple(filter(None, (pattern.replace("*", "").replace("?", "q"), long)))


def in_place(
    path: str, platform: str, *, name: str = "name", folder: str = "folder"
) -> Iterator[Example]:
    """Files that a glob of a whole path matches."""
    windows = platform == Platform.WINDOWS
    slash = "\\" if windows else "/"
    *folders, last = (path.replace("/", "\\") if windows else path).split(slash)
    if folders and folders[0] == "**":
        folders = ["*:" if windows else "", *folders]
    if windows and folders and folders[0] in ("*:", "?:"):
        roots: tuple[str, ...] = ("C:", "E:")
    else:
        roots = (folders[0],) if folders else ("",)
    for root, deep in product(roots, (False, True)):
        inner = [
            each if each != "**" else "q7x" + slash + "zk3" if deep else "" for each in folders[1:]
        ]
        ways = product(*(filled(each)[-1:] or ("",) for each in inner))
        for way in ways:
            place = slash.join([root, *filter(None, way)]) or slash
            if last == "**":
                yield {folder: _below(place, "q7x", slash) if deep else place}
            else:
                for each in filled(last):
                    yield {folder: place, name: each}


def _files(settings: FileSpecification | ParentProcess, platform: str) -> Iterator[Example]:
    parent = isinstance(settings, ParentProcess)
    name, folder = ("parent", "parent_folder") if parent else ("name", "folder")
    slash = "\\" if platform == Platform.WINDOWS else "/"
    tests: list[list[Example]] = []
    if settings.names:
        tests.append([{name: each} for every in settings.names for each in filled(every)])
    if settings.path:
        whole = settings.path.rstrip("/\\")
        place, _, last = whole.rpartition(slash)
        below = [{folder: whole or slash}, {folder: _below(whole, "q7x", slash)}]
        tests.append([*below, *([{folder: place or slash, name: last}] if last else [])])
    if settings.glob:
        tests.append(list(in_place(settings.glob, platform, name=name, folder=folder)))
    yield from together(tests)


def _commands(settings: AdvancedCommandline, platform: str) -> Iterator[Example]:
    if settings.match == "regex":
        return
    tests: list[list[Example]] = []
    if "/" in settings.command or "\\" in settings.command:
        tests.append(list(in_place(settings.command, platform)))
    elif settings.command:
        tests.append([{"name": each} for each in filled(settings.command)])
    if settings.no_arguments:
        tests.append([{"arguments": ()}])
    elif settings.arguments:
        few = [each for each in settings.arguments if each != "**"]
        many = [
            text
            for each in settings.arguments
            for text in (("q7x", "-zk3", "j") if each == "**" else filled(each)[-1:])
        ]
        plain = tuple(filled(each)[0] if filled(each) else "" for each in few)
        tests.append([{"arguments": plain}, {"arguments": tuple(many)}])
    yield from together(tests)


def _lines(settings: Commandline, platform: str) -> Iterator[Example]:
    if settings.match != "regex":
        yield {"line": settings.text}
    if settings.match == "partial":
        yield {"line": f"q7x {settings.text} zk3"}


def _people(settings: UserContext, platform: str) -> Iterator[Example]:
    users: list[Example] = [{"account": each} for user in settings.users for each in filled(user)]
    groups: list[Example] = [
        {"groups": (each,)} for group in settings.groups for each in filled(group)[-1:]
    ]
    if settings.match == "any":
        yield from (*users, *groups)
    else:
        everyone = tuple(each for group in groups for each in group["groups"])
        yield from together([users or [{}], [{"groups": everyone}] if everyone else [{}]])


def _moments(settings: TimeOfDay, platform: str) -> Iterator[Example]:
    """The first, the middle and the last half hour of each time."""
    run: list[datetime] = []
    anywhere = Event(platform=platform, computer_id="", computer="", account="")
    for moment in (*WEEK, None):
        if moment and settings.agrees(anywhere, moment, False):
            run.append(moment)
        elif run:
            chosen = dict.fromkeys((run[0], run[len(run) // 2], run[-1]))
            yield from ({"now": each} for each in chosen)
            run = []


_MAKERS: dict[type, Callable[[Any, str], Iterator[Example]]] = {
    FileSpecification: _files,
    ParentProcess: _files,
    FileHash: lambda settings, _: ({"sha256": each} for each in settings.hashes),
    SignedFile: lambda settings, _: ({"signer": each} for each in filled(settings.subject)),
    Commandline: _lines,
    AdvancedCommandline: _commands,
    UserContext: _people,
    TimeOfDay: _moments,
    Computer: lambda settings, _: (
        {"computer": each} for name in settings.names for each in filled(name)
    ),
}


def _below(folder: str, name: str, slash: str) -> str:
    return f"{folder.rstrip(slash)}{slash}{name}"
