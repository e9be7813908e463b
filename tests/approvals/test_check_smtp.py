"""`manage.py check_smtp`: the words of Test Connection at a shell, and exit codes."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.pool import bounce_address_for_test
from tests.factories import make_smtp_server
from tests.foreign_systems.scripted_server import ScriptedServer

pytestmark = pytest.mark.django_db


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code and output."""
    code = 0
    try:
        call_command("check_smtp", *arguments)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, capsys.readouterr().out


def test_a_server_that_accepts_our_mail(capsys) -> None:
    with ScriptedServer() as smtp:
        server = make_smtp_server(smtp.port)
        code, said = check(capsys, "--transcript")
    assert (code, smtp.messages) == (0, [])
    assert "The server accepts our mail" in said
    assert f"C MAIL FROM:<{bounce_address_for_test(server)}>" in said


def test_a_server_that_refuses_the_senders_of_real_mail_is_found(capsys) -> None:
    denied = "550 5.7.60 Client does not have permissions to send as this sender"
    with ScriptedServer({"MAIL": [denied, "250 2.1.0 ok"]}) as smtp:
        make_smtp_server(smtp.port)
        code, said = check(capsys)
    assert code == 1
    assert "The server refuses bounce addresses as senders" in said
    assert "Turn Bounce Addresses off" in said


def test_what_is_wrong_is_named_with_what_mends_it_and_no_secret(capsys) -> None:
    script = {
        "EHLO": "250-x\n250 AUTH PLAIN",
        "AUTH": "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
    }
    with ScriptedServer(script) as smtp:
        system = make_smtp_server(smtp.port)
        credential = Credential(name="Relay", account_name="pm-relay")
        credential.set_secret("hunter2-and-more")
        credential.save()
        ForeignSystem.objects.update(credential=credential)
        code, said = check(capsys, system.name, "--json")
    assert code == 1
    assert json.loads(said)["headline"] == "The provider has switched off sign-in by password"
    assert "XOAUTH2" in json.loads(said)["advice"]
    assert "hunter2" not in said


def test_a_server_that_does_not_exist_is_another_exit_code() -> None:
    with pytest.raises(CommandError, match="There is no SMTP server Elsewhere") as refused:
        call_command("check_smtp", "Elsewhere")
    assert refused.value.returncode == 2


def test_a_secret_that_cannot_be_decrypted_is_said_so(capsys) -> None:
    make_smtp_server()
    old = Credential.objects.create(name="Old", account_name="pm", encrypted_secret=b"of another")
    ForeignSystem.objects.update(credential=old)
    code, said = check(capsys)
    assert code == 1
    assert "can't be decrypted" in said
