"""A start with the wrong keys is refused in one sentence, by each program that would go on to fail."""

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running_trial import ROOT

PROGRAMS = {
    "serve": ("manage.py", "serve", "--port", "0"),
    "uvicorn": ("-m", "uvicorn", "pmconsole.asgi:application", "--port", "0"),
    "wsgi": ("-c", "import pmconsole.wsgi"),
    "worker": ("-m", "celery", "--app", "pmconsole", "worker", "--pool", "threads"),
}


def key(letter: str) -> str:
    return base64.urlsafe_b64encode(letter.encode() * 32).decode()


def run(folder: Path, keys: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'pm.sqlite3'}",
            "ENCRYPTION_KEYS": keys,
            "DJANGO_SETTINGS_MODULE": "pmconsole.settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def used(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that has been used with the keys 1 and 2."""
    folder = tmp_path_factory.mktemp("keys")
    shutil.copy(migrated, folder / "pm.sqlite3")
    done = run(folder, f"2:{key('b')},1:{key('a')}", "-c", USE)
    assert done.returncode == 0, done.stderr
    return folder


USE = """
import django
django.setup()
from core.keys.services import check_keys
check_keys()
"""


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_program_starts_without_a_key_that_is_still_needed(used: Path, program: str) -> None:
    done = run(used, f"2:{key('b')}", *PROGRAMS[program])
    assert done.returncode != 0
    assert "lacks key 1, which is still needed" in done.stderr


def test_no_start_with_another_key_under_a_known_id(used: Path) -> None:
    done = run(used, f"2:{key('c')},1:{key('a')}", *PROGRAMS["wsgi"])
    assert done.returncode != 0
    assert "different key under id 2" in done.stderr
