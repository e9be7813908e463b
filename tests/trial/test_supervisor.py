"""The supervisor, with small real programs."""

import sys
from pathlib import Path

import pytest

from tests.running_trial import eventually
from trial.processes import Program
from trial.supervisor import StartFailed, Supervisor

SLEEPS = "import time; time.sleep(600)"
IGNORES_TERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('deaf', flush=True); time.sleep(600)"
)


def program(code: str, name: str = "worker") -> Program:
    return Program(name, (sys.executable, "-c", code))


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]):
    made = Supervisor(tmp_path, tmp_path, {}, said.append)
    yield made
    made.stop()


def test_a_program_that_ends_at_once_is_told_with_the_end_of_its_log(
    supervisor: Supervisor,
) -> None:
    supervisor.start(program("raise SystemExit('no such module')"))
    with pytest.raises(
        StartFailed, match=r"(?s)worker stopped at once \(exit code 1\).*no such mod"
    ):
        supervisor.wait_until(lambda: False, what="worker")


def test_a_program_that_never_answers_is_not_waited_for_without_end(
    supervisor: Supervisor,
) -> None:
    supervisor.start(program(SLEEPS))
    with pytest.raises(StartFailed, match="No answer from web server"):
        supervisor.wait_until(lambda: False, what="web server", within=0.2)


def test_a_program_that_dies_is_started_again_and_told(
    supervisor: Supervisor, said: list[str]
) -> None:
    supervisor.start(program(SLEEPS))
    (child,) = supervisor.children
    first = child.process
    assert first is not None
    first.kill()
    first.wait()
    supervisor._look_after(child)
    child.due_at = 0.0
    supervisor._look_after(child)
    assert child.runs
    assert child.process is not first
    assert "The worker stopped unexpectedly (exit code -9). It restarts in 1 s" in said[0]


def test_the_pause_grows_with_each_death(supervisor: Supervisor, said: list[str]) -> None:
    supervisor.start(program("raise SystemExit(3)"))
    (child,) = supervisor.children
    for _ in range(8):
        assert child.process is not None
        child.process.wait()
        supervisor._look_after(child)  # sees the death
        child.due_at = 0.0
        supervisor._look_after(child)  # starts it again
    pauses = [line.partition("restarts in ")[2].partition(" s.")[0] for line in said]
    assert pauses == ["1", "2", "4", "8", "16", "30", "30", "30"]


def test_all_are_ended_even_one_that_ignores_term(tmp_path: Path, said: list[str]) -> None:
    supervisor = Supervisor(tmp_path, tmp_path, {}, said.append)
    for name, code in (("Valkey", SLEEPS), ("deaf", IGNORES_TERM), ("worker", SLEEPS)):
        supervisor.start(program(code, name))
    eventually(lambda: "deaf" in (tmp_path / "deaf.log").read_text())
    supervisor.stop()
    assert [child.runs for child in supervisor.children] == [False, False, False]


def test_logs_are_the_owners_alone(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(program(SLEEPS, "mail server"))
    assert (tmp_path / "mail-server.log").stat().st_mode & 0o777 == 0o600
