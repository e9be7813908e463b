"""Carrying checks out: all at once, each within its time, none able to stop the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connections

from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level

TOO_SLOW = Kind(
    "check-too-slow",
    Level.WARNING,
    "{about} couldn't be looked at within {seconds} seconds.",
    "Something that pmconsole waits for hangs, or is very slow: people wait for it too.",
    "Run `manage.py doctor --only {name}` again. If it stays so, look at what else it found, and at "
    "the network between this machine and that server.",
)
BROKEN = Kind(
    "check-failed",
    Level.WARNING,
    "{about} couldn't be looked at: {error}.",
    "Whether something is wrong there isn't known.",
    "Mend what else doctor found first, then run `manage.py doctor --only {name}` again.",
)
KINDS = (TOO_SLOW, BROKEN)


@dataclass
class Result:
    """What a check found, and how many seconds it took. One that wasn't made found nothing."""

    check: Check
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0
    made: bool = True

    @property
    def level(self) -> Level | None:
        """The worst that was found; None if all is well."""
        return max((finding.level for finding in self.findings), default=None)


def run(checks: Sequence[Check], options: Options) -> list[Result]:
    """Carry all of them out; those that need the database only if it can be used.

    A thread that hangs is left behind: it ends with the process.
    """
    first = [_UnderWay(check, options) for check in checks if not check.needs_database]
    results = {id(each.check): each.result() for each in first}
    usable = all(
        finding.level < Level.TROUBLE
        for result in results.values()
        if result.check.name == "database"
        for finding in result.findings
    )
    others = [check for check in checks if check.needs_database]
    if usable:
        begun = [_UnderWay(check, options) for check in others]
        results |= {id(each.check): each.result() for each in begun}
    else:
        results |= {id(check): Result(check, made=False) for check in others}
    return [results[id(check)] for check in checks]


class _UnderWay:
    """A check under way, on a thread of its own with a database connection of its own."""

    def __init__(self, check: Check, options: Options) -> None:
        self.check, self._options = check, options
        self._began = time.monotonic()
        self._findings: list[Finding] = []
        self._thread = threading.Thread(target=self._look, name=check.name, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        facts = {"about": self.check.about, "name": self.check.name}
        try:
            for finding in self.check.look(self._options):
                self._findings.append(finding)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            self._findings.append(BROKEN.found(error=why, **facts))
        finally:
            connections.close_all()

    def result(self) -> Result:
        limit = self.check.seconds
        self._thread.join(max(0.0, self._began + limit - time.monotonic()))
        findings = list(self._findings)  # a hanging check may have found something before
        if self._thread.is_alive():
            slow = {"about": self.check.about, "name": self.check.name, "seconds": f"{limit:g}"}
            findings.append(TOO_SLOW.found(**slow))
        return Result(self.check, findings, round(time.monotonic() - self._began, 2))
