"""What a requester wants: an approval of something that the approver has not seen."""

import re
import uuid
from html import unescape
from typing import Any

import pytest
from django.test import Client

from approvals.letters.exact import listed, quoted
from approvals.letters.execution import Execution
from approvals.models import ApprovalRequest, MailDraft, OutgoingMail
from approvals.services import Decider, decide
from approvals.terms import Rights
from approvals.tokens import link_token
from core.audit.models import Entry, Payload
from tests.agents.endpoints import (
    SETUP,
    Agent,
    an_event,
    make_action,
    make_approval_policy,
    make_policy,
)
from tests.factories import DANA, invitation_of, make_plea, make_request, make_type, make_user

pytestmark = pytest.mark.django_db
ENCODED = "powershell -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiACkA"


def asked(agent: Agent, **event: Any) -> ApprovalRequest:
    """A request opened over the API for an execution without a command line."""
    values = {"command_line": "", **event}
    return ApprovalRequest.objects.get(pk=agent.ask(an_event(**values))["request"])


def plain(html: str) -> str:
    """What the eye reads: without tags; no-break spaces are blanks to it."""
    return unescape(re.sub(r"<[^>]*>", "", html)).replace("\u00a0", " ")


def everywhere(request: ApprovalRequest) -> dict[str, str]:
    """Each place where somebody decides, as it is read."""
    draft = OutgoingMail.objects.get(request=request, recipient=DANA, purpose="request").draft
    invitation = invitation_of(request)
    token = link_token(invitation.pk, invitation.key_number)
    console = Client()
    console.force_login(make_user(role="Helpdesk"))
    pages = {
        "decision page": Client().get(f"/d/{token}"),
        "request page": console.get(f"/approvals/{request}/"),
        "row": console.get(f"/approvals/{request}/row/?open={request.number}"),
        "dialog": console.get(f"/approvals/{request}/approve/"),
        "bulk dialog": console.get(f"/approvals/bulk/?verb=approve&request={request.number}"),
    }
    assert {page.status_code for page in pages.values()} == {200}, pages
    shown = {name: page.content.decode() for name, page in pages.items()}
    found = {"html mail": draft.html, **shown}
    return {name: plain(html) for name, html in found.items()} | {
        "text mail": draft.text.replace("\u00a0", " ")
    }


def test_hide_the_payload_in_arguments_without_a_command_line(agent: Agent) -> None:
    make_approval_policy(agent.group)
    for place, text in everywhere(asked(agent, arguments=["/S", f"/RUN={ENCODED}"])).items():
        assert f'/S "/RUN={ENCODED}"' in text, place
        assert "Encoded PowerShell:" in text, place
        assert "Base64 in the command line:" in text, place
        assert "with administrator rights" in text, place


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("run_as", "EXAMPLE\\Domain Admin"),
        ("working_directory", "C:\\Users\\alice\\evil plugins"),
        ("interpreter_sha256", "ab" * 32),
        ("sha256", "cd" * 32),
        ("account_id", "S-1-5-21-1-2-3-1104"),
        ("file_path", "C:\\Users\\alice\\My Tools\\setup.exe"),
    ],
)
def test_hide_any_other_bound_value(agent: Agent, name: str, value: str) -> None:
    make_approval_policy(agent.group)
    for place, text in everywhere(asked(agent, **{name: value})).items():
        assert value in text, place


def test_hide_the_account_and_the_variables_that_a_policy_sets(agent: Agent) -> None:
    form = make_action("approval_request_form", make_type())
    account = make_action("run_as_user", account="EXAMPLE\\svc-backup")
    variable = make_action("set_environment_variable", variable="LD_PRELOAD", value="/tmp/a b.so")
    make_policy(agent.group, form, account, variable)
    for place, text in everywhere(asked(agent)).items():
        assert "as EXAMPLE\\svc-backup" in text, place
        assert '"LD_PRELOAD=/tmp/a b.so"' in text, place


def test_describe_an_evil_command_by_a_harmless_command_line(agent: Agent) -> None:
    make_approval_policy(agent.group)
    request = asked(agent, arguments=["/RUN=evil"], command_line=f'"{SETUP}" /S')
    for place, text in everywhere(request).items():
        assert "The endpoint words the command line differently" in text, place
        assert f'"{SETUP}" /S' in text, place
        assert "/RUN=evil" in text, place


def test_a_command_line_that_says_the_same_is_not_repeated(agent: Agent) -> None:
    make_approval_policy(agent.group)
    for place, text in everywhere(asked(agent, command_line=f'"{SETUP}" /S')).items():
        assert "differently" not in text, place
        assert f'"{SETUP}" /S' not in text, place


@pytest.mark.parametrize(
    ("line", "arguments", "windows", "reworded"),
    [
        ("setup.exe /S", ["/S"], True, False),
        ("setup /S", ["/S"], True, False),
        ("/S", ["/S"], True, False),
        (f'"{SETUP}"  /S ', ["/S"], True, False),
        ('setup.exe "a b" c\\"d "e\\\\"', ["a b", 'c"d', "e\\"], True, False),
        ("setup.exe a b", ["a b"], True, True),
        ("C:\\Other\\setup.exe /S", ["/S"], True, True),
        ("notepad.exe /S", ["/S"], True, True),
        ("setup.exe /S /S", ["/S"], True, True),
        ("apt update", ["update"], False, False),
        ("/usr/bin/apt 'update'", ["update"], False, False),
        ("apt upd\\ate", ["update"], False, False),
        ("apt update; id", ["update"], False, True),
        ("apt 'update", ["update"], False, True),
        ("/tmp/apt update", ["update"], False, True),
        ("", ["update"], False, False),
    ],
)
def test_a_command_line_is_read_by_the_rules_of_its_platform(line, arguments, windows, reworded):
    path = SETUP if windows else "/usr/bin/apt"
    run = Execution(path, windows, arguments=tuple(arguments), command_line=line)
    assert run.reworded is reworded


def test_pass_two_items_for_one_or_a_blank_for_another() -> None:
    lists = [
        *(["a b"], ["a", "b"], ["a", "", "b"], ["a  b"], ["a\u00a0b"], ["a\u2003b"], ["a\tb"]),
        *(["a\nb"], ["a[U+000A]b"], ["a", "b "], ['"a', 'b"'], ['"a b"'], ["a\\", "b"], ["a\\ b"]),
        *(["a\u200bb"], ["ab"], ['a"b'], ['a\\"b'], ["a b\\"], ['a b\\"'], [""], ["", ""]),
    ]
    assert len({listed(items) for items in lists}) == len(lists)
    assert quoted("a b\\") == '"a b\\\\"'


def test_hide_the_tail_behind_the_cut(agent: Agent) -> None:
    make_approval_policy(agent.group)
    arguments = ["/S", "x" * 4000, "--then=evil"]
    for place, text in everywhere(asked(agent, arguments=arguments)).items():
        assert "--then=evil" in text, place
        assert "Long command line: 4,015 characters" in text, place
        assert re.search(r"\[… 3,\d\d\d characters left out …\]", text), place
        assert ("x" * 4000 in text) == ("mail" not in place), place


def test_hide_the_middle_behind_the_cut_of_a_path_or_a_folder(agent: Agent) -> None:
    make_approval_policy(agent.group)
    folder = f"C:\\{'y' * 3000}\\end"
    path = f"C:\\{'z' * 3000}\\setup.exe"
    found = everywhere(asked(agent, working_directory=folder, file_path=path))
    for place, text in found.items():
        assert "Long working directory:" in text, place
        assert "Long file path:" in text, place
        assert "\\end" in text, place


@pytest.mark.parametrize(
    ("arguments", "sign"),
    [
        (["/c", "powershell.exe", "-e", "AAAA"], "Encoded PowerShell:"),
        (["pwsh", "-EncodedC", "AAAA"], "Encoded PowerShell:"),
        (["p^owershell", "/enc", "AAAA"], "Encoded PowerShell:"),
        (['/X="C:\\Win\\powershell" \u2013ec AA'], "Encoded PowerShell:"),
        (["powershell", "-w", "hidden", "x"], "Hidden window:"),
        (["Start-Process", "-WindowStyle", "Hidden"], "Hidden window:"),
        (["bash", "-lc", "id"], "Code in the command line:"),
        (["/run=cmd.exe /c whoami"], "Code in the command line:"),
        (["cmd/c", "whoami"], "Code in the command line:"),
        (["powershell", "-Command", "id"], "Code in the command line:"),
        (["powershell", "Remove-Item", "x"], "Code in the command line:"),
        (["python3.11", "-Ic", "id"], "Code in the command line:"),
        (["env", "perl", "-ne", "id"], "Code in the command line:"),
        (["node", "--eval=id"], "Code in the command line:"),
        (["ruby", "-e", "id"], "Code in the command line:"),
        (["--source", "https://evil.example/x"], "A web address in the command line"),
        (["\u202eexe.txt"], "Hidden characters in the command line:"),
        (["a\u00a0b"], "Hidden characters in the command line:"),
    ],
)
def test_hide_what_a_command_does(arguments: list[str], sign: str) -> None:
    event = {"platform": "windows", "arguments": arguments}
    draft = mail_of(make_request(plea=make_plea(event=event, command_line="")))
    assert f"- {sign}" in draft.text.replace("\u00a0", " ")
    assert sign in plain(draft.html)


@pytest.mark.parametrize(
    "arguments",
    [
        ["/S", "/D=C:\\Program Files\\CADView"],
        ["install", "-y", "curl"],
        ["-ExecutionPolicy", "Bypass"],
        ["powershell.exe", "-ExecutionPolicy", "RemoteSigned", "-File", "x.ps1"],
        ["grep", "-w", "hidden"],
        ["9f" * 32],
        ["/Users/Alice/Library2/Application/Support/Example/Folder/Deeper/x"],
        ["restart", "nginx.service"],
    ],
)
def test_an_ordinary_command_has_no_sign(arguments: list[str]) -> None:
    make_user("alice", accounts=("EXAMPLE\\alice",))
    event = {"platform": "windows", "arguments": arguments}
    plea = make_plea(
        event=event, command_line="", signer="Example GmbH", file_path="C:\\a\\setup.exe"
    )
    assert "Worth a second look" not in mail_of(make_request(plea=plea)).text


def test_signs_are_those_of_the_command_line_where_no_arguments_are_given() -> None:
    plea = make_plea(command_line=f"setup.exe {ENCODED}")
    text = mail_of(make_request(plea=plea)).text
    assert "Encoded PowerShell:" in text
    assert ENCODED in text


def test_the_record_of_a_decision_holds_what_it_was_about(agent: Agent) -> None:
    make_approval_policy(agent.group)
    request = asked(agent, arguments=["/S"])
    decision = decide(
        number=request.number, decider=Decider("console", user=make_user()), answer="approve"
    )
    assert decision.evidence["rights"] == Rights(elevate=True).to_json()
    assert decision.evidence["policy_version"] == request.policy_version
    assert len(decision.evidence["arguments_sha256"]) == 64
    assert decision.evidence["exact_key"] == request.exact_key
    entry = Entry.objects.filter(verb="decide").latest("pk")
    assert decision.evidence["arguments_sha256"] in str(Payload.objects.get(entry=entry).text)


def mail_of(request: ApprovalRequest) -> MailDraft:
    return OutgoingMail.objects.get(request=request, recipient=DANA).draft


def test_an_event_without_arguments_and_words_says_nothing_of_them() -> None:
    request = make_request(plea=make_plea(event_id=uuid.uuid4(), command_line=""))
    assert "Arguments:" not in mail_of(request).text


def test_approve_several_without_seeing_what_each_approval_covers() -> None:
    kind = make_type(file_specific=False, command_line_specific=False)
    request = make_request(type=kind, plea=make_plea(account="WS-999\\alice"))
    console = Client()
    console.force_login(make_user(role="Helpdesk"))
    page = console.get(f"/approvals/bulk/?verb=approve&request={request.number}").content.decode()
    assert "any program that needs this type of approval" in page
    assert "WS-999\\alice" in unescape(page)
