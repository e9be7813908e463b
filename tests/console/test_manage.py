"""`manage.py` where nothing is set up: a sentence, help, and what needs no database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import KEY
from tests.running_trial import run_manage

ROOT = Path(__file__).resolve().parents[2]
REPLY_ADDRESS = f"reply+{'a' * 26}@pm.example.com"
OTHERS = {"DATABASE_URL": "sqlite://:memory:", "ENCRYPTION_KEYS": f"1:{KEY}"}
ANSWER = (
    "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n"
    f"From: dana@example.com\r\nTo: {REPLY_ADDRESS}\r\n\r\nApprove for 2 hours.\r\nFine.\r\n"
)


def manage(folder: Path, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    named = ("SECRET_KEY", "DATABASE_URL", "ENCRYPTION_KEYS")
    environment = {name: value for name, value in os.environ.items() if name not in named}
    environment["PMCONSOLE_TRIAL_FOLDER"] = str(folder / "no-trial")
    environment |= settings
    return run_manage(*arguments, environment=environment)


def test_a_command_without_settings_says_what_to_do_in_one_line(tmp_path: Path) -> None:
    result = manage(tmp_path, "migrate")

    assert result.returncode == 1
    assert result.stderr.strip().startswith("SECRET_KEY isn't set.")
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_mail_server_keeps_the_message_while_settings_are_missing(tmp_path: Path) -> None:
    assert manage(tmp_path, "ingest_mail").returncode == 75


@pytest.mark.parametrize(("command", "code"), [("check", 1), ("ingest_mail", 75), ("doctor", 2)])
def test_a_setting_that_cannot_be_used_ends_a_command_with_one_sentence(
    tmp_path: Path, command: str, code: int
) -> None:
    settings = {"SECRET_KEY": "x" * 40, **OTHERS, "LISTENER_PEERS": "foo"}
    refused = manage(tmp_path, command, **settings)

    assert refused.returncode == code
    said = refused.stdout or refused.stderr
    assert said.startswith("LISTENER_PEERS holds 'foo', which isn't a network.")
    assert "Traceback" not in refused.stdout + refused.stderr


@pytest.mark.parametrize(
    "command",
    [
        "add_defaults",
        "create_user sam --email sam@example.com --role Users",
        "export_items",
        "verify_audit",
        "purge task-history --older-than 30",
        "check_smtp",
        "unlock_user sam --reason Asked",
        "backup {}/backup",
    ],
)
def test_a_command_without_tables_says_to_migrate(tmp_path: Path, command: str) -> None:
    database = {**OTHERS, "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}
    arguments = command.format(tmp_path).split()
    refused = manage(tmp_path, *arguments, SECRET_KEY="x" * 40, **database)

    assert refused.returncode == 1
    said = refused.stderr.splitlines()
    assert said[-1] == "The database lacks tables of this version. Run `manage.py migrate`."
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("wrong", ["--no-such-option", "--recipient"])
def test_a_mail_server_keeps_the_message_while_its_own_line_is_wrong(
    tmp_path: Path, wrong: str
) -> None:
    refused = manage(tmp_path, "ingest_mail", wrong, SECRET_KEY="x" * 40, **OTHERS)
    assert refused.returncode == 75
    assert "usage: manage.py ingest_mail" in refused.stderr


@pytest.mark.parametrize(
    "command", ["simulate_execution", "explain_reply", "ingest_mail", "receive_mail", "up"]
)
def test_help_works_everywhere_and_has_an_example(tmp_path: Path, command: str) -> None:
    result = manage(tmp_path, command, "--help")

    assert result.returncode == 0, result.stderr
    assert "example" in result.stdout
    assert list(tmp_path.iterdir()) == [], "asking for help makes no trial"


def test_a_reply_is_explained_without_a_database(tmp_path: Path) -> None:
    file = tmp_path / "answer.eml"
    file.write_bytes(ANSWER.encode())
    result = manage(
        tmp_path,
        "explain_reply",
        str(file),
        "--json",
        "--invitation-address=dana@example.com",
        f"--reply-address={REPLY_ADDRESS}",
        "--authserv-id=mx.example.com",
    )

    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)
    assert (said["outcome"], said["minutes"], said["comment"]) == ("approve", 120, "Fine.")


def test_garbage_is_collected_as_soon_as_all_is_loaded() -> None:
    code = (
        "import django, gc; django.setup(); print(gc.isenabled(), gc.get_freeze_count() > 100_000)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "pmconsole.settings"}
    said = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert said.stdout == "True True\n", said.stderr
