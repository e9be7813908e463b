"""Runs a program that takes no lines, such as a Celery worker, for as long as somebody holds our input.

python -m benchmarks.sending.tied ARGUMENT...: Python with these arguments. The line "pause" stops it,
"go on" lets it go on. When the input ends, as it does when whoever started us ends in any way, so do
the program and what it has started.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress

LINES = {"pause": signal.SIGSTOP, "go on": signal.SIGCONT}

program = subprocess.Popen(  # noqa: S603
    [sys.executable, *sys.argv[1:]], stdin=subprocess.DEVNULL, start_new_session=True
)
for line in sys.stdin:
    os.killpg(program.pid, LINES[line.strip()])
    print(flush=True)
with suppress(ProcessLookupError):
    os.killpg(program.pid, signal.SIGCONT)
    os.killpg(program.pid, signal.SIGTERM)
    try:
        program.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, signal.SIGKILL)
