"""simulate_execution and create_install_code, against the real server."""

import base64
import json
import re
import stat
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from agents.models import OfflineApproval
from agents.services import approve_offline
from agents.simulation import AgentClient
from agents.simulation import client as client_module
from approvals.models import ApprovalRequest, GrantUse
from approvals.services import Decider, decide
from policies.models import Filter, PolicyAction, PolicyEvent
from tests.agents.endpoints import (
    Agent,
    approve,
    make_action,
    make_agent,
    make_approval_policy,
    make_group,
    make_policy,
)
from tests.agents.serving import serving
from tests.factories import make_smtp_server, make_type, make_user
from tests.running_trial import free_port


@pytest.fixture
def agent(transactional_db: None) -> Agent:
    return make_agent(name="WS-014")


@pytest.fixture
def url(agent: Agent) -> Iterator[str]:
    with serving() as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def secrets_file(agent: Agent, tmp_path: Path) -> Path:
    path = tmp_path / "WS-014.json"
    kept = {
        "name": "WS-014",
        "computer_id": str(agent.computer.pk),
        "secret": agent.secret,
        "computer_key": base64.b64encode(agent.key).decode(),
        "platform": "windows",
    }
    path.write_text(json.dumps(kept))
    return path


def simulate(*arguments: object) -> tuple[int, str]:
    """Exit code, and what was printed."""
    out = StringIO()
    try:
        call_command("simulate_execution", *map(str, arguments), stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    return 0, out.getvalue()


def when_it_waits(monkeypatch: pytest.MonkeyPatch, then: object) -> None:
    """Call `then(number)` as soon as the agent begins to wait."""
    wait = AgentClient.wait
    done: list[bool] = []

    def waiting(self: AgentClient, ticket: str, *, seconds: int) -> object:
        if not done:
            done.append(True)
            then(ApprovalRequest.objects.get().number)  # type: ignore[operator]
        return wait(self, ticket, seconds=seconds)

    monkeypatch.setattr(AgentClient, "wait", waiting)


def test_an_approved_program_would_run(
    agent: Agent, url: str, secrets_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_approval_policy(agent.group)
    when_it_waits(monkeypatch, approve)
    code, printed = simulate("--url", url, "--secrets", secrets_file, "--reason", "CAD viewer")
    assert code == 0
    assert "Application Notice" in printed
    assert "Reason (required): CAD viewer" in printed
    assert "Waiting for approval… (Ctrl+C to cancel)" in printed
    assert re.search(r"Approved by decider\d+", printed)
    assert "runs with administrative rights" in printed
    assert GrantUse.objects.count() == 1


def test_a_denial_is_told_with_its_comment_made_visible(
    agent: Agent, url: str, secrets_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_approval_policy(agent.group)

    def deny(number: int) -> None:
        decider = Decider("console", user=make_user("dana"))
        decide(number=number, decider=decider, answer="deny", comment="No\x1b[31m.")

    when_it_waits(monkeypatch, deny)
    code, printed = simulate("--url", url, "--secrets", secrets_file, "--reason", "x")
    assert code == 126
    assert "Approval request was denied by dana: No[U+001B][31m." in printed


def test_ctrl_c_cancels_the_request(
    agent: Agent, url: str, secrets_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_approval_policy(agent.group)

    def interrupt(number: int) -> None:
        raise KeyboardInterrupt

    when_it_waits(monkeypatch, interrupt)
    code, printed = simulate("--url", url, "--secrets", secrets_file, "--reason", "x")
    assert (code, "was cancelled" in printed) == (130, True)
    assert ApprovalRequest.objects.get().state == "cancelled"


def test_no_wait_leaves_the_request_pending_and_the_next_one_joins_it(
    agent: Agent, url: str, secrets_file: Path
) -> None:
    make_approval_policy(agent.group)
    named = ("--url", url, "--secrets", secrets_file)
    assert simulate(*named, "--reason", "x", "--no-wait")[0] == 0
    assert ApprovalRequest.objects.get().state == "pending"
    code, printed = simulate(*named, "--timeout", "1")
    assert code == 124  # no denial
    assert "previous request for this application" in printed
    assert "No decision within 1 seconds" in printed


def test_a_denied_program_says_why(agent: Agent, url: str, secrets_file: Path) -> None:
    make_policy(agent.group, make_action("deny_execute_message", message="No games."))
    code, printed = simulate("--url", url, "--secrets", secrets_file)
    assert (code, "No games." in printed) == (126, True)


def test_offline_the_fetched_policies_decide_and_the_event_is_reported_once(
    agent: Agent, url: str, secrets_file: Path
) -> None:
    make_policy(agent.group, make_action("add_administrative_rights"))
    online = ("--url", url, "--secrets", secrets_file)
    assert simulate("--offline", "--secrets", secrets_file)[0] == 126  # it has no policies yet
    simulate(*online)
    code, out = simulate("--offline", "--secrets", secrets_file)
    assert (code, "with administrative rights" in out) == (0, True)
    offline = PolicyEvent.objects.filter(decision__has_key="offline")
    assert not offline.exists()
    assert "decided offline: 1." in simulate(*online)[1]
    assert "decided offline" not in simulate(*online)[1]
    assert [event.verdict for event in offline] == ["allow"]


@pytest.mark.parametrize("settings", [{"names": ["setup.exe"]}, {"text": ".*", "match": "regex"}])
def test_offline_nothing_runs_that_needs_the_console(
    agent: Agent, url: str, secrets_file: Path, settings: dict[str, str]
) -> None:
    make_approval_policy(agent.group)
    if "match" in settings:  # whatever the policy allows
        PolicyAction.objects.filter(action__kind="approval_request_form").delete()
        Filter.objects.update(kind="commandline", settings=settings)
    simulate("--url", url, "--secrets", secrets_file, "--reason", "r", "--no-wait")
    code, out = simulate("--offline", "--secrets", secrets_file)
    assert (code, "console" in out) == (126, True)


def test_offline_the_help_desks_code_lets_one_program_run_once(
    agent: Agent, url: str, secrets_file: Path
) -> None:
    make_smtp_server()
    form = make_action("approval_request_offline_form", make_type())
    make_policy(agent.group, form, make_action("add_administrative_rights"))
    online = ("--url", url, "--secrets", secrets_file)
    offline = ("--offline", "--secrets", secrets_file)
    simulate(*online, "--reason", "r", "--no-wait")
    code, out = simulate(*offline)
    asked = re.search("Request code: (.*)", out)
    assert code == 126
    assert asked
    assert simulate(*offline, "--offline-code", "AAAA AAAA")[0] == 126

    response = approve_offline(
        computer_name="WS-014",
        request_code=asked[1],
        account="EXAMPLE\\alice",
        program="setup.exe",
        reason="Known caller.",
        user=make_user(role="Helpdesk"),
    )
    code, out = simulate(*offline, "--offline-code", response)
    assert (code, "with administrative rights" in out) == (0, True)
    assert simulate(*offline, "--offline-code", response)[0] == 126
    simulate(*online, "--reason", "r", "--no-wait")
    approval = OfflineApproval.objects.get()
    assert (approval.differs, bool(approval.event_id)) == ("", True)


def test_a_forged_verdict_runs_nothing(
    agent: Agent, url: str, secrets_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "is_genuine", lambda *_, **__: False)
    code, printed = simulate("--url", url, "--secrets", secrets_file)
    assert (code, "not signed" in printed) == (126, True)


def test_a_console_that_is_not_there_cannot_be_reached(agent: Agent, secrets_file: Path) -> None:
    named = ("--url", f"http://127.0.0.1:{free_port()}", "--secrets", secrets_file)
    code, printed = simulate(*named)
    assert (code, "doesn't answer" in printed) == (1, True)


def test_a_computer_that_is_not_registered_is_wrong_usage(tmp_path: Path) -> None:
    code, printed = simulate("--secrets", tmp_path / "none.json")
    assert (code, "--install-code" in printed) == (2, True)


def test_an_install_code_registers_the_computer_first(url: str, tmp_path: Path) -> None:
    group, out = make_group("linux"), StringIO()
    call_command("create_install_code", "--group", group.name, stdout=out)
    file = tmp_path / "LX-1.json"
    code, printed = simulate(
        *("--url", url, "--secrets", file, "--computer", "LX-1", "--platform", "linux"),
        *("--install-code", out.getvalue().strip(), "--file", "/usr/bin/id"),
    )
    assert code == 0, printed
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert simulate("--url", url, "--secrets", file, "--file", "/usr/bin/id")[0] == 0


@pytest.mark.django_db
def test_an_install_code_needs_a_group_that_exists() -> None:
    make_group()
    with pytest.raises(CommandError, match="Existing groups: Group") as raised:
        call_command("create_install_code", "--group", "Nowhere")
    assert raised.value.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["--sha256", "abc"], "--sha256: Enter 64 hexadecimal digits."),
        (["--user", "x" * 300], "--user: Enter up to 256 characters, such as"),
        (["--reason", "x" * 251], "--reason: Enter 1 to 250 characters."),
        (["--reason", "R", "--minutes", "0"], "--minutes: Enter a whole number from 1 to 527,040."),
    ],
)
def test_what_the_console_refuses_of_an_option_names_the_option_and_what_to_enter(
    agent: Agent, url: str, secrets_file: Path, arguments: list[str], advice: str
) -> None:
    make_approval_policy(agent.group)
    code, said = simulate("--url", url, "--secrets", secrets_file, "--no-wait", *arguments)
    assert code == 2
    assert advice in said
    assert "(invalid)" not in said
