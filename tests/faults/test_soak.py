"""A short soak in each run of the tests; `make soak` has a long one."""

import json
import os
import subprocess
import sys

import pytest

from tests.running_trial import ROOT


@pytest.mark.story
@pytest.mark.soak
def test_workers_killed_at_random_lose_no_mail_and_repeat_little() -> None:
    options = ("--messages", "200", "--rounds", "1", "--seconds", "8", "--seed", "1")
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.faults.soak", *options],
        check=False,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert ended.stdout, ended.stderr[-3000:]
    seen = json.loads(ended.stdout.splitlines()[-1])
    assert ended.returncode == 0, seen
    assert seen["holds"]
    assert seen["messages"] == 201
    assert seen["deaths"] >= 3
    assert {"killed", "flushed", "broker restarted", "database restarted"} <= set(seen["faults"])
