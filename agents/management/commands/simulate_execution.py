"""Simulate an endpoint's agent over the real agent API."""

import hashlib
import shlex
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from actions.platforms import Platform
from agents.api_schemas import MAX_ASKED
from agents.services.answering import MAX_REASON
from agents.simulation import (
    AgentClient,
    Execution,
    Forged,
    NoPolicies,
    RefusedByConsole,
    Registered,
    Store,
    Terminal,
    Unreachable,
    WrongCode,
    catch_up,
    play,
    play_offline,
)
from policies.engine.event import (
    MAX_ACCOUNT,
    MAX_COMPUTER,
    MAX_FILE_NAME,
    MAX_ITEMS,
    MAX_PATH,
    MAX_SIGNER,
    MAX_TEXT,
)

CANCELLED = 130
# What to enter where the console refuses what an option says.
ENTER = {
    "event.account": f"--user: Enter up to {MAX_ACCOUNT} characters, such as EXAMPLE\\alice.",
    "event.file_path": f"--file: Enter up to {MAX_PATH} characters, {MAX_FILE_NAME} in the name.",
    "event.sha256": "--sha256: Enter 64 hexadecimal digits.",
    "event.signer": f"--signer: Enter a subject name of up to {MAX_SIGNER} characters.",
    "event.arguments": f"--arguments: Enter up to {MAX_ITEMS} arguments.",
    "event.command_line": f"--arguments: Enter up to {MAX_TEXT:,} characters.",
    "reason": f"--reason: Enter 1 to {MAX_REASON} characters.",
    "minutes": f"--minutes: Enter a whole number from 1 to {MAX_ASKED:,}.",
    "install_code": "--install-code: Enter the code that create_install_code printed.",
    "name": f"--computer: Enter a name of up to {MAX_COMPUTER} visible characters.",
}


class Command(BaseCommand):
    help = (
        "Simulate an execution on an endpoint: report it as an agent would, and show what the user\n"
        "sees. Nothing is run.\n\n"
        "Example:\n"
        '  manage.py simulate_execution --reason "Need the CAD viewer"\n\n'
        "Exit codes: 0 the program would run (with --no-wait also: the request was sent),\n"
        "124 no decision within --timeout, 126 denied, refused or expired,\n"
        "130 cancelled with Ctrl+C, 2 usage error, 1 the console could not be reached.\n\n"
        "Each call fetches the computer's policies. With --offline the agent goes by them without\n"
        "asking the console; the next call without it reports what was decided."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument("--url", default=settings.PUBLIC_URL, help="the console's address")
        parser.add_argument("--computer", default="WS-014", help="name of a registered computer")
        parser.add_argument("--user", default="EXAMPLE\\alice", help="the account that runs it")
        parser.add_argument(
            "--file",
            default="C:\\Users\\alice\\AppData\\Local\\Temp\\7zS4F21\\setup.exe",
            help="the program's path",
        )
        parser.add_argument(
            "--sha256", default="", help="its hash (default: derived from its path)"
        )
        parser.add_argument("--arguments", default="", help='as typed, for example "/S /D=C:\\CAD"')
        parser.add_argument("--signer", default="", help="subject name of its signature")
        parser.add_argument(
            "--reason", default="", help="why it is needed (default: asked for at the terminal)"
        )
        parser.add_argument(
            "--minutes", type=int, default=None, help="for how long to ask (default: not said)"
        )
        parser.add_argument(
            "--no-wait", action="store_true", help="exit and leave the request pending"
        )
        parser.add_argument(
            "--offline",
            action="store_true",
            help="decide by the policies that the last call fetched, as without a network",
        )
        parser.add_argument(
            "--offline-code",
            default="",
            metavar="CODE",
            help="with --offline: the help desk's response to the request code of the last call",
        )
        parser.add_argument(
            "--timeout", type=float, default=0.0, help="stop waiting after this many seconds"
        )
        parser.add_argument(
            "--install-code", default="", help="register the computer with this code first"
        )
        parser.add_argument(
            "--platform",
            default=Platform.WINDOWS,
            choices=list(Platform),
            help="platform of the computer that --install-code registers",
        )
        parser.add_argument("--secrets", type=Path, help="file with the computer's registration")

    def handle(self, *args: object, **options: Any) -> None:
        terminal = Terminal(write=self._write, ask=_ask)
        try:
            computer, store = self._computer(options)
            if options["offline"]:
                event, response = _event(computer, options), options["offline_code"]
                return _exit(play_offline(computer, store, event, terminal, response=response))
            client = AgentClient(options["url"].rstrip("/"), computer)
            reported = catch_up(client, store)
            if reported:
                terminal.line(f"Reported what was decided offline: {reported}.")
            execution = Execution(
                event=_event(computer, options),
                reason=options["reason"],
                waits=not options["no_wait"],
                timeout=options["timeout"],
                minutes=options["minutes"],
            )
            _exit(play(client, execution, terminal))
        except (NoPolicies, WrongCode) as error:
            raise CommandError(f"{error} Nothing is run.", returncode=126) from None
        except Unreachable as error:
            raise CommandError(f"{error} Is it started (make run)?", returncode=1) from None
        except RefusedByConsole as error:
            if error.status == 422:
                field = error.field.partition("[")[0]
                known = ENTER.get(field, f"{field}: {error.message}".removeprefix(": "))
                raise CommandError(known, returncode=2) from None
            raise CommandError(f"{error.message} ({error.code})", returncode=126) from None
        except Forged as error:
            raise CommandError(f"{error} Nothing is run.", returncode=126) from None
        except KeyboardInterrupt:
            raise CommandError("Cancelled.", returncode=CANCELLED) from None

    def _write(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _computer(self, options: dict[str, Any]) -> tuple[Registered, Store]:
        path = options["secrets"] or _usual_place(options["computer"])
        store = Store.beside(path)
        if options["install_code"]:
            if path.exists():
                raise CommandError(f"{path} already contains a registration.", returncode=2)
            made = AgentClient(options["url"].rstrip("/")).register(
                install_code=options["install_code"],
                name=options["computer"],
                platform=options["platform"],
            )
            made.write(path)
            self._write(f"{made.name} is registered; its secrets are in {path}.")
            return made, store
        try:
            return Registered.read(path), store
        except FileNotFoundError:
            raise CommandError(
                f"{options['computer']} isn't registered here: {path} doesn't exist.\n"
                "Start a trial (make run), which comes with WS-014, or register a computer with "
                "--install-code (create a code with manage.py create_install_code).",
                returncode=2,
            ) from None
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from None


def _exit(code: int) -> None:
    if code:
        sys.exit(code)


def _usual_place(name: str) -> Path:
    """In the trial's folder, or else in the working directory."""
    if not name.isprintable() or "/" in name or name in {"", ".", ".."}:
        raise CommandError("--computer: this isn't a computer name.", returncode=2)
    if settings.TRIAL:
        return Path(str(settings.TRIAL_FOLDER)) / "computers" / f"{name}.json"
    return Path(f"{name}.json")


def _event(computer: Registered, options: dict[str, Any]) -> dict[str, Any]:
    file, typed = options["file"], options["arguments"]
    windows = computer.platform == Platform.WINDOWS
    try:
        arguments = shlex.split(typed, posix=not windows)
    except ValueError as error:
        raise CommandError(f"--arguments: {error}", returncode=2) from None
    return {
        "account": options["user"],
        "file_path": file,
        "sha256": options["sha256"] or hashlib.sha256(file.encode()).hexdigest(),
        "signer": options["signer"],
        "arguments": arguments,
        "command_line": f'"{file}" {typed}'.rstrip() if windows else f"{file} {typed}".rstrip(),
    }


def _ask(question: str) -> str:
    """Ask until something is typed; a script must pass --reason."""
    if not sys.stdin.isatty():
        raise CommandError("Pass --reason: there is no terminal to ask for it.", returncode=2)
    while True:
        typed = input(question).strip()
        if typed:
            return typed
