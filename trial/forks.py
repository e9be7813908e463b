"""A program in a copy of `up`, which has loaded all that it needs: loading it anew takes seconds."""

import atexit
import ctypes
import logging
import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import BinaryIO

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15  # linux/prctl.h
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def can_fork() -> bool:
    """Whether a copy of this process would work.

    Libraries of macOS break in one, and what other threads have locked would stay locked for ever.
    """
    return sys.platform == "linux" and threading.active_count() == 1


class Fork(ForkProcess):
    """A running copy. The supervisor uses it as it does a Popen.

    Its environment is this process's own. No connection may be open.
    """

    def __init__(self, name: str, arguments: tuple[str, ...], *, log: BinaryIO, folder: Path):
        """`arguments` are those of Python: a script or -m, the module, and theirs."""
        super().__init__(name=name)
        self._arguments, self._log, self._folder = arguments, log, folder
        self._die_with_us = dying_with(os.getpid())
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)  # in the copy none is for our handlers
        try:
            self.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    @property
    def returncode(self) -> int | None:
        return self.exitcode

    def poll(self) -> int | None:
        return self.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code. Raises subprocess.TimeoutExpired after `timeout` seconds."""
        self.join(timeout)
        if self.exitcode is None:
            raise subprocess.TimeoutExpired(self._arguments, timeout or 0.0)
        return self.exitcode

    def run(self) -> None:
        """In the copy: undo what is `up`'s own, then begin as `python …` does."""
        for number in STOPPING:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        os.setsid()
        if self._die_with_us is not None:
            self._die_with_us()
        if _libc is not None:  # `ps -e` and `top` show it; the arguments are still those of `up`
            _libc.prctl(_PR_SET_NAME, self.name.encode())
        os.dup2(self._log.fileno(), 1)
        os.dup2(self._log.fileno(), 2)
        sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115  # until the end
        os.chdir(self._folder)
        logging.disable(logging.NOTSET)
        try:
            self._begin(*self._arguments)
        finally:
            atexit._run_exitfuncs()  # a copy ends without them

    def _begin(self, first: str, *others: str) -> None:
        if first == "-m":
            sys.argv = list(others)
            runpy.run_module(others[0], run_name="__main__", alter_sys=True)
        else:
            sys.argv = [first, *others]
            runpy.run_path(first, run_name="__main__")


def dying_with(parent: int) -> Callable[[], None] | None:
    """What a child does before its program: ask the kernel to be killed when `parent` dies.

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
