"""The trial's folder: generated keys and data, mode 0700, and the environment made from them.

A trial begins only with `manage.py up`. Other commands use its folder when it is there, and say so;
everywhere else the environment must name SECRET_KEY, DATABASE_URL and ENCRYPTION_KEYS. Runs before
Django is set up, so it imports nothing of it.
"""

import base64
import json
import os
import secrets
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_FOLDER = PROJECT / "trial-data"
SECRETS = "secrets.json"
RUNNING = "running.json"  # written by `up`: the addresses of its last run


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
        apply(folder, os.environ, running=not begins)  # `up` chooses its own ports
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


def create(folder: Path) -> None:
    """Make the folder and its keys, unless they are there: a second run keeps all data."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if (folder / SECRETS).exists():
        return
    values = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": "1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "TRIAL_MAIL_PASSWORD": secrets.token_urlsafe(24),
    }
    write_private(folder / SECRETS, json.dumps(values, indent=1))


def write_private(path: Path, text: str) -> None:
    """Write `text` at once and readable by its owner alone; a crash leaves the old file."""
    new = path.with_suffix(".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    new.replace(path)


def apply(folder: Path, environment: MutableMapping[str, str], *, running: bool) -> None:
    """Put the trial's settings into `environment`; what is named there already stays.

    `running` adds what the `up` of this folder chose: its addresses and ports.
    """
    values: dict[str, str] = json.loads((folder / SECRETS).read_text())
    values |= {
        "PMCONSOLE_TRIAL": "1",
        "PMCONSOLE_TRIAL_FOLDER": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'pmconsole.sqlite3'}",
        "REDIS_URL": f"unix://{folder / 'valkey.sock'}",
        "AUTHSERV_IDS": "trial.invalid",
        "REPLY_ADDRESS": "reply@pm.example.com",
    }
    chosen = folder / RUNNING
    if running and chosen.exists():
        values |= json.loads(chosen.read_text())
    for name, value in values.items():
        environment.setdefault(name, value)


def without_database(environment: MutableMapping[str, str]) -> None:
    """Settings for a command that stores nothing: keys of this process alone, no database."""
    environment.setdefault("SECRET_KEY", secrets.token_urlsafe(48))
    environment.setdefault("DATABASE_URL", "sqlite://:memory:")
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    environment.setdefault("ENCRYPTION_KEYS", f"1:{key}")
    environment.setdefault("LOG_LEVEL", "ERROR")


def short(folder: Path) -> str:
    """The folder as a user would write it."""
    try:
        return f"./{folder.relative_to(Path.cwd())}"
    except ValueError:
        return str(folder)
