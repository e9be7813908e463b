"""The operator's emergency door: what somebody at the command line might get away with."""

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from approvals.models import ApprovalRequest, Decision, Grant, OutgoingMail
from approvals.services import Decider, decide
from core.audit.models import Payload
from tests.factories import invitation_of, let_expire, make_plea, make_request, make_user
from tests.running_trial import ROOT, free_port

ME = f"operator {pwd.getpwuid(os.geteuid()).pw_name}"


@pytest.fixture(autouse=True)
def without_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("approvals", *arguments)
    return capsys.readouterr().out


def code_of(*arguments: str) -> int:
    with pytest.raises(CommandError) as refused:
        call_command("approvals", *arguments)
    return refused.value.returncode


def approve_by_mail(request: ApprovalRequest, **more: Any) -> None:
    decider = Decider("reply", invitation=invitation_of(request))
    decide(number=request.number, decider=decider, answer="approve", **more)


@pytest.mark.django_db
def test_an_approval_without_a_name_or_a_reason(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "dana")  # what the environment claims
    monkeypatch.setenv("USER", "dana")
    monkeypatch.setenv("SUDO_USER", "sam")
    request = make_request(approvals_needed=2)
    for words in ([], ["--reason", "  "], ["--reason", "x" * 1001], ["--reason", "\udcff"]):
        with pytest.raises(CommandError, match="--reason"):
            call_command("approvals", "approve", str(request), *words)
    printed = run(capsys, "approve", str(request), "--reason", "Mail is down.", "--hours", "2")
    assert printed.splitlines() == [
        f"{request}: setup.exe for EXAMPLE\\alice on WS-014 with administrator rights",
        f"Approved for 2 hours. Recorded as operator override by {ME} (sudo by sam).",
    ]
    decision = Decision.objects.get()
    assert (decision.name, decision.channel) == (f"{ME} (sudo by sam)", "command")
    assert (decision.comment, decision.person) == ("Mail is down.", None)
    entry = json.loads(Payload.objects.latest("entry__sequence").text)
    assert (entry["actor"]["name"], entry["facts"]["channel"]) == (decision.name, "command")
    assert str(decision).endswith("operator override")


@pytest.mark.django_db
def test_an_override_that_the_approvers_never_hear_of(capsys: pytest.CaptureFixture[str]) -> None:
    request = make_request()
    OutgoingMail.objects.update(state="sent")
    run(capsys, "deny", f"pm-{request.number}", "--reason", "Not now.")
    request.refresh_from_db()
    assert request.state == "denied"
    told = OutgoingMail.objects.filter(purpose="outcome")
    assert {mail.recipient for mail in told} == {"dana@example.com", "lee@example.com"}
    assert ME in told[0].draft.text


@pytest.mark.django_db
def test_an_override_gives_no_more_than_an_approver_gave_or_the_process_allows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    request = make_request(approvals_needed=2, longest_grant=60)
    assert code_of("approve", str(request), "--reason", "R", "--minutes", "61") == 1
    assert code_of("approve", str(request), "--reason", "R", "--hours", "9999999") == 1
    approve_by_mail(request)  # One Time
    assert "Approved, One Time." in run(
        capsys, "approve", str(request), "--reason", "R", "--minutes", "60"
    )
    assert Grant.objects.get().one_time


@pytest.mark.django_db
def test_deciding_twice_or_what_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    request, late = make_request(), make_request(plea=make_plea(account="E\\bob"))
    let_expire(late)
    run(capsys, "approve", str(request), "--reason", "R")
    assert code_of("approve", str(request), "--reason", "R") == 4
    assert code_of("deny", str(request), "--reason", "R") == 4
    assert code_of("approve", str(late), "--reason", "R") == 4
    assert Grant.objects.count() == 1
    for verb in ("approve", "deny", "revoke"):
        assert code_of(verb, "PM-999999999999999999", "--reason", "R") == 3
    assert code_of("show", "PM-77") == 3


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["", "PM-", "-1", "PM-1x", "9" * 40, "PM-\u0661", "1;drop"])
def test_a_number_that_is_none(number: str) -> None:
    with pytest.raises(CommandError):
        call_command("approvals", "show", number)


@pytest.mark.django_db
def test_revoking_silently(capsys: pytest.CaptureFixture[str]) -> None:
    make_user("alice", email="alice@example.com", accounts=("EXAMPLE\\alice",))
    request, pending = make_request(), make_request(plea=make_plea(account="E\\bob"))
    approve_by_mail(request, minutes=120)
    assert str(request) in run(capsys, "list", "--grants")
    with pytest.raises(CommandError, match="--reason"):
        call_command("approvals", "revoke", str(request))
    printed = run(capsys, "revoke", str(request), "--reason", "The wrong installer.")
    assert f"Approved for 2 hours, revoked. Recorded as operator override by {ME}.\n" in printed
    grant = Grant.objects.get()
    assert grant.revoked_by == f"{ME}, operator override"
    assert OutgoingMail.objects.filter(purpose="revoked").exists()
    assert "No grants are active." in run(capsys, "list", "--grants")
    assert code_of("revoke", str(request), "--reason", "Again") == 4
    assert code_of("revoke", str(pending), "--reason", "R") == 4


@pytest.mark.django_db
def test_a_file_name_that_writes_to_the_operators_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = "a\x1b[2J\r\nPM-9  pending\u202eexe\x9b31m"
    request = make_request(
        reason=hostile,
        plea=make_plea(
            file_name=hostile,
            file_path=hostile,
            account=hostile,
            computer_name=hostile,
            command_line=hostile,
        ),
    )
    printed = [run(capsys, "list"), run(capsys, "show", str(request))]
    approve_by_mail(request, minutes=120, comment=hostile)
    printed += [
        run(capsys, "show", str(request)),
        run(capsys, "list", "--grants"),
        run(capsys, "show", str(request), "--json"),
    ]
    for text in printed:
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
        assert not re.search(r"^PM-9", text, re.M)
    assert json.loads(printed[-1])["file"] == hostile


@pytest.mark.django_db
def test_a_story_that_leaves_something_out(capsys: pytest.CaptureFixture[str]) -> None:
    request = make_request()
    approve_by_mail(request, minutes=120, comment="Fine.\nRemove it afterwards.")
    run(capsys, "revoke", str(request), "--reason", "The wrong installer.")
    lines = run(capsys, "show", str(request))
    for words in (
        "Need the CAD viewer.",
        request.sha256,
        "Approved for 2 hours, revoked",
        "Approval request queued to dana@example.com and lee@example.com",
        "Approved for 2 hours by dana@example.com, by email",
        "Remove it afterwards.",
        f"Grant revoked by {ME}, operator override",
        "“The wrong installer.”",
    ):
        assert words in lines
    told = json.loads(run(capsys, "show", str(request), "--json"))
    assert (told["state"], told["grant"]["revoke_reason"]) == ("approved", "The wrong installer.")
    assert told["events"][0]["title"] == "alice asked for approval"


@pytest.mark.django_db
def test_the_lists_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = make_request(), make_request(plea=make_plea(account="E\\bob"))
    listed = json.loads(run(capsys, "list", "--json"))
    assert [one["request"] for one in listed] == [str(first), str(second)]
    done = json.loads(run(capsys, "approve", str(first), "--reason", "R", "--json"))
    assert (done["outcome"], done["override_by"]) == ("Approved, One Time", ME)
    (granted,) = json.loads(run(capsys, "list", "--grants", "--json"))
    assert granted["grant"]["one_time"] is True
    assert run(capsys, "list").splitlines()[0].split() == [
        *("REQUEST", "USER", "COMPUTER", "FILE", "ASKED", "EXPIRES")
    ]


# Command lines one after the other, as `manage.py` runs each: to start it for each took 20 seconds.
COMMANDS = """
import contextlib, io, json, sys
import manage

results = []
for words in json.load(sys.stdin):
    sys.argv, out, err, code = ["manage.py", *words], io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            manage.main()
        except SystemExit as ended:
            code = ended.code or 0
    results.append([code, out.getvalue(), err.getvalue()])
print(json.dumps(results))
"""


def test_the_door_is_shut_while_redis_is_away(migrated: Path, tmp_path: Path) -> None:
    shutil.copy(migrated, tmp_path / "door.sqlite3")
    environment = {**os.environ, "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}

    def commands(database: str, *lines: tuple[str, ...]) -> list[tuple[int, str, str]]:
        ran = subprocess.run(
            [sys.executable, "-c", COMMANDS],
            check=False,
            cwd=ROOT,
            env=environment | {"DATABASE_URL": f"sqlite:///{tmp_path / database}"},
            input=json.dumps(lines),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (ran.returncode, "Traceback" in ran.stderr) == (0, False), ran.stderr
        return [tuple(each) for each in json.loads(ran.stdout.splitlines()[-1])]

    opened = (
        "from tests.factories import make_request, make_plea\n"
        "make_request(); make_request(plea=make_plea(account='E\\\\bob'))"
    )
    made, approved, revoked, shown, *refused = commands(
        "door.sqlite3",
        ("shell", "-c", opened),
        ("approvals", "approve", "PM-1", "--reason", "R", "--minutes", "30"),
        ("approvals", "revoke", "1", "--reason", "R", "--json"),
        ("approvals", "show", "PM-1"),
        ("approvals", "deny", "PM-1", "--reason", "R"),
        ("approvals", "show", "PM-9"),
        ("approvals", "approve", "PM-2"),
        ("approvals", "approve", "PM-2", "--reason", "R", "--minutes", "99999"),
    )
    assert [code for code, *_ in (made, approved, revoked, shown)] == [0] * 4
    assert "Approved for 30 minutes" in approved[1]
    assert "operator override" in shown[1]
    assert [code for code, *_ in refused] == [4, 3, 2, 1]
    ((code, _, said),) = commands("empty.sqlite3", ("approvals", "list"))
    assert (code, "Traceback" in said) == (1, False)
