"""`manage.py explain_reply` with an invitation made up of its options: no database is asked."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.approvals.reply.incoming import ADDRESS, SENT_ID, message

OPTIONS = ["--invitation-address", "dana@example.com", "--authserv-id", "mx.example.com"]


def explain(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("explain_reply", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def mail(tmp_path: Path) -> str:
    path = tmp_path / "reply.eml"
    path.write_bytes(message("APPROVE FOR 2 HOURS\nFine.\n", f"In-Reply-To: {SENT_ID}"))
    return str(path)


@pytest.mark.parametrize(
    "named",
    [
        ["--reply-address", ADDRESS],
        ["--message-id", SENT_ID],
        ["--message-id", "<other@x.example>", "--message-id", SENT_ID.strip("<>")],
        ["--reply-address", ADDRESS, "--message-id", SENT_ID],
    ],
)
def test_json_is_one_line_a_file(mail: str, named: list[str]) -> None:
    lines = explain(*OPTIONS, *named, "--json", mail, mail)
    assert len(lines) == 2
    told = json.loads(lines[0])
    assert (told["outcome"], told["minutes"], told["comment"]) == ("approve", 120, "Fine.")
    assert set(told) == {"file", "outcome", "minutes", "comment", "rule", "reason", "steps"}
    assert (told["file"], told["rule"]) == (mail, "")
    assert set(told["steps"][0]) == {"name", "passed", "text"}


def test_the_steps_are_told_in_words(mail: str) -> None:
    text = "\n".join(explain(*OPTIONS, "--reply-address", ADDRESS, mail))
    for word in ("Invitation", "Written by hand", "Sender", "Request", "Answer", "= approve"):
        assert word in text
    assert ADDRESS not in text


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        (["--status", "denied"], "closed"),
        (["--longest-minutes", "60"], "unclear"),
        (["--authserv-id", "second.example"], "approve"),
    ],
)
def test_the_options_describe_the_request(mail: str, more: list[str], outcome: str) -> None:
    lines = explain(*OPTIONS, "--reply-address", ADDRESS, *more, "--json", mail)
    assert json.loads(lines[0])["outcome"] == outcome


def test_a_file_that_cannot_be_read_is_said_and_the_others_are_done(mail: str) -> None:
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "explain_reply", *OPTIONS, "--reply-address", ADDRESS, "missing.eml", mail,
            stdout=out, stderr=err,
        )  # fmt: skip
    assert ended.value.code == 1
    assert "missing.eml: No such file" in err.getvalue()
    assert "= approve" in out.getvalue()


@pytest.mark.parametrize(
    "options", [["--invitation-address", "a@b.example"], ["--message-id", SENT_ID]]
)
def test_options_that_say_too_little_are_wrong_usage(mail: str, options: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        explain(*options, mail)
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_with_the_database_a_message_of_nobody_is_unmatched(mail: str) -> None:
    assert json.loads(explain("--json", mail)[0])["outcome"] == "unmatched"
