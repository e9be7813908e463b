"""A start with the wrong keys is refused in one sentence, by each program that would go on to fail."""

import base64
import os
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
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that has been used with the keys 1 and 2."""
    folder = tmp_path_factory.mktemp("keys")
    both = f"2:{key('b')},1:{key('a')}"
    for command in (("migrate", "--verbosity=0"), ("shell", "--command", CHECK)):
        done = run(folder, both, "manage.py", *command)
        assert done.returncode == 0, done.stderr
    return folder


CHECK = "from core.keys.services import check_keys; check_keys()"


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (f"2:{key('b')}", "lacks key 1, which is still needed"),
        (f"2:{key('c')},1:{key('a')}", "different key under id 2"),
    ],
)
def test_a_start_with_the_wrong_keys_is_refused(
    used: Path, program: str, keys: str, sentence: str
) -> None:
    done = run(used, keys, *PROGRAMS[program])
    assert done.returncode != 0
    assert sentence in done.stderr
