"""What is to run and with which rights: the values that an approval is bound to. Pure."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from approvals.letters.exact import hides_something, listed, one_value, quoted
from approvals.terms import Rights


@dataclass(frozen=True)
class BoundValue:
    """One value that a key binds: our label, and the whole value as people see it."""

    label: str
    text: str
    code: bool = True


@dataclass(frozen=True)
class Execution:
    """One execution as it was reported. Texts are the endpoint's; `values` makes them harmless."""

    file_path: str
    on_windows: bool = False
    arguments: tuple[str, ...] = ()
    command_line: str = ""  # the endpoint's own words; bound only where no arguments are given
    run_as: str = ""  # what was asked for; the policy may name another account
    working_directory: str = ""
    sha256: str = ""
    interpreter_sha256: str = ""
    account: str = ""
    account_id: str = ""  # SID or uid: where it is known, it is what is bound, not the name
    rights: Rights = field(default_factory=Rights)

    @classmethod
    def of_event(cls, event: Mapping[str, Any], **known: Any) -> "Execution":
        """From a reported event as JSON; `known` fields come from elsewhere."""
        platform, path = event.get("platform"), known["file_path"]
        return cls(
            on_windows=platform == "windows" or (not platform and "\\" in path),
            arguments=tuple(event.get("arguments") or ()),
            run_as=event.get("run_as") or "",
            working_directory=event.get("working_directory") or "",
            interpreter_sha256=event.get("interpreter_sha256") or "",
            **known,
        )

    @property
    def file_name(self) -> str:
        return re.split(r"[/\\]", self.file_path)[-1]

    @property
    def command(self) -> str:
        """The bound arguments, or the bound command line where there are none."""
        return listed(self.arguments) if self.arguments else one_value(self.command_line)

    @property
    def rights_words(self) -> str:
        """What follows "runs": "with administrator rights as svc"; "" for the user's own rights."""
        word = "without" if self.rights.remove_rights else "with" if self.rights.elevate else ""
        account = f" as {quoted(self.rights.run_as)}" if self.rights.run_as else ""
        return (f" {word} administrator rights" if word else "") + account

    @property
    def values(self) -> list[BoundValue]:
        """Every bound value that is known, what runs first."""
        variables = [f"{name}={value}" for name, value in self.rights.environment.items()]
        other_account = self.run_as if self.run_as != self.rights.run_as else ""
        found = [
            BoundValue("File path", one_value(self.file_path)),
            BoundValue("Arguments", listed(self.arguments)),
            BoundValue("Command line", "" if self.arguments else self.command),
            BoundValue("Endpoint's wording", one_value(self.command_line) if self.reworded else ""),
            BoundValue(
                "Rights",
                "runs" + (self.rights_words or " with the user's own rights"),
                code=False,
            ),
            BoundValue("Environment", listed(variables)),
            BoundValue("Asked to run as", one_value(other_account)),
            BoundValue("Working directory", one_value(self.working_directory)),
            BoundValue("Account ID", one_value(self.account_id), code=False),
            BoundValue("SHA-256", one_value(self.sha256)),
            BoundValue("Interpreter's SHA-256", one_value(self.interpreter_sha256)),
        ]
        return [value for value in found if value.text]

    @property
    def reworded(self) -> bool:
        """Whether the endpoint's command line says something else than the bound arguments."""
        if not self.arguments or not self.command_line.strip():
            return False
        try:
            without_program, program, rest = _parsed(self.command_line, self.on_windows)
        except ValueError:
            return True
        arguments = list(self.arguments)
        if without_program == arguments:
            return False
        return rest != arguments or not self._is_program(program)

    def _is_program(self, word: str) -> bool:
        """Whether a command line may call the file by this word."""
        path = self.file_path
        if self.on_windows:
            word, path = word.replace("/", "\\").casefold(), path.replace("/", "\\").casefold()
            word = word if word.endswith(".exe") or not path.endswith(".exe") else f"{word}.exe"
        separator = "\\" if self.on_windows else "/"
        # /bin is /usr/bin on most systems.
        word, path = (
            word.removeprefix(f".{separator}").removeprefix("/usr"),
            path.removeprefix("/usr"),
        )
        return word == path or (word[:1] != separator and path.endswith(f"{separator}{word}"))

    @property
    def words(self) -> tuple[str, ...]:
        """The program's name and what it is given, word by word, for the signs."""
        if self.arguments:
            return (self.file_name, *self.arguments)
        try:
            _, program, rest = _parsed(self.command_line, self.on_windows)
        except ValueError:
            program, rest = "", self.command_line.split()
        return (self.file_name, program, *rest)

    @property
    def hidden_in(self) -> str:
        """Where a control, direction or other unseen character is: "name", "arguments"… or ""."""
        places = {
            "name": (self.file_name,),
            "path": (self.file_path,),
            "command line": (*self.arguments, self.command_line),
            "working directory": (self.working_directory,),
            "account": (self.account, self.account_id, self.run_as, self.rights.run_as),
            "environment": (*self.rights.environment, *self.rights.environment.values()),
        }
        return next(
            (place for place, texts in places.items() if any(map(hides_something, texts))), ""
        )


def _parsed(line: str, on_windows: bool) -> tuple[list[str], str, list[str]]:
    """A command line as its platform reads it: all words as arguments; the program and the rest.

    Raises ValueError for an open quotation on Unix.
    """
    if not on_windows:
        words = shlex.split(line)
        return words, words[0] if words else "", words[1:]
    line = line.strip(" \t")
    # The program ends with the next quotation mark, without escapes.
    program = re.match(r'"([^"]*)"?|[^ \t]*', line)
    assert program is not None  # it may be empty
    name = program[0] if program[1] is None else program[1]
    return list(_windows_words(line)), name, list(_windows_words(line[program.end() :]))


def _windows_words(line: str) -> Iterator[str]:
    """The arguments in a line by the rules of CommandLineToArgvW."""
    word, quotes = "", 0
    in_word = False
    for piece in re.findall(r'\\*"+|\\+|[ \t]+|[^\\" \t]+', line):
        if piece.isspace() and quotes != 1:
            if in_word:
                yield word
            word, quotes, in_word = "", 0, False
            continue
        in_word = True
        if not piece.endswith('"'):
            word += piece
            continue
        backslashes = piece.count("\\")
        marks = len(piece) - backslashes
        word += "\\" * (backslashes // 2)
        if backslashes % 2:
            word, marks = f'{word}"', marks - 1
        for _ in range(marks):
            quotes += 1
            if quotes == 3:  # the third of a run stands for itself
                word, quotes = f'{word}"', 0
        quotes = 0 if quotes == 2 else quotes
    if in_word:
        yield word
