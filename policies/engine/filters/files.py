"""File Specification, Parent Process and File Hash."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from core.text import short_hash
from policies.engine.event import Event
from policies.engine.filters.base import CompilePattern, FilterSettings, Settings
from policies.engine.filters.base import text as read_text
from policies.engine.filters.base import texts as read_texts
from policies.engine.globs import matches_name, matches_path
from policies.engine.paths import file_name, is_unresolved, parts
from policies.engine.text import show
from policies.engine.words import listed, shown

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class _FilePlace(FilterSettings):
    """Names, path and glob: of those that are given, all must agree."""

    name_words: ClassVar[str]
    path_words: ClassVar[str]
    names: tuple[str, ...] = ()  # one of these, `*` and `?` allowed
    path: str = ""  # this file, or anything below this folder; literal
    glob: str = ""  # whole path: `*` within one folder, `**` any number of folders

    @classmethod
    def build(cls, settings: Settings, compile_pattern: CompilePattern | None) -> Self:
        built = cls(
            names=read_texts(settings, "names"),
            path=read_text(settings, "path"),
            glob=read_text(settings, "glob"),
        )
        for name in built.names:
            if "/" in name or "\\" in name:
                raise ValueError(f"names: {name} is a path; a name has no separators")
        for field, value in (("path", built.path), ("glob", built.glob)):
            if ".." in re.split(r"[/\\]", value):
                raise ValueError(f"{field}: must not hold the folder “..”")
            if re.match(r"[A-Za-z]:[^/\\]", value):
                raise ValueError(f"{field}: must begin with a folder, such as C:\\")
        return built

    def fault_in(self, path: str, platform: str, doubt: bool) -> str:
        """The first of its fields that `path` doesn't agree with; "" where all agree.

        An unresolved path (policies/engine/paths.py) may be at any place: that is in doubt.
        """
        whole = parts(path, platform)
        if not whole:
            return "unknown"
        if self.names and not any(matches_name(n, whole[-1], platform) for n in self.names):
            return "names"
        if is_unresolved(whole) and (self.path or self.glob):
            return "" if doubt else "unresolved"
        if self.path:
            wanted = parts(self.path, platform)
            if not wanted or whole[: len(wanted)] != wanted:
                return "path"
        if self.glob and not matches_path(self.glob, path, platform):
            return "glob"
        return ""

    def explain_path(self, path: str, platform: str) -> str:
        given = (("name", self.names), ("path", self.path), ("glob", self.glob))
        tested = " and ".join(name for name, value in given if value)
        return {
            "": f"{show(path)} agrees with {tested}.",
            "unknown": "The path is not known.",
            "names": f"{show(file_name(path, platform))} is none of the names.",
            "unresolved": f"{show(path)} doesn't say where the file is.",
            "path": f"{show(path)} is not {show(self.path)}, nor below it.",
            "glob": f"{show(path)} does not match {show(self.glob)}.",
        }[self.fault_in(path, platform, doubt=False)]

    def tests(self) -> list[str]:
        tests = [f"{self.name_words} is {listed(self.names, 'or')}"] if self.names else []
        if self.path:
            tests.append(f"{self.path_words} is {shown(self.path)} or below it")
        if self.glob:
            tests.append(f"{self.path_words} matches {shown(self.glob)}")
        return tests


@dataclass(frozen=True)
class FileSpecification(_FilePlace):
    """Where the program is and what it is called."""

    kind = "file_specification"
    label = "File Specification Filter"
    name_words = "file name"
    path_words = "path"

    def agrees(self, event: Event, now: datetime, doubt: bool) -> bool:
        return not self.fault_in(event.file_path, event.platform, doubt)

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        return self.explain_path(event.file_path, event.platform)

    def target(self) -> str:
        places = [f"at or below {shown(self.path)}"] if self.path else []
        if self.glob:
            places.append(f"matching {shown(self.glob)}")
        if not self.names:
            return f"anything {' and '.join(places)}"
        return super().target() if places else listed(self.names, "or")


@dataclass(frozen=True)
class ParentProcess(_FilePlace):
    """Where the program that starts this one is and what it is called."""

    kind = "parent_process"
    label = "Parent Process Filter"
    name_words = "parent"
    path_words = "parent's path"

    def agrees(self, event: Event, now: datetime, doubt: bool) -> bool:
        return not self.fault_in(event.parent_path, event.platform, doubt)

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        return self.explain_path(event.parent_path, event.platform)


@dataclass(frozen=True)
class FileHash(FilterSettings):
    """The file is one of these, by SHA-256 in hexadecimal."""

    kind = "file_hash"
    label = "File Hash Filter"
    hashes: tuple[str, ...] = ()

    @classmethod
    def build(cls, settings: Settings, compile_pattern: CompilePattern | None) -> Self:
        hashes = tuple(item.lower() for item in read_texts(settings, "hashes"))
        for item in hashes:
            if not _SHA256.fullmatch(item):
                raise ValueError(f"hashes: {item[:80]} is not 64 hexadecimal digits (SHA-256)")
        return cls(hashes=hashes)

    def agrees(self, event: Event, now: datetime, doubt: bool) -> bool:
        return event.sha256.lower() in self.hashes

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        if not event.sha256:
            return "The file's SHA-256 is not known."
        return f"The file's SHA-256 {show(event.sha256)} is {'' if met else 'not '}listed."

    def tests(self) -> list[str]:
        return [f"SHA-256 is {listed(map(short_hash, self.hashes), 'or')}"]
