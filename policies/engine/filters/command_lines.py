"""Commandline, and Advanced Commandline for Unix and Linux."""

import re
import shlex
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from policies.engine.event import Event
from policies.engine.filters.base import (
    CompilePattern,
    FilterSettings,
    Outcome,
    Settings,
    matcher,
    matches_whole,
)
from policies.engine.filters.base import choice as read_choice
from policies.engine.filters.base import flag as read_flag
from policies.engine.filters.base import text as read_text
from policies.engine.filters.base import texts as read_texts
from policies.engine.globs import matches_arguments, matches_name, matches_path
from policies.engine.paths import parts, same_case
from policies.engine.text import show
from policies.engine.words import shown


@dataclass(frozen=True)
class Commandline(FilterSettings):
    """The command line as the platform shows it, compared as the platform compares names.

    Where there is only an argument list, it is quoted as a shell needs it, so that an argument
    with a blank in it is never taken for two. A regular expression must match the whole of it.
    """

    kind = "commandline"
    label = "Commandline Filter"
    text: str = ""
    match: str = "exact"  # "exact", "partial", "regex"
    text_matcher: Any = field(default=None, compare=False, repr=False)

    @classmethod
    def build(cls, settings: Settings, compile_pattern: CompilePattern | None) -> Self:
        text = read_text(settings, "text")
        match = read_choice(settings, "match", ("exact", "partial", "regex"))
        compiled = matcher("text", text, compile_pattern) if match == "regex" else None
        return cls(text=text, match=match, text_matcher=compiled)

    def check(self, event: Event, now: datetime) -> Outcome:
        line = (event.command_line or shlex.join(event.arguments)).strip()
        if not line:
            return False, "The command line is empty or not known."
        reported, wanted = same_case(line, event.platform), same_case(self.text, event.platform)
        if self.match == "regex":
            agrees = matches_whole(self.text_matcher, line)
        else:
            agrees = reported == wanted if self.match == "exact" else wanted in reported
        if agrees:
            return True, f"The command line {show(line)} agrees ({self.match}) with the text."
        return False, f"The command line {show(line)} is not {show(self.text)} ({self.match})."

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
    "regex": `command` must match the whole path, and `arguments`, then a single expression, the
    whole list quoted as a shell needs it. `no_arguments` demands that there are none.
    """

    kind = "advanced_commandline"
    label = "Advanced Commandline Filter"
    command: str = ""
    arguments: tuple[str, ...] = ()
    match: str = "glob"  # "glob", "regex"
    no_arguments: bool = False
    command_matcher: Any = field(default=None, compare=False, repr=False)
    arguments_matcher: Any = field(default=None, compare=False, repr=False)

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
            command_matcher=matcher("command", built.command, compile_pattern),
            arguments_matcher=matcher("arguments", "".join(built.arguments), compile_pattern),
        )

    def check(self, event: Event, now: datetime) -> Outcome:
        if self.command and not self._command_agrees(event):
            return False, f"{show(event.file_path)} is not the command {show(self.command)}."
        if self.no_arguments and (event.arguments or _has_arguments(event.command_line)):
            return False, "There are arguments."
        if self.match == "regex":
            agree = matches_whole(self.arguments_matcher, shlex.join(event.arguments))
        else:
            agree = matches_arguments(self.arguments, event.arguments)
        if self.arguments and not agree:
            return False, f"The arguments {show(shlex.join(event.arguments))} do not agree."
        return True, "The command and its arguments agree."

    def _command_agrees(self, event: Event) -> bool:
        if self.match == "regex":
            return bool(event.file_path) and matches_whole(self.command_matcher, event.file_path)
        whole = parts(event.file_path, event.platform)
        if not whole:
            return False
        if "/" in self.command or "\\" in self.command:
            return matches_path(self.command, event.file_path, event.platform)
        return matches_name(self.command, whole[-1], event.platform)

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
            quoted = [f'"{a}"' if " " in a else a for a in self.arguments]
            tests.append(f"arguments are {shown(' '.join(quoted))}")
        return tests


def _has_arguments(command_line: str) -> bool:
    """Whether more than a program is in it, for an endpoint that reports no list of arguments."""
    line = command_line.strip()
    if line.startswith('"'):
        return bool(line[1:].partition('"')[2].strip())
    return len(line.split(maxsplit=1)) > 1
