"""The command itself: exit codes, JSON, its time, and that it tells no secret."""

import json
import os
import subprocess
import threading
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from console.doctor.catalogue import CHECKS
from console.doctor.checks import Check, Options
from console.doctor.findings import Kind, Level
from console.doctor.running import run
from console.doctor.telling import as_json, as_text, exit_code
from tests.running_trial import run_manage


def doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_manage("doctor", *arguments, environment={**os.environ, **environment})


def keys_in(told: str) -> dict[str, list[str]]:
    checks = json.loads(told)["checks"]
    return {check["name"]: [found["key"] for found in check["findings"]] for check in checks}


def make_kind(level: Level) -> Kind:
    return Kind(f"a-{level.name.lower()}", level, "{what} is wrong.", "It means.", "Mend it.")


def make_check(name: str, look: Any, **values: Any) -> Check:
    return Check(name, f"The {name}", (), look, **{"needs_database": False, **values})


def test_a_database_that_is_away_is_named_without_its_password_and_the_rest_not_looked_at() -> None:
    url = "postgres://pm:opensesame9@127.0.0.1:1/opensesame9"
    ended = doctor("--only", "database", "--only", "agents", "--json", DATABASE_URL=url)
    assert ended.returncode == 2
    assert keys_in(ended.stdout) == {"database": ["database-away"], "agents": []}
    assert json.loads(ended.stdout)["checks"][1]["level"] == "not looked at"
    assert "opensesame9" not in ended.stdout + ended.stderr


def test_settings_that_cannot_be_read_are_a_finding_too() -> None:
    ended = doctor("--json", SECRET_KEY="short")
    assert ended.returncode == 2
    assert keys_in(ended.stdout) == {"settings": ["settings-unusable"]}
    assert "SECRET_KEY is too short" in doctor(SECRET_KEY="short").stdout


@pytest.mark.parametrize("level", Level)
def test_the_exit_code_is_that_of_the_worst_finding(level: Level) -> None:
    kinds = [make_kind(each) for each in Level if each <= level]
    results = run([make_check("disk", lambda _: [k.found(what="It") for k in kinds])], Options())
    assert exit_code(results) == {"NOTE": 0, "WARNING": 1, "TROUBLE": 2}[level.name]
    assert exit_code(run([make_check("disk", lambda _: [])], Options())) == 0


def test_a_check_that_hangs_or_fails_is_said_so_and_stops_no_other() -> None:
    forever = threading.Event()

    def broken(_: Options) -> list[Any]:
        raise ValueError("odd")

    checks = [
        make_check("first", lambda _: forever.wait(30) and [], seconds=0.1),
        make_check("second", broken),
        make_check("third", lambda _: [make_kind(Level.NOTE).found(what="It")]),
    ]
    results = run(checks, Options())
    forever.set()
    found = [[finding.key for finding in result.findings] for result in results]
    assert found == [["check-too-slow"], ["check-failed"], ["a-note"]]
    assert "ValueError: odd" in as_text(results)


def test_no_secret_that_a_server_repeats_is_told(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "hush-hush")
    settings.REDIS_URL = "redis://:tell-nobody@cache/0"
    settings.SMTP_URL = "smtps://pm:s3cret@mail"
    settings.MAILBOX_URL = "imaps://pm:qu1et@mail/INBOX"
    repeated = f"hush-hush tell-nobody s3cret qu1et {settings.SECRET_KEY} reply+{'a' * 26}@pm.test"
    kind = make_kind(Level.TROUBLE)
    results = run([make_check("x", lambda _: [kind.found(what=repeated)])], Options())
    for told in (as_text(results), as_json(results)):
        assert "… … … … …" in told
        for secret in (
            "hush-hush",
            "tell-nobody",
            "s3cret",
            "qu1et",
            settings.SECRET_KEY,
            "a" * 26,
        ):
            assert secret not in told


def test_one_check_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("doctor", "--only", "disk", "--json", "--min-free", "0")
    assert list(keys_in(capsys.readouterr().out)) == ["disk"]
    with pytest.raises(CommandError, match="no check dsik") as refused:
        call_command("doctor", "--only", "dsik")
    assert refused.value.returncode == 3
    with pytest.raises(CommandError, match="--send-probe"):
        call_command("doctor", "--only", "probe")


def test_names_of_checks_are_unique_and_short() -> None:
    names = [check.name for check in CHECKS]
    assert len(names) == len(set(names))
    assert all(len(name) <= 10 for name in names)
