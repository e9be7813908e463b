"""A real `manage.py up` in a temporary folder, as stories and browser tests use it.

It is looked at from outside only: by HTTP, by SMTP and by commands, never through the ORM.
"""

import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[1]
T = TypeVar("T")


def eventually(look: Callable[[], T], *, within: float = 20.0, what: str = "") -> T:
    """The first true value of `look`, asked again and again; AssertionError after `within` s."""
    end = time.monotonic() + within
    while True:
        value = look()
        if value:
            return value
        assert time.monotonic() < end, f"not within {within} s: {what or look}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_manage(
    *arguments: str, environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """Run `manage.py …` to its end, as a program of its own."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


# Waits until whoever started it is gone, and then ends a process group: Ctrl+C first, then for good.
WATCH = """
import os, signal, sys, time
if not sys.stdin.read():
    for number, patience in ((signal.SIGINT, 10), (signal.SIGKILL, 0)):
        try:
            os.killpg(int(sys.argv[1]), number)
        except ProcessLookupError:
            break
        time.sleep(patience)
"""


def end_with_us(group: int) -> "subprocess.Popen[str]":
    """End a process group when this process ends in whatever way, such as by a test's time limit.

    Returns the watcher; what is written to it and closed lets the group live.
    """
    return subprocess.Popen(
        [sys.executable, "-c", WATCH, str(group)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


@dataclass
class RunningTrial:
    """One `up`: its address, the administrator's password, and commands run beside it."""

    folder: Path
    port: int = field(default_factory=free_port)
    password: str = ""
    process: "subprocess.Popen[str] | None" = None
    watcher: "subprocess.Popen[str] | None" = None
    printed: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """A new user's environment: nothing is named but where the folder is."""
        ours = ("DATABASE_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "REDIS_URL", "PUBLIC_URL")
        ours += ("AUTHSERV_IDS", "REPLY_ADDRESS", "PMCONSOLE_", "LOG_LEVEL", "DJANGO_", "PYTEST_")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        return {**kept, "PMCONSOLE_TRIAL_FOLDER": str(self.folder), "PYTHONUNBUFFERED": "1"}

    def start(self) -> "RunningTrial":
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.watcher = end_with_us(self.process.pid)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed += line
            found = re.search(r"[Pp]assword:?\s+(\S+)", line)
            self.password = self.password or (found[1] if found else "")
            if "Ctrl+C" in line:
                return self
        raise AssertionError(f"up did not start:\n{self.printed}")

    def stop(self) -> int:
        """Ctrl+C, as the terminal sends it; returns the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(timeout=20)
        if self.watcher is not None:
            self.watcher.communicate("ended")
            self.watcher = None
        return code

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `manage.py …` to its end."""
        return run_manage(*arguments, environment=self.environment)

    def simulate(
        self, *arguments: str, printed: io.StringIO | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run `manage.py simulate_execution …` to its end, without a Python of its own.

        The agent needs nothing of the console but its address, and starting takes it two seconds.
        What it says can be read in `printed` meanwhile.
        """
        printed, code = printed or io.StringIO(), 0
        secrets = self.folder / "computers" / "WS-014.json"
        given = ("--url", self.url, "--secrets", str(secrets), *arguments)
        try:
            call_command("simulate_execution", *given, stdout=printed)
        except SystemExit as ended:
            code = int(ended.code or 0)
        except CommandError as refused:
            printed.write(str(refused))
            code = refused.returncode
        return subprocess.CompletedProcess(given, code, printed.getvalue(), "")

    def begin(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start `manage.py …` and leave it running."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


class Endpoint(threading.Thread):
    """A blocked program on WS-014: `simulate_execution`, watched while it waits."""

    def __init__(self, trial: RunningTrial, *arguments: str) -> None:
        super().__init__(daemon=True)
        self._trial, self._arguments = trial, arguments
        self._printed = io.StringIO()
        self._code: int | None = None
        self.start()

    def run(self) -> None:
        done = self._trial.simulate(*self._arguments, printed=self._printed)
        self._code = done.returncode

    @property
    def printed(self) -> str:
        return self._printed.getvalue()

    def number(self) -> str:
        """PM-n, once the request is made and the endpoint waits."""
        eventually(lambda: "Waiting for approval" in self.printed, within=60)
        found = re.search(r"PM-\d+", self.printed)
        assert found, self.printed
        return found[0]

    def ended(self) -> int:
        """The exit code."""
        self.join(30)
        assert self._code is not None, self.printed
        return self._code
