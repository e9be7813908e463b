"""What a test starts ends with it, also where the time limit ends the worker without any farewell."""

import contextlib
import os
import signal
import subprocess
import sys

import pytest

from tests.running_trial import ROOT, eventually

WORKER = """
import os, subprocess, sys
from tests.running_trial import end_with_us
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True,
                         stdout=subprocess.PIPE, text=True)
child.stdout.readline()
watcher = end_with_us(child.pid)
print(child.pid, flush=True)
if sys.argv[2] == "let go":
    watcher.communicate("ended")
os._exit(1)
"""
PROGRAM = "print('ready', flush=True)\nimport time\ntime.sleep(120)"


def start(ending: str) -> int:
    """The process group that a worker has left, which ended without cleaning up."""
    worker = subprocess.run(
        [sys.executable, "-c", WORKER, PROGRAM, ending],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return int(worker.stdout)


def is_running(group: int) -> bool:
    """Whether a process of the group still runs (one that nobody waited for may be left of it)."""
    found = subprocess.run(
        ["ps", "-o", "stat=", "--no-headers", "-g", str(group)],
        capture_output=True,
        text=True,
        check=False,
    )
    return any(not line.startswith("Z") for line in found.stdout.split())


def test_what_a_worker_started_ends_when_the_worker_is_ended() -> None:
    group = start("by the time limit")
    eventually(lambda: not is_running(group), what="the program has ended")


def test_what_a_worker_has_ended_itself_is_left_alone() -> None:
    group = start("let go")
    try:
        assert is_running(group)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    with pytest.raises(AssertionError):
        eventually(lambda: is_running(group), within=1)
