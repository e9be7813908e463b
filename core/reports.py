"""The register of reports, which pages, request mails and e-mail tasks run.

Each app registers its reports in its `reports` module, loaded when the first report is asked for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from typing import Literal
from uuid import UUID

from django.utils.module_loading import autodiscover_modules

from core.dates import day, offset

MAX_ROWS = 1000  # of any report: who needs more narrows the period or asks for a policy

Row = tuple[str | int | datetime | None, ...]


@dataclass(frozen=True)
class Column:
    """A column of a report, and what its cells hold: from it pages, CSV and mails know how to show it.

    A text is ready to be read: no control or bidi character, no token. A number is an int and a time
    an aware datetime; None is an empty cell. `link` gives the address of the page that a text names,
    or "".
    """

    label: str
    holds: Literal["text", "number", "time"] = "text"
    link: Callable[[str], str] | None = None

    def heading(self, zone: str) -> str:
        """Its label, with the zone that `written` gave for all times."""
        return f"{self.label} ({zone})" if zone and self.holds == "time" else self.label


@dataclass(frozen=True)
class Parameters:
    """What a report is about: from `since` until before `until`, of one policy or of all.

    Times are aware. `now` is the moment at which the report is made.
    """

    since: datetime
    until: datetime
    policy_id: UUID | None
    now: datetime


@dataclass(frozen=True)
class Report:
    """One report. `rows` gives at most MAX_ROWS rows, the newest or most important first.

    Each row has a value for each of `columns`. A report without `takes_policy` is about all policies
    whatever the parameters say; one without `takes_period` tells how things stand now. One that
    `tells_at_once` is about what happened at a moment: of two periods that follow each other, each
    row is in one, now and later.
    """

    key: str
    name: str
    description: str
    columns: tuple[Column, ...]
    rows: Callable[[Parameters], Iterable[Row]]
    takes_policy: bool
    takes_period: bool = True
    tells_at_once: bool = False
    about_mail: bool = False  # its page is for those alone who see the Mail Queue

    def __str__(self) -> str:
        return self.name


def written(
    rows: Iterable[Row], zone: tzinfo, *, iso: bool = False
) -> tuple[str, list[tuple[str, ...]]]:
    """What the headings say of all times (`UTC+2`), and the rows as texts without it.

    Where summer and winter meet in one report that is "", and each time says its own. Times are in
    `zone`: as in mails, `14 Jul 2026, 09:26`, or `iso` for programs, `2026-07-14 09:26`.
    """
    local = [
        [value.astimezone(zone) if isinstance(value, datetime) else value for value in row]
        for row in rows
    ]
    zones = {offset(value) for row in local for value in row if isinstance(value, datetime)}
    shared = zones.pop() if len(zones) == 1 else ""

    def text_of(value: str | int | datetime | None) -> str:
        if not isinstance(value, datetime):
            return "" if value is None else str(value)
        if iso:
            return (value.replace(tzinfo=None) if shared else value).isoformat(" ", "minutes")
        return f"{day(value)}, {value:%H:%M}{'' if shared else f' ({offset(value)})'}"

    return shared, [tuple(map(text_of, row)) for row in local]


class UnknownReport(KeyError):
    """No report has this key. Its text is a sentence for people."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.message = f"The report “{key[:80]}” no longer exists. Choose another Report To Run."

    def __str__(self) -> str:
        return self.message


_registered: dict[str, Report] = {}


def register(report: Report) -> Report:
    """Add a report. Raises ValueError if another one has its key or its name."""
    for other in _registered.values():
        if other.key == report.key or other.name == report.name:
            raise ValueError(f"the report {report.key} is registered already")
    _registered[report.key] = report
    return report


def report(key: str) -> Report:
    """The report with this key. Raises UnknownReport."""
    _load()
    try:
        return _registered[key]
    except KeyError:
        raise UnknownReport(key) from None


def all_reports() -> tuple[Report, ...]:
    """Every report, by name."""
    _load()
    return tuple(sorted(_registered.values(), key=lambda report: report.name))


@cache
def _load() -> None:
    autodiscover_modules("reports")
