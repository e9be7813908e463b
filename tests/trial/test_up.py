"""A real `up`, looked at from outside: what it prints, what it starts, and what it leaves."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.running_trial import RunningTrial, eventually, free_port

pytestmark = pytest.mark.story
PROGRAMS = ("valkey-server", "web server", "worker", "scheduler", "mail server")


def processes_of(folder: Path) -> dict[int, str]:
    """Living processes that were started for this trial: pid and name."""
    found = {}
    mark = f"PMCONSOLE_TRIAL_FOLDER={folder}".encode()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            ours = mark in (place / "environ").read_bytes().split(b"\0")
            line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            name = (place / "comm").read_text().strip()
        except OSError:  # it has just ended
            continue
        # Valkey writes its title over its environment; the title names the socket.
        if line and (ours or f"{folder}/valkey.sock" in line):
            found[int(place.name)] = name
    return found


def only(processes: dict[int, str], program: str) -> int:
    """The pid of the one process of this name; 0 while there is none."""
    pids = [pid for pid, name in processes.items() if name == program]
    return pids[0] if len(pids) == 1 else 0


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTrial]:
    running = RunningTrial(tmp_path_factory.mktemp("up") / "trial").start()
    yield running
    running.stop()


@dataclass(frozen=True)
class Stopped:
    code: int
    seconds: float
    left: dict[int, str]


@pytest.fixture(scope="module")
def stopped(first: RunningTrial) -> Stopped:
    begin = time.monotonic()
    code = first.stop()
    return Stopped(code, time.monotonic() - begin, processes_of(first.folder))


@pytest.fixture(scope="module")
def second(first: RunningTrial, stopped: Stopped) -> Iterator[RunningTrial]:
    running = RunningTrial(first.folder).start()
    yield running
    running.stop()


def test_it_answers_before_it_prints_the_address(first: RunningTrial) -> None:
    assert f"{first.url}/" in first.printed
    with urllib.request.urlopen(f"{first.url}/sign-in/", timeout=10) as page:
        assert page.status == 200


def test_the_password_is_printed_once(first: RunningTrial) -> None:
    assert len(first.password) >= 16
    assert first.printed.count(first.password) == 1


def test_the_terminal_stays_readable(first: RunningTrial) -> None:
    assert len(first.printed.splitlines()) < 20


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_runs(first: RunningTrial, program: str) -> None:
    assert only(processes_of(first.folder), program)


def test_what_it_keeps_is_the_owners_alone(first: RunningTrial) -> None:
    places = [first.folder, *first.folder.rglob("*")]
    open_to_others = [place for place in places if place.lstat().st_mode & 0o077]
    assert open_to_others == []


def test_other_commands_find_its_addresses(first: RunningTrial) -> None:
    running = json.loads((first.folder / "running.json").read_text())
    assert running["PUBLIC_URL"] == first.url
    password = json.loads((first.folder / "secrets.json").read_text())["TRIAL_MAIL_PASSWORD"]
    mail_server = f"127.0.0.1:{running['TRIAL_MAIL_PORT']}"
    assert running["SMTP_URL"] == f"smtp://trial:{password}@{mail_server}"


def test_a_second_one_on_the_same_folder_is_refused(first: RunningTrial) -> None:
    done = first.command("up", "--port", str(free_port()))
    assert done.returncode == 1
    assert "already" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_told_in_one_line_and_nothing_is_left(
    first: RunningTrial, tmp_path: Path
) -> None:
    other = RunningTrial(tmp_path / "other", port=first.port)
    done = other.command("up", "--port", str(first.port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"CommandError: Port {first.port} is in use")
    assert f"--port {first.port + 1}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert processes_of(other.folder) == {}


def test_a_program_that_is_killed_is_started_again(first: RunningTrial) -> None:
    before = only(processes_of(first.folder), "mail server")
    os.kill(before, signal.SIGKILL)
    after = eventually(
        lambda: {only(processes_of(first.folder), "mail server")} - {0, before},
        what="a new mail server",
    )
    assert after


def test_ctrl_c_ends_it_within_seconds_and_leaves_no_process(stopped: Stopped) -> None:
    assert stopped.code == 0
    assert stopped.left == {}
    assert stopped.seconds < 8


def test_a_second_run_keeps_all_data(first: RunningTrial, second: RunningTrial) -> None:
    assert first.password not in second.printed
    assert "Forgotten?" in second.printed
    count = "from policies.models import Computer; print('computers', Computer.objects.count())"
    assert "computers 2" in second.command("shell", "-c", count).stdout


def test_a_killed_one_leaves_no_process_either(second: RunningTrial) -> None:
    assert second.process is not None
    second.process.kill()
    second.process.wait()
    eventually(lambda: not processes_of(second.folder), within=10, what="all have ended")
