"""The main job as one story, against a real `up`, with real SMTP both ways."""

import contextlib
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.running_trial import Endpoint, RunningTrial, eventually
from tests.visitor import Visitor, mail_about, reply_over_smtp

pytestmark = pytest.mark.story
DANA, LEE = "dana@example.com", "lee@example.com"


NINA = "EXAMPLE\\nina"  # alice has asked often: an account may 20 times an hour


def path_of(name: str) -> str:
    return f"C:\\Users\\alice\\Downloads\\{name}\\setup.exe"


def endpoint_of(trial: RunningTrial, name: str, *arguments: str) -> Endpoint:
    return Endpoint(trial, "--file", path_of(name), *arguments)


@pytest.fixture(scope="module")
def visitor(trial: RunningTrial) -> Visitor:
    return Visitor(trial).sign_in()


def test_approve_by_reply_runs_the_program_once(trial: RunningTrial, visitor: Visitor) -> None:
    endpoint = endpoint_of(trial, "once", "--reason", "Need the CAD viewer")
    number = endpoint.number()
    asked = mail_about(visitor, DANA, number, "Approval needed")

    reply_over_smtp(trial, DANA, asked, "APPROVE\nFine for the tender.\n")

    assert endpoint.ended() == 0, endpoint.printed
    assert "Fine for the tender." in endpoint.printed
    mail_about(visitor, LEE, number, "Outcome")
    mail_about(visitor, "alice@example.com", number, "Outcome")
    page = visitor.get(f"/approvals/{number}/")
    for words in ("Approved, One Time", "250 ", "Dana Whitfield", "dmarc=pass"):
        assert words in page
    again = trial.simulate("--file", path_of("once"), "--reason", "Once more", "--no-wait")
    assert "PM-" in again.stdout, "the One Time grant was used up, so it asks anew"


def test_approve_for_two_hours_holds_for_further_runs(
    trial: RunningTrial, visitor: Visitor
) -> None:
    endpoint = endpoint_of(trial, "timed", "--reason", "Updating")
    asked = mail_about(visitor, DANA, endpoint.number(), "Approval needed")

    reply_over_smtp(trial, DANA, asked, "Approve for 2 hours.\n")

    assert endpoint.ended() == 0, endpoint.printed
    again = trial.simulate("--file", path_of("timed"))
    assert again.returncode == 0
    assert "PM-" not in again.stdout


def test_deny_by_reply_tells_the_user_why(trial: RunningTrial, visitor: Visitor) -> None:
    endpoint = endpoint_of(trial, "denied", "--reason", "I want it")
    asked = mail_about(visitor, LEE, endpoint.number(), "Approval needed")

    reply_over_smtp(trial, LEE, asked, "DENY\nUse the packaged version.\n")

    assert endpoint.ended() == 126
    assert "Use the packaged version." in endpoint.printed
    again = trial.simulate("--file", path_of("denied"), "--reason", "Please")
    assert again.returncode == 126
    assert "Use the packaged version." in again.stdout


def test_the_link_shows_on_get_and_decides_on_post(trial: RunningTrial, visitor: Visitor) -> None:
    endpoint = endpoint_of(trial, "link", "--reason", "By link")
    number = endpoint.number()
    asked = mail_about(visitor, DANA, number, "Approval needed")
    phone = Visitor(trial)

    assert "wants to run" in phone.get(asked.link)
    assert "Pending" in visitor.get(f"/approvals/{number}/")
    phone.post(asked.link, answer="approve", length="", comment="From my phone")

    assert endpoint.ended() == 0, endpoint.printed
    assert "From my phone" in endpoint.printed
    assert "You approved" in phone.get(asked.link)


def test_manage_approvals_decides(trial: RunningTrial, visitor: Visitor) -> None:
    endpoint = endpoint_of(trial, "console", "--reason", "In the console")
    number = endpoint.number()
    assert number in visitor.get("/approvals/")

    visitor.post(f"/approvals/{number}/approve/", kind="timed", amount="2", unit="hours")

    assert endpoint.ended() == 0, endpoint.printed
    late = mail_about(visitor, DANA, number, "Approval needed")
    reply_over_smtp(trial, DANA, late, "DENY\n")
    mail_about(visitor, DANA, number, "Outcome")
    assert "too late" in eventually(
        lambda: page if "too late" in (page := visitor.get(f"/approvals/{number}/")) else ""
    )


def test_a_reply_of_nobody_signed_in_is_rejected_and_shown(
    trial: RunningTrial, visitor: Visitor
) -> None:
    asks = trial.simulate("--file", path_of("forged"), "--reason", "Forged", "--no-wait")
    found = re.search(r"PM-\d+", asks.stdout)
    assert found, asks.stdout
    asked = mail_about(visitor, DANA, found[0], "Approval needed")

    reply_over_smtp(trial, DANA, asked, "APPROVE\n", signed_in=False)

    page = eventually(
        lambda: text if "rejected" in (text := visitor.get(f"/approvals/{found[0]}/")) else ""
    )
    assert "Pending" in page


def test_ctrl_c_at_the_endpoint_cancels_the_request(trial: RunningTrial, visitor: Visitor) -> None:
    arguments = ("--file", path_of("cancelled"), "--user", NINA, "--reason", "Never mind")
    process = trial.begin("simulate_execution", *arguments)
    number = waits_for(process)
    for _ in range(3):  # Python drops an interrupt that comes while it closes a connection
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(8)
            break

    assert process.wait(1) == 130
    assert "Cancelled" in visitor.get(f"/approvals/{number}/")


def waits_for(process: "subprocess.Popen[str]") -> str:
    """PM-n, once the request is made and the endpoint waits."""
    printed = ""
    assert process.stdout is not None
    for line in process.stdout:
        printed += line
        found = re.search(r"PM-\d+", printed)
        if found and "Waiting for approval" in printed:
            return found[0]
    raise AssertionError(printed)


def workers_of(trial: RunningTrial) -> list[int]:
    """The process ids of the trial's Celery worker."""
    found = subprocess.run(["ps", "-eo", "pid,comm"], capture_output=True, text=True, check=True)
    pids = [int(line.split()[0]) for line in found.stdout.splitlines() if line.endswith(" worker")]
    marker = f"PMCONSOLE_TRIAL_FOLDER={trial.folder}".encode()
    return [pid for pid in pids if marker in _environment(pid)]


def _environment(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def test_killing_the_worker_in_the_middle_loses_nothing(
    trial: RunningTrial, visitor: Visitor
) -> None:
    killed = workers_of(trial)
    assert killed
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    endpoint = endpoint_of(trial, "killed", "--user", NINA, "--reason", "The worker is dead")
    number = endpoint.number()
    asked = mail_about(visitor, DANA, number, "Approval needed")
    for pid in workers_of(trial):
        os.kill(pid, signal.SIGKILL)
    reply_over_smtp(trial, DANA, asked, "APPROVE\n")

    assert endpoint.ended() == 0, endpoint.printed


def test_the_audit_trail_is_whole_after_all_this(trial: RunningTrial) -> None:
    checked = trial.command("verify_audit")

    assert checked.returncode == 0, checked.stderr
    assert "is intact" in checked.stdout
