"""No key, password or token of a real installation is in the repository."""

import re
import subprocess

from tests.running_trial import ROOT

SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[\w+/=]{40}"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[\w-]{20}\b|\bxox[abprs]-[\w-]{10,}"
    r"|\b(?:sk|rk)_live_\w{20,}|\bAIza[\w-]{35}\b"
    r"|\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{20,}"  # a signed JSON web token
)
NEVER_COMMITTED = re.compile(
    r"(^|/)(trial-data/|secrets\.json$|\.env$|.*\.(sqlite3|backup|p12|pfx)$)"
)


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_holds_a_secret_of_a_known_form() -> None:
    found = {
        name: match[0][:12]
        for name in tracked()
        if (match := SECRET.search((ROOT / name).read_bytes().decode("utf-8", "ignore")))
    }
    assert found == {}


def test_no_file_is_of_a_kind_that_holds_secrets() -> None:
    assert [name for name in tracked() if NEVER_COMMITTED.search(name)] == []
