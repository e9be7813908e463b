"""`make lint` fails for a known vulnerability, and never because nobody could be asked."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.running_trial import ROOT

SCRIPT = runpy.run_path(str(ROOT / ".ci/vulnerabilities.py"))
SOUND = {"name": "django", "version": "5.2", "vulns": []}
HOLED = {
    "name": "lxml",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}],
}
UNKNOWN = {"name": "amqp", "skip_reason": "Dependency not found on PyPI"}


def judged(tmp_path: Path, says: str, *, ends: int = 0) -> tuple[int, list[str]]:
    """With a pip-audit that says this."""
    pip_audit = tmp_path / "pip-audit"
    (tmp_path / "said").write_text(says)
    pip_audit.write_text(f"#!/bin/sh\ncat {tmp_path / 'said'}\nexit {ends}\n")
    pip_audit.chmod(0o755)
    result: tuple[int, list[str]] = SCRIPT["judge"](SCRIPT["audited"](tmp_path, pip_audit))
    return result


def packages(*found: Any) -> str:
    return json.dumps({"dependencies": found, "fixes": []})


def test_a_known_vulnerability_fails_and_says_what_mends_it(tmp_path: Path) -> None:
    code, lines = judged(tmp_path, packages(SOUND, HOLED, UNKNOWN), ends=1)
    assert code == 1
    assert lines[0] == "lxml 1.0: PYSEC-1, mended in 1.1"
    assert "nothing is known of 1 others" in lines[-1]


def test_without_one_it_passes(tmp_path: Path) -> None:
    assert judged(tmp_path, packages(SOUND)) == (0, ["Vulnerabilities: 0 of 1 packages."])


@pytest.mark.parametrize("says", ["", "Connection refused", packages(UNKNOWN), "{}"])
def test_where_nobody_answers_one_line_says_so_and_the_build_goes_on(
    tmp_path: Path, says: str
) -> None:
    code, (line,) = judged(tmp_path, says, ends=1)
    assert (code, "not checked" in line) == (0, True)


def test_without_pip_audit_too(tmp_path: Path) -> None:
    assert SCRIPT["audited"](tmp_path, tmp_path / "missing") == []
