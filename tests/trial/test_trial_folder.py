"""Folders that `up` and other commands can't use: each gets one sentence, not a traceback."""

import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from tests.running_trial import ROOT, RunningTrial
from trial import environment, layout
from trial.folder import DEFAULT_FOLDER, SECRETS, create

COMMANDS = (("up",), ("migrate",), ("changepassword", "admin"))


@pytest.fixture
def trial(new_trial: Callable[[], RunningTrial]) -> RunningTrial:
    """A trial of this version, without any row of ours."""
    return new_trial()


def change(trial: RunningTrial, *statements: str) -> None:
    with sqlite3.connect(trial.folder / "pmconsole.sqlite3") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def refused(done: "subprocess.CompletedProcess[str]", trial: RunningTrial) -> bool:
    """Whether one sentence said that the trial is of an earlier version, and what to do."""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("Using the trial")]
    return (
        done.returncode == 1
        and len(lines) == 1
        and lines[0].startswith("This trial was made by an earlier version of pmconsole")
        and f"Delete {trial.folder} or start another trial" in lines[0]
        and done.stdout == ""
    )


def is_of_earlier_version(trial: RunningTrial) -> bool:
    """What manage.py asks before every command."""
    usual = connections["default"]
    connections["default"] = usual.copy()
    connection.settings_dict["NAME"] = trial.folder / "pmconsole.sqlite3"
    try:
        return layout.is_of_earlier_version()
    finally:
        connections["default"] = usual


def applied(app: str, name: str) -> str:
    """SQL that notes a migration as applied."""
    row = f"VALUES ('{app}', '{name}', '2026-01-01 00:00:00')"
    return f"INSERT INTO django_migrations (app, name, applied) {row}"


OLDER: dict[str, tuple[str, ...]] = {
    "an app that is gone": (applied("pm", "0001_initial"),),
    "a migration that is gone": (applied("tasks", "0009_old"),),
    "a table that moved to an app that wasn't there": (
        "DELETE FROM django_migrations WHERE app = 'agents'",
        "ALTER TABLE agents_installcode RENAME TO policies_installcode",
    ),
    "a column of another name": (
        "ALTER TABLE trial_capturedmail RENAME COLUMN recipient TO for_whom",
    ),
    "a table that is missing": ("DROP TABLE trial_capturedmail",),
}


@pytest.mark.parametrize("statements", OLDER.values(), ids=OLDER)
def test_a_trial_of_an_earlier_version_is_recognised(
    trial: RunningTrial, statements: tuple[str, ...], django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        assert not is_of_earlier_version(trial)
        change(trial, *statements)
        assert is_of_earlier_version(trial)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_refuses_it_in_one_sentence(
    trial: RunningTrial, command: tuple[str, ...]
) -> None:
    change(trial, *OLDER["a migration that is gone"])
    assert refused(trial.command(*command), trial)


def test_a_database_with_nothing_but_rows_of_migrations_is_too(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    trial = RunningTrial(tmp_path / "trial")
    create(trial.folder)
    change(
        trial,
        "CREATE TABLE django_migrations"
        " (id integer PRIMARY KEY, app text, name text, applied datetime)",
        applied("policies", "0001_initial"),
    )
    with django_db_blocker.unblock():
        assert is_of_earlier_version(trial)


def test_a_trial_that_was_stopped_while_it_made_its_tables_goes_on(trial: RunningTrial) -> None:
    change(
        trial,
        "DELETE FROM django_migrations WHERE app = 'trial'",
        "DROP TABLE trial_capturedmail",
    )
    done = trial.command("migrate", "--verbosity", "0")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("place", [ROOT / "trial", ROOT], ids=["package", "project"])
def test_a_folder_of_code_is_no_trial(place: Path) -> None:
    done = RunningTrial(place).command("up")
    assert done.returncode == 1
    assert "holds pmconsole's own code. Name another folder" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (place / SECRETS).exists()


@pytest.fixture
def older_folder_in_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[list[str]], Path | None]:
    """The package as an older trial left it, with keys inside; prepares a command's environment."""
    package = tmp_path / "trial"
    create(package)
    (package / "__init__.py").touch()
    monkeypatch.setattr(environment.os, "environ", {"PMCONSOLE_TRIAL_FOLDER": str(package)})
    return environment.prepare_environment


def test_data_of_an_older_trial_inside_the_package_is_never_used(
    older_folder_in_package: Callable[[list[str]], Path | None],
) -> None:
    for command in ("up", "changepassword"):
        with pytest.raises(SystemExit, match="holds pmconsole's own code"):
            older_folder_in_package(["manage.py", command])


def test_the_default_folder_is_beside_the_package() -> None:
    assert DEFAULT_FOLDER == ROOT / "trial-data"
