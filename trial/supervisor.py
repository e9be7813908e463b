"""Starting several programs, watching them, starting again what dies, and ending them all."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from trial.forks import STOPPING, Fork
from trial.processes import Program, log_end, start

LOOK_EVERY = 0.1  # seconds
MAX_PAUSE = 30.0  # seconds before a program that keeps dying is started again
WELL_AFTER = 60.0  # seconds after which an earlier death counts no more
MAX_STOPPING = 3.5  # seconds between TERM and KILL


class StartFailed(Exception):
    """A program ended, or did not become ready; the message says which and why."""


class StopAsked(Exception):
    """Ctrl+C or TERM came before all was ready."""


@dataclass
class Child:
    """A program and its process; without a process it waits for `due_at` (monotonic seconds)."""

    program: Program
    process: "subprocess.Popen[bytes] | Fork | None" = None
    started_at: float = 0.0
    due_at: float = 0.0
    deaths: int = 0

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Supervisor:
    """All children of one `up`. `say` writes a line for the person at the terminal."""

    folder: Path  # the project, where the programs run
    logs: Path
    environment: Mapping[str, str]
    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    stop_asked: bool = False

    def listen_to_signals(self) -> None:
        """From now on Ctrl+C, TERM and a closed terminal only ask to stop."""
        for number in STOPPING:
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stop_asked = True

    def start(self, program: Program) -> None:
        child = Child(program)
        self.children.append(child)
        self._start(child)

    def _start(self, child: Child) -> None:
        child.process = start(
            child.program, logs=self.logs, folder=self.folder, environment=self.environment
        )
        child.started_at = time.monotonic()

    def wait_until(self, ready: Callable[[], bool], *, what: str, within: float = 40.0) -> None:
        """Wait for a condition. Raises StartFailed when a child ends or `within` seconds are over."""
        end = time.monotonic() + within
        while not ready():
            self._raise_if_stopped()
            if time.monotonic() > end:
                raise StartFailed(f"No answer from {what} within {within:.0f} s.\n{self._ends()}")
            time.sleep(LOOK_EVERY)
        self._raise_if_stopped()

    def _raise_if_stopped(self) -> None:
        if self.stop_asked:
            raise StopAsked
        for child in self.children:
            if child.process is not None and not child.runs:
                name, code = child.program.name, child.process.returncode
                raise StartFailed(
                    f"The {name} stopped at once (exit code {code}). Its log ends:\n"
                    + log_end(self.logs, name)
                )

    def _ends(self) -> str:
        return "\n".join(
            f"--- {child.program.name}\n{log_end(self.logs, child.program.name, lines=4)}"
            for child in self.children
        )

    def watch(self) -> None:
        """Keep all running until a signal asks to stop."""
        while not self.stop_asked:
            for child in self.children:
                self._look_after(child)
            time.sleep(LOOK_EVERY)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due_at:
                self._start(child)
        elif not child.runs:
            child.deaths = 1 if now - child.started_at > WELL_AFTER else child.deaths + 1
            pause = min(2.0 ** (child.deaths - 1), MAX_PAUSE)
            child.due_at = now + pause
            self.say(
                f"The {child.program.name} stopped unexpectedly (exit code {child.process.returncode}). "
                f"It restarts in {pause:.0f} s. Its log is in {self.logs}."
            )
            child.process = None

    def stop(self) -> None:
        """End all: the programs first, then the one started first, on which they rely."""
        relied_on, others = self.children[:1], self.children[1:]
        _end(others, patience=MAX_STOPPING)
        _end(relied_on, patience=1.0)


def _end(children: Iterable[Child], *, patience: float) -> None:
    """TERM to each, and KILL to what is still there after `patience` seconds."""
    processes = [child.process for child in children if child.process is not None]
    for process in processes:
        process.terminate()
    end = time.monotonic() + patience
    for process in processes:
        try:
            process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
