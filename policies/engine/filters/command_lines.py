"""Commandline, and Advanced Commandline for Unix and Linux."""

import re
import shlex
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Self

from policies.engine.event import Event
from policies.engine.filters.base import (
    CompilePattern,
    Expression,
    FilterSettings,
    Settings,
    expression,
)
from policies.engine.filters.base import choice as read_choice
from policies.engine.filters.base import flag as read_flag
from policies.engine.filters.base import text as read_text
from policies.engine.filters.base import texts as read_texts
from policies.engine.globs import matches_arguments, matches_name, matches_path
from policies.engine.index import (
    ARGUMENT,
    FOLDER,
    LINE,
    NAME,
    PATH,
    Key,
    Keys,
    best,
    keys_of_expression,
    keys_of_glob,
    keys_of_texts,
    keys_within,
)
from policies.engine.paths import is_unresolved, parts, same_case, written
from policies.engine.words import quoted, shown


@dataclass(frozen=True)
class Commandline(FilterSettings):
    """The command line as the platform shows it, compared as the platform compares names.

    A regular expression must match the whole of it. Where the list of arguments says something
    else (`Event.command_lines`), what grants needs both to agree, and what restricts one of them.
    """

    kind = "commandline"
    label = "Commandline Filter"
    text: str = ""
    match: str = "exact"  # "exact", "partial", "regex"
    text_matcher: Expression | None = field(default=None, compare=False, repr=False)

    @classmethod
    def build(cls, settings: Settings, compile_pattern: CompilePattern | None) -> Self:
        text = read_text(settings, "text")
        match = read_choice(settings, "match", ("exact", "partial", "regex"))
        compiled = expression("text", text, compile_pattern) if match == "regex" else None
        return cls(text=text, match=match, text_matcher=compiled)

    def agrees(self, event: Event, now: datetime, doubt: bool) -> bool:
        readings = event.command_lines
        if len(readings) == 1:
            return self._is_met_by(readings[0][0], event.platform, doubt)
        among = any if doubt else all
        return among(
            any(self._is_met_by(line, event.platform, doubt) for line in lines)
            for lines in readings
        )

    def index_keys(self, platform: str) -> Keys | None:
        if self.text_matcher:
            return keys_of_expression(LINE, self.text, platform)
        return keys_within(LINE, same_case(self.text, platform))

    def _is_met_by(self, line: str, platform: str, doubt: bool) -> bool:
        if not line:
            return False
        if self.text_matcher:
            return self.text_matcher.matches(line, platform, doubt)
        wanted = self._wanted.get(platform)
        if wanted is None:
            wanted = self._wanted[platform] = same_case(self.text, platform)
        return line == wanted if self.match == "exact" else wanted in line

    @cached_property
    def _wanted(self) -> dict[str, str]:
        """The text in the case that counts, by platform."""
        return {}

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        line = event.command_line.strip() or event.listed
        if not line:
            return "The command line is empty or not known."
        if met != self.agrees(event, now, not met):
            return f"The command line {quoted(line)} can't be told to agree ({self.match})."
        if met:
            return f"The command line {quoted(line)} agrees ({self.match}) with the text."
        return f"The command line {quoted(line)} is not {quoted(self.text)} ({self.match})."

    def tests(self) -> list[str]:
        words = {
            "exact": "command line is",
            "partial": "command line contains",
            "regex": "whole command line matches the expression",
        }
        return [f"{words[self.match]} {shown(self.text)}"]


@dataclass(frozen=True)
class AdvancedCommandline(FilterSettings):
    """A command and its arguments; of the tests that are given, all must agree.

    Match "glob": `command` is a pattern for the whole path (or, without a slash, for the name);
    `arguments` has one pattern an argument, in order, and `**` for any number of them. Match
    "regex": `command` must match the whole resolved path, and `arguments`, then a single
    expression, the whole list quoted as a shell needs it. `no_arguments` demands that there are
    none. A command line that contradicts the list counts as for Commandline.
    """

    kind = "advanced_commandline"
    label = "Advanced Commandline Filter"
    command: str = ""
    arguments: tuple[str, ...] = ()
    match: str = "glob"  # "glob", "regex"
    no_arguments: bool = False
    command_matcher: Expression | None = field(default=None, compare=False, repr=False)
    arguments_matcher: Expression | None = field(default=None, compare=False, repr=False)

    @classmethod
    def build(cls, settings: Settings, compile_pattern: CompilePattern | None) -> Self:
        built = cls(
            command=read_text(settings, "command"),
            arguments=read_texts(settings, "arguments"),
            match=read_choice(settings, "match", ("glob", "regex")),
            no_arguments=read_flag(settings, "no_arguments"),
        )
        if built.arguments and built.no_arguments:
            raise ValueError("arguments: must be empty where no arguments are allowed")
        if built.match == "glob":
            if ".." in re.split(r"[/\\]", built.command):
                raise ValueError("command: must not hold the folder “..”")
            return built
        if len(built.arguments) > 1:
            raise ValueError("arguments: a regular expression is a single entry")
        return replace(
            built,
            command_matcher=expression("command", built.command, compile_pattern),
            arguments_matcher=expression("arguments", "".join(built.arguments), compile_pattern),
        )

    def agrees(self, event: Event, now: datetime, doubt: bool) -> bool:
        return not self._fault_in(event, doubt)

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        arguments = quoted(event.listed)
        return {
            "": "The command and its arguments agree.",
            "command": f"{quoted(event.file_path)} is not the command {quoted(self.command)}.",
            "no_arguments": "There are arguments.",
            "arguments": f"The arguments {arguments} do not agree.",
        }[self._fault_in(event, doubt=met)]

    def index_keys(self, platform: str) -> Keys | None:
        options = []
        if self.command and self.command_matcher:
            options.append(keys_of_expression(PATH, self.command, platform))
        elif "/" in self.command or "\\" in self.command:
            options.append(keys_of_glob(NAME, FOLDER, parts(self.command, platform)))
        elif self.command:
            options.append(keys_of_texts(NAME, [same_case(self.command, platform)]))
        if self.arguments and not self.arguments_matcher:
            literal = [each for each in self.arguments if "*" not in each and "?" not in each]
            options.append(tuple(Key(ARGUMENT, max(literal, key=len)) for _ in literal[:1]) or None)
        return best(options)

    def _fault_in(self, event: Event, doubt: bool) -> str:
        """The first of its fields that doesn't agree; "" where all agree."""
        if self.command and not self._command_agrees(event, doubt):
            return "command"
        if self.no_arguments and not self._has_none(event, doubt):
            return "no_arguments"
        if self.arguments:
            among = any if doubt else all
            lists = event.argument_lists
            if not among(
                doubt if a is None else self._arguments_agree(a, event, doubt) for a in lists
            ):
                return "arguments"
        return ""

    def _command_agrees(self, event: Event, doubt: bool) -> bool:
        whole = event.path_parts
        if not whole:
            return False
        if self.match == "glob" and not ("/" in self.command or "\\" in self.command):
            return matches_name(self.command, whole[-1], event.platform)
        if is_unresolved(whole):
            return doubt
        if self.command_matcher:
            return self.command_matcher.matches(
                written(whole, event.platform), event.platform, doubt
            )
        return matches_path(self.command, event.file_path, event.platform)

    def _arguments_agree(self, arguments: tuple[str, ...], event: Event, doubt: bool) -> bool:
        if self.arguments_matcher:
            return self.arguments_matcher.matches(shlex.join(arguments), event.platform, doubt)
        return matches_arguments(self.arguments, arguments)

    def _has_none(self, event: Event, doubt: bool) -> bool:
        """A list and a command line that disagree leave it open; alone, either counts."""
        line = event.command_line.strip()
        if line.startswith('"'):
            more = bool(line[1:].partition('"')[2].strip())
        else:
            more = len(line.split(maxsplit=1)) > 1
        if event.arguments:
            return doubt and bool(line) and not more
        return not more

    def tests(self) -> list[str]:
        if self.match == "regex":
            tests = []
            if self.command:
                tests.append(f"whole command path matches the expression {shown(self.command)}")
            if self.arguments:
                expression = shown(self.arguments[0])
                tests.append(f"whole list of arguments matches the expression {expression}")
            return tests + ["command has no arguments"] * self.no_arguments
        tests = []
        if self.command:
            alone = " without arguments" if self.no_arguments else ""
            tests.append(f"command is {shown(self.command)}{alone}")
        elif self.no_arguments:
            tests.append("command has no arguments")
        if self.arguments:
            # As on a command line: a pattern with a blank is quoted, so as not to look like two.
            typed = [f'"{a}"' if " " in a else a for a in self.arguments]
            tests.append(f"arguments are {shown(' '.join(typed))}")
        return tests
