"""One child of `up`: how it is started so that it can neither be hit by Ctrl+C nor outlive us."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
MAX_LOG = 5_000_000  # bytes; a bigger one is put aside at the next start
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Program:
    """What to run. `name` is its name for people and of its log file."""

    name: str
    arguments: tuple[str, ...]


def start(
    program: Program, *, logs: Path, folder: Path, environment: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    """Start `program` in a session of its own, its output going to `logs`/name.log.

    Ctrl+C in the terminal then reaches `up` alone, which ends its children in order. Call it from
    the main thread: the kernel counts the death of the starting thread as that of the parent.
    """
    with open_log(logs, program.name) as log:
        return subprocess.Popen(  # noqa: S603  # our own programs with arguments of ours
            program.arguments,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
            preexec_fn=_dying_with(os.getpid()),  # noqa: PLW1509  # `up` has one thread
        )


def _dying_with(parent: int) -> Callable[[], None] | None:
    """What the child does before its program: ask the kernel to be killed when `parent` dies.

    KILL, not TERM: a worker whose broker has just died too would wait for it. Whatever the children
    were doing is made good at the next start, as after a power cut. Linux alone can do this; on
    other systems children of a killed `up` have to be ended by hand.
    """
    if _libc is None:
        return None
    prctl = _libc.prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask


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
