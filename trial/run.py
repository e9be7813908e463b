"""One run of a trial: its lock, its addresses, and the environment of its programs."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from trial import mail_account
from trial.folder import RUNNING, write_private
from trial.ports import LOOPBACK, PortRefused, check_port, free_port


class AlreadyRunning(Exception):
    """Another `up` runs on this folder."""


@dataclass(frozen=True)
class Addresses:
    """Where one run is reached; the keys of running.json are names of settings."""

    port: int
    mail_port: int
    public_url: str
    smtp_url: str  # holds the generated password
    real_mail: bool

    def as_environment(self) -> dict[str, str]:
        return {
            "PUBLIC_URL": self.public_url,
            "SMTP_URL": self.smtp_url,
            "TRIAL_MAIL_PORT": str(self.mail_port),
            "PMCONSOLE_REAL_MAIL": "1" if self.real_mail else "0",
        }


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the kernel gives it back however we end. Raises AlreadyRunning."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        yield
    finally:
        os.close(handle)


def choose_addresses(
    folder: Path, *, port: int, real_mail: bool, environment: Mapping[str, str]
) -> Addresses:
    """The addresses of this run. Raises PortRefused if the console's port cannot be had.

    The trial mail server keeps its port from run to run where it can, and captures mail from who
    signs in only. Only with `real_mail` does an SMTP_URL of the environment count: otherwise all
    mail goes to the trial mail server.
    """
    check_port(port)
    mail_port = _mail_port(folder)
    account = f"{mail_account.USERNAME}:{quote(mail_account.password(), safe='')}"
    smtp_url = f"smtp://{account}@{LOOPBACK}:{mail_port}"
    return Addresses(
        port=port,
        mail_port=mail_port,
        public_url=environment.get("PUBLIC_URL") or f"http://{LOOPBACK}:{port}",
        smtp_url=(environment.get("SMTP_URL") if real_mail else None) or smtp_url,
        real_mail=real_mail,
    )


def _mail_port(folder: Path) -> int:
    try:
        port = int(json.loads((folder / RUNNING).read_text())["TRIAL_MAIL_PORT"])
        check_port(port)
    except (OSError, ValueError, KeyError, PortRefused):
        return free_port()
    return port


def publish(folder: Path, addresses: Addresses) -> dict[str, str]:
    """Write running.json for other commands; returns the environment of this run's programs."""
    write_private(folder / RUNNING, json.dumps(addresses.as_environment(), indent=1))
    return {
        **os.environ,
        **addresses.as_environment(),
        "DJANGO_SETTINGS_MODULE": "pmconsole.settings",
        "PYTHONUNBUFFERED": "1",
    }
