"""One run of a trial: its lock and its addresses."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from trial import mail_account
from trial.folder import RUNNING, write_private
from trial.ports import LOOPBACK, PortRefused, check_port, free_port

ADDRESSES = ("PUBLIC_URL", "SMTP_URL", "TRIAL_MAIL_PORT", "PMCONSOLE_REAL_MAIL")


class AlreadyRunning(Exception):
    """Another `up` runs on this folder."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the kernel gives it back however we end. Raises AlreadyRunning.

    A lock of POSIX belongs to this process alone: its forks don't hold it.
    """
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise AlreadyRunning from None
        yield
    finally:
        os.close(handle)


def choose_addresses(
    folder: Path, *, port: int, real_mail: bool, environment: Mapping[str, str]
) -> dict[str, str]:
    """The settings that name the addresses of a run with the console on `port`.

    The trial mail server keeps its port from run to run where it can, and captures mail from who
    signs in only. Only with `real_mail` does an SMTP_URL of the environment count: otherwise all
    mail goes to the trial mail server.
    """
    mail_port = _mail_port(folder)
    account = f"{mail_account.USERNAME}:{quote(mail_account.password(), safe='')}"
    smtp_url = f"smtp://{account}@{LOOPBACK}:{mail_port}"  # holds the generated password
    return {
        "PUBLIC_URL": environment.get("PUBLIC_URL") or f"http://{LOOPBACK}:{port}",
        "SMTP_URL": (environment.get("SMTP_URL") if real_mail else None) or smtp_url,
        "TRIAL_MAIL_PORT": str(mail_port),
        "PMCONSOLE_REAL_MAIL": "1" if real_mail else "0",
    }


def _mail_port(folder: Path) -> int:
    try:
        port = int(json.loads((folder / RUNNING).read_text())["TRIAL_MAIL_PORT"])
        check_port(port)
    except (OSError, ValueError, KeyError, PortRefused):
        return free_port()
    return port


def publish(folder: Path, environment: Mapping[str, str]) -> None:
    """Write running.json, by which other commands find the addresses of this run."""
    chosen = {name: environment[name] for name in ADDRESSES}
    write_private(folder / RUNNING, json.dumps(chosen, indent=1))
