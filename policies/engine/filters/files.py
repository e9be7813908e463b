"""File Specification, Parent Process and File Hash."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Optional, Tuple

from policies.engine.event import Event
from policies.engine.filters.base import CompilePattern, FilterSettings, Outcome, Settings
from policies.engine.filters.base import text as read_text
from policies.engine.filters.base import texts as read_texts
from policies.engine.globs import matches_name, matches_path
from policies.engine.paths import parts
from policies.engine.text import show

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class _FilePlace(FilterSettings):
    """Names, path and glob: of those that are given, all must agree."""

    names: Tuple[str, ...] = ()  # one of these, `*` and `?` allowed
    path: str = ""  # this file, or anything below this folder; literal
    glob: str = ""  # whole path: `*` within one folder, `**` any number of folders

    @classmethod
    def build(cls, settings: Settings, compile_pattern: Optional[CompilePattern]) -> _FilePlace:
        found = cls(
            names=read_texts(settings, "names"),
            path=read_text(settings, "path"),
            glob=read_text(settings, "glob"),
        )
        for name in found.names:
            if "/" in name or "\\" in name:
                raise ValueError(f"names: {name} is a path; a name has no separators")
        for field, value in (("path", found.path), ("glob", found.glob)):
            if ".." in re.split(r"[/\\]", value):
                raise ValueError(f"{field}: must not hold the folder “..”")
        return found

    @property
    def is_empty(self) -> bool:
        return not (self.names or self.path or self.glob)

    def check_path(self, path: str, platform: str) -> Outcome:
        whole = parts(path, platform)
        if not whole:
            return False, "The path is not known."
        if self.names and not any(matches_name(n, whole[-1], platform) for n in self.names):
            return False, f"{show(whole[-1])} is none of the names."
        if self.path:
            wanted = parts(self.path, platform)
            if not wanted or whole[: len(wanted)] != wanted:
                return False, f"{show(path)} is not {show(self.path)}, nor below it."
        if self.glob and not matches_path(self.glob, path, platform):
            return False, f"{show(path)} does not match {show(self.glob)}."
        return True, f"{show(path)} agrees with {self._tested()}."

    def _tested(self) -> str:
        given = (("name", self.names), ("path", self.path), ("glob", self.glob))
        return " and ".join(name for name, value in given if value)


@dataclass(frozen=True)
class FileSpecification(_FilePlace):
    """Where the program is and what it is called."""

    def check(self, event: Event, now: datetime) -> Outcome:
        return self.check_path(event.file_path, event.platform)


@dataclass(frozen=True)
class ParentProcess(_FilePlace):
    """Where the program that starts this one is and what it is called."""

    def check(self, event: Event, now: datetime) -> Outcome:
        return self.check_path(event.parent_path, event.platform)


@dataclass(frozen=True)
class FileHash(FilterSettings):
    """The file is one of these, by SHA-256 in hexadecimal."""

    hashes: Tuple[str, ...] = ()

    @classmethod
    def build(cls, settings: Settings, compile_pattern: Optional[CompilePattern]) -> FileHash:
        hashes = tuple(item.lower() for item in read_texts(settings, "hashes"))
        for item in hashes:
            if not _SHA256.fullmatch(item):
                raise ValueError(f"hashes: {item[:80]} is not 64 hexadecimal digits (SHA-256)")
        return cls(hashes=hashes)

    @property
    def is_empty(self) -> bool:
        return not self.hashes

    def check(self, event: Event, now: datetime) -> Outcome:
        if not event.sha256:
            return False, "The file's SHA-256 is not known."
        if event.sha256.lower() in self.hashes:
            return True, f"The file's SHA-256 {show(event.sha256)} is listed."
        return False, f"The file's SHA-256 {show(event.sha256)} is not listed."
