"""What is to run and with which rights: the values that an approval is bound to. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from approvals.letters.exact import hides_something, listed, one_value, quoted
from approvals.terms import Rights
from core.command_lines import contradicts, parsed


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
        return contradicts(
            self.command_line,
            self.arguments,
            file_path=self.file_path,
            on_windows=self.on_windows,
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The program's name and what it is given, word by word, for the signs."""
        if self.arguments:
            return (self.file_name, *self.arguments)
        try:
            _, program, rest = parsed(self.command_line, on_windows=self.on_windows)
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
