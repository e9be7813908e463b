"""File Specification, Parent Process and File Hash."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import ClassVar, NamedTuple, Self

from core.text import short_hash
from policies.engine.event import Event
from policies.engine.filters.base import CompilePattern, FilterSettings, Settings
from policies.engine.filters.base import text as read_text
from policies.engine.filters.base import texts as read_texts
from policies.engine.globs import matches_name, matches_parts
from policies.engine.index import (
    FOLDER,
    HASH,
    NAME,
    PARENT,
    PARENT_FOLDER,
    Key,
    Keys,
    best,
    keys_of_folder,
    keys_of_glob,
    keys_of_texts,
)
from policies.engine.paths import Parts, file_name, is_unresolved, parts, same_case
from policies.engine.words import listed, quoted, shown

_SHA256 = re.compile(r"[0-9a-f]{64}")


class _Wanted(NamedTuple):
    """Names, path and glob of a filter as one platform compares them."""

    exact: frozenset[str]
    wild: tuple[str, ...]
    path: Parts
    glob: Parts

    def is_like(self, name: str, platform: str) -> bool:
        return any(matches_name(each, name, platform) for each in self.wild)


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

    def fault_in(self, path: Parts, platform: str, doubt: bool) -> str:
        """The first of its fields that `path` doesn't agree with; "" where all agree.

        An unresolved path (policies/engine/paths.py) may be at any place: that is in doubt.
        """
        if not path:
            return "unknown"
        wanted = self._by_platform.get(platform) or self._wanted(platform)
        if self.names and path[-1] not in wanted.exact and not wanted.is_like(path[-1], platform):
            return "names"
        if not self.path and not self.glob:
            return ""
        if is_unresolved(path):
            return "" if doubt else "unresolved"
        if self.path and (not wanted.path or path[: len(wanted.path)] != wanted.path):
            return "path"
        if self.glob and not matches_parts(wanted.glob, path, platform):
            return "glob"
        return ""

    def keys_by(self, name: str, folder: str, platform: str) -> Keys | None:
        """By its names, path or glob, whichever leaves fewest; in doubt there is no index."""
        wanted = self._wanted(platform)
        by_name = keys_of_texts(name, (*wanted.exact, *wanted.wild)) if self.names else None
        by_folder = keys_of_folder(folder, wanted.path) if self.path else None
        by_glob = keys_of_glob(name, folder, wanted.glob) if self.glob else None
        return best([by_name, by_folder, by_glob])

    @cached_property
    def _by_platform(self) -> dict[str, "_Wanted"]:
        return {}

    def _wanted(self, platform: str) -> "_Wanted":
        """Its fields as they are compared there."""
        wanted = self._by_platform.get(platform)
        if wanted is None:
            names = [same_case(name, platform) for name in self.names]
            wild = tuple(name for name in names if "*" in name or "?" in name)
            wanted = self._by_platform[platform] = _Wanted(
                frozenset(names).difference(wild),
                wild,
                parts(self.path, platform),
                parts(self.glob, platform),
            )
        return wanted

    def explain_path(self, path: str, whole: Parts, platform: str) -> str:
        given = (("file name", self.names), ("path", self.path), ("path pattern", self.glob))
        tested = " and ".join(name for name, value in given if value)
        return {
            "": f"{quoted(path)} matches the {tested}.",
            "unknown": "The path is not known.",
            "names": f"{quoted(file_name(path, platform))} is none of the names.",
            "unresolved": f"{quoted(path)} doesn't say where the file is.",
            "path": f"{quoted(path)} is not {quoted(self.path)}, nor below it.",
            "glob": f"{quoted(path)} does not match {quoted(self.glob)}.",
        }[self.fault_in(whole, platform, doubt=False)]

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
        return not self.fault_in(event.path_parts, event.platform, doubt)

    def may_doubt(self, event: Event) -> bool:
        return is_unresolved(event.path_parts)

    def index_keys(self, platform: str) -> Keys | None:
        return self.keys_by(NAME, FOLDER, platform)

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        return self.explain_path(event.file_path, event.path_parts, event.platform)

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
        return not self.fault_in(event.parent_parts, event.platform, doubt)

    def may_doubt(self, event: Event) -> bool:
        return is_unresolved(event.parent_parts)

    def index_keys(self, platform: str) -> Keys | None:
        return self.keys_by(PARENT, PARENT_FOLDER, platform)

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        return self.explain_path(event.parent_path, event.parent_parts, event.platform)


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
        return event.sha256.lower() in self._listed

    @cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset(self.hashes)

    def index_keys(self, platform: str) -> Keys | None:
        return tuple(Key(HASH, each) for each in self.hashes)

    def may_doubt(self, event: Event) -> bool:
        return False

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        if not event.sha256:
            return "The file's SHA-256 is not known."
        return f"The file's SHA-256 {quoted(event.sha256)} is {'' if met else 'not '}listed."

    def tests(self) -> list[str]:
        return [f"SHA-256 is {listed(map(short_hash, self.hashes), 'or')}"]
