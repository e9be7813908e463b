"""Findings as people and scripts read them. Pure but for the settings, whose secrets it keeps out."""

import json
import re
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from django.conf import settings

from console.doctor.findings import Finding, Level
from console.doctor.running import Result
from core.logs import without_tokens

MARKS = {None: "fine", Level.NOTE: "note", Level.WARNING: "WARNING", Level.TROUBLE: "TROUBLE"}
NOT_MADE = "not looked at"  # the database can't be used, and says so itself
WIDTH = 96


def exit_code(results: Sequence[Result]) -> int:
    """0 fine, 1 warnings, 2 trouble."""
    return max((int(result.level or 0) for result in results), default=0)


def as_json(results: Sequence[Result]) -> str:
    """One object: `exit_code`, and each check with its findings."""
    checks = [
        {
            "name": result.check.name,
            "about": result.check.about,
            "level": _mark(result).lower(),
            "seconds": result.seconds,
            "findings": [finding.to_json() for finding in result.findings],
        }
        for result in results
    ]
    return without_secrets(
        json.dumps({"exit_code": exit_code(results), "checks": checks}, indent=2)
    )


def as_text(results: Sequence[Result]) -> str:
    """One line for each check; below it what was found."""
    lines: list[str] = []
    for result in results:
        lines.append(f"{result.check.about + ' ':.<52} {_mark(result)}")
        for finding in sorted(result.findings, key=lambda finding: -finding.level):
            lines += finding_lines(finding)
    return without_secrets("\n".join(lines))


def _mark(result: Result) -> str:
    return MARKS[result.level] if result.made else NOT_MADE


def finding_lines(finding: Finding) -> Iterator[str]:
    """What is wrong, what it means, what mends it, and where more is said."""
    yield from wrap(f"{finding.wrong}", WIDTH, initial_indent="  ", subsequent_indent="  ")
    for label, text in (("Means", finding.means), ("Mend ", finding.mend)):
        start = f"    {label}: "
        yield from wrap(text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start))
    yield f"    More : {finding.runbook}"
    yield ""


def without_secrets(text: str) -> str:
    """What servers and libraries say may repeat what they were given: no secret of ours leaves here."""
    database: dict[str, Any] = settings.DATABASES["default"]
    secrets = {settings.SECRET_KEY, str(database.get("PASSWORD") or "")}
    for url in (settings.REDIS_URL, settings.SMTP_URL, settings.MAILBOX_URL):
        secrets |= set(re.findall(r"://[^/@\s]*?:([^/@\s]+)@", url))
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > 3:
            text = text.replace(secret, "…")
    return without_tokens(text)
