"""Folders that `up` and other commands can't use: each gets one sentence, not a traceback."""

import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running_trial import ROOT, RunningTrial
from trial import environment
from trial.folder import DEFAULT_FOLDER, SECRETS, create

COMMANDS = (("migrate",), ("changepassword", "admin"))


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The database of a trial of this version, without any row of ours."""
    trial = RunningTrial(tmp_path_factory.mktemp("fresh") / "trial")
    create(trial.folder)
    assert trial.command("migrate", "--verbosity", "0").returncode == 0
    with sqlite3.connect(trial.folder / "pmconsole.sqlite3") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (trial.folder / "pmconsole.sqlite3").read_bytes()


@pytest.fixture
def trial(tmp_path: Path, fresh: bytes) -> RunningTrial:
    trial = RunningTrial(tmp_path / "trial")
    create(trial.folder)
    (trial.folder / "pmconsole.sqlite3").write_bytes(fresh)
    return trial


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
def test_a_trial_of_an_earlier_version_is_refused(
    trial: RunningTrial, statements: tuple[str, ...]
) -> None:
    change(trial, *statements)
    assert refused(trial.command("up"), trial)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_says_so(trial: RunningTrial, command: tuple[str, ...]) -> None:
    change(trial, *OLDER["a migration that is gone"])
    assert refused(trial.command(*command), trial)


def test_a_database_with_nothing_but_rows_of_migrations_is_refused_too(tmp_path: Path) -> None:
    trial = RunningTrial(tmp_path / "trial")
    create(trial.folder)
    change(
        trial,
        "CREATE TABLE django_migrations"
        " (id integer PRIMARY KEY, app text, name text, applied datetime)",
        applied("policies", "0001_initial"),
    )
    assert refused(trial.command("up"), trial)


@pytest.mark.parametrize(
    "statements",
    [
        (),
        # `up` was stopped while it made the tables: the next one goes on.
        (
            "DELETE FROM django_migrations WHERE app = 'trial'",
            "DROP TABLE trial_capturedmail",
        ),
    ],
    ids=["whole", "interrupted"],
)
def test_a_trial_of_this_version_goes_on(trial: RunningTrial, statements: tuple[str, ...]) -> None:
    change(trial, *statements)
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
