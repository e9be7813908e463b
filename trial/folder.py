"""The trial's folder: generated keys and data, mode 0700, and the environment made from them."""

import base64
import json
import os
import secrets
from collections.abc import MutableMapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_FOLDER = PROJECT / "trial-data"
SECRETS = "secrets.json"
RUNNING = "running.json"  # written by `up`: the addresses of its last run


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


def short(folder: Path) -> str:
    """The folder as a user would write it."""
    try:
        return f"./{folder.relative_to(Path.cwd())}"
    except ValueError:
        return str(folder)
