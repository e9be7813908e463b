"""What a command line of manage.py means for its environment.

A trial begins only with `manage.py up`. Other commands use its folder when it is there, and say so;
everywhere else the environment must name SECRET_KEY, DATABASE_URL and ENCRYPTION_KEYS. Runs before
Django is set up, so that the settings of `up` are those of the programs that it starts.
"""

import base64
import os
import secrets
import sys
from argparse import ArgumentError, ArgumentParser, ArgumentTypeError
from collections.abc import MutableMapping, Sequence
from pathlib import Path

from trial.folder import DEFAULT_FOLDER, PROJECT, SECRETS, apply, create, short
from trial.run import choose_addresses


def prepare_environment(arguments: Sequence[str]) -> Path | None:
    """Fill os.environ for this command line if nothing has named a SECRET_KEY.

    Returns the folder of the trial that the command will use; None if it uses none. Exits with a
    sentence if the folder can't be one.
    """
    if os.environ.get("SECRET_KEY"):
        return None
    command = arguments[1] if len(arguments) > 1 else ""
    folder = folder_named(arguments)
    if command in {"", "help"} or not {"-h", "--help"}.isdisjoint(arguments):
        without_database(os.environ)
        return None
    begins = command == "up"
    if begins or (folder / SECRETS).exists():
        if folder == PROJECT or (folder / "__init__.py").exists():
            sys.exit(
                f"{short(folder)} holds pmconsole's own code. Name another folder for the trial: "
                "manage.py up --folder DIR"
            )
        if begins:
            try:
                create(folder)
            except OSError as error:
                sys.exit(f"Can't use the folder {folder}: {error.strerror}. Try --folder DIR.")
        else:
            print(f"Using the trial in {short(folder)}.", file=sys.stderr)
        apply(folder, os.environ, running=not begins)
        if begins:
            _choose_addresses(folder, arguments[2:])
        return folder
    if command == "explain_reply" and "--invitation-address" in " ".join(arguments):
        without_database(os.environ)  # the invitation's facts are given
    return None


def folder_named(arguments: Sequence[str]) -> Path:
    """The folder of `--folder NAME`, of PMCONSOLE_TRIAL_FOLDER, or ./trial-data beside manage.py."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--folder="):
            return Path(argument.partition("=")[2]).resolve()
        if argument == "--folder" and position + 1 < len(arguments):
            return Path(arguments[position + 1]).resolve()
    return Path(os.environ.get("PMCONSOLE_TRIAL_FOLDER") or DEFAULT_FOLDER).resolve()


def _choose_addresses(folder: Path, options: Sequence[str]) -> None:
    """Put the addresses of this run into the environment; of wrong options the command tells."""
    parser = ArgumentParser(add_help=False, exit_on_error=False)
    add_options(parser)
    try:
        wanted, _ = parser.parse_known_args(options)
    except ArgumentError:
        return
    chosen = choose_addresses(
        folder, port=wanted.port, real_mail=wanted.real_mail, environment=os.environ
    )
    os.environ |= chosen


def add_options(parser: ArgumentParser) -> None:
    """The options of `up`."""
    parser.add_argument("--port", type=port_number, default=8000, help="the console's port (8000)")
    parser.add_argument("--folder", help="the folder for data and keys (./trial-data)")
    parser.add_argument(
        "--real-mail",
        action="store_true",
        help="allow mail servers, SysLogs and webhooks on other machines",
    )


def port_number(text: str) -> int:
    if not (text.isdigit() and 0 < int(text) < 65536):
        raise ArgumentTypeError(f"{text} isn't a port: enter a number from 1 to 65535")
    return int(text)


def without_database(environment: MutableMapping[str, str]) -> None:
    """Settings for a command that stores nothing: keys of this process alone, no database."""
    environment.setdefault("SECRET_KEY", secrets.token_urlsafe(48))
    environment.setdefault("DATABASE_URL", "sqlite://:memory:")
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    environment.setdefault("ENCRYPTION_KEYS", f"1:{key}")
    environment.setdefault("LOG_LEVEL", "ERROR")
