"""Known vulnerabilities of what pmconsole runs on, by pip-audit, where their list can be reached.

Ends with 1 only if there is one. Without pip-audit, a network or the list, one line says so: a build
doesn't fail for the lack of them.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PIP_AUDIT = ROOT / ".tools/bin/pip-audit"
MAX_SECONDS = 120


def audited(requirements: Path, pip_audit: Path = PIP_AUDIT) -> list[dict[str, Any]]:
    """What pip-audit says of each package; nothing if it couldn't ask."""
    asked = [pip_audit, "--requirement", requirements, "--no-deps", "--disable-pip"]
    asked += ["--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    try:
        done = subprocess.run(  # noqa: S603
            asked, capture_output=True, text=True, timeout=MAX_SECONDS, check=False
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError):
        return []
    return found


def judge(packages: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """The exit code, and what to print."""
    checked = [each for each in packages if "vulns" in each]
    if not checked:
        return 0, ["Vulnerabilities: not checked, since their list can't be reached from here."]
    lines = [
        f"{each['name']} {each['version']}: {one['id']}, mended in "
        f"{', '.join(one['fix_versions']) or 'no version yet'}"
        for each in checked
        for one in each["vulns"]
    ]
    left = len(packages) - len(checked)
    more = f"; nothing is known of {left} others" if left else ""
    return bool(lines), [*lines, f"Vulnerabilities: {len(lines)} of {len(checked)} packages{more}."]


def main() -> int:
    code, lines = judge(audited(ROOT / "requirements.txt"))
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
