"""What `manage.py doctor` says where the settings can't even be read. Pure, since Django can't start."""

import json

from console.doctor.findings import Kind, Level

UNUSABLE = Kind(
    "settings-unusable",
    Level.TROUBLE,
    "{why}",
    "Nothing starts: neither web nor worker processes nor any command.",
    "Correct the environment that the programs are started with (systemd: EnvironmentFile), then run "
    "`manage.py doctor` again.",
)


def say_unusable(why: str, *, as_json: bool) -> int:
    """Print what is wrong as doctor prints its findings; returns the exit code."""
    finding = UNUSABLE.found(why=why)
    if as_json:
        about = {"name": "settings", "about": "The settings", "level": "trouble"}
        checks = [{**about, "findings": [finding.to_json()]}]
        print(json.dumps({"exit_code": int(finding.level), "checks": checks}, indent=2))
    else:
        print(f"{finding.wrong}\n  Means: {finding.means}\n  Mend : {finding.mend}")
        print(f"  More : {finding.runbook}")
    return int(finding.level)
