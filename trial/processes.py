"""One child of `up`: how it is started so that it can neither be hit by Ctrl+C nor outlive us."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from trial.forks import Fork, can_fork, dying_with

MAX_LOG = 5_000_000  # bytes; a bigger one is put aside at the next start


@dataclass(frozen=True)
class Program:
    """What to run. `name` is its name for people and of its log file.

    `is_loaded`: it's Python, and `up` has loaded already what it needs.
    """

    name: str
    arguments: tuple[str, ...]
    is_loaded: bool = False


def start(
    program: Program, *, logs: Path, folder: Path, environment: Mapping[str, str]
) -> "subprocess.Popen[bytes] | Fork":
    """Start `program` in a session of its own, its output going to `logs`/name.log.

    Ctrl+C in the terminal then reaches `up` alone, which ends its children in order. Call it from
    the main thread: the kernel counts the death of the starting thread as that of the parent.
    """
    with open_log(logs, program.name) as log:
        if program.is_loaded and can_fork():
            return Fork(program.name, program.arguments[1:], log=log, folder=folder)
        return subprocess.Popen(  # noqa: S603  # our own programs with arguments of ours
            program.arguments,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
            preexec_fn=dying_with(os.getpid()),  # noqa: PLW1509  # `up` has one thread
        )


def log_path(logs: Path, name: str) -> Path:
    return logs / f"{name.replace(' ', '-')}.log"


def open_log(logs: Path, name: str) -> BinaryIO:
    """The program's log, for appending and readable by its owner alone."""
    path = log_path(logs, name)
    if path.exists() and path.stat().st_size > MAX_LOG:
        path.replace(path.with_suffix(".log.1"))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return os.fdopen(handle, "ab")


def log_end(logs: Path, name: str, *, lines: int = 8) -> str:
    """The last lines of the program's log."""
    text = log_path(logs, name).read_bytes()[-20_000:].decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:])
