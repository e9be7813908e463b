"""Reports in mails: appended to the approval request, or as a mail of their own. Pure.

A report's texts come from endpoints, approvers and servers. In the request's mail each row is one
line that begins with a middle dot and our own word, so that no part of it can look like an answer.
The reading of replies knows these beginnings from approvals/letters/kinds.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from approvals.letters.compose import Draft, draft_of
from approvals.letters.kinds import REPORT
from approvals.letters.render import Values
from core.dates import moment
from core.reports import MAX_ROWS, Column, Parameters, Report, Row, written
from core.text import visible

MAX_APPENDED, MAX_MAILED = 20, 100  # rows
MAX_CELL_APPENDED, MAX_CELL_MAILED = 120, 500  # characters
_BULLET = "· "
_JOINTS = re.compile(r"(?<=\w[\\/@])(?=\w)")


@dataclass(frozen=True)
class Heading:
    """Of a column: `with_zone` says in which zone its times are, `label` leaves that out."""

    label: str
    with_zone: str
    column: Column

    @property
    def is_number(self) -> bool:
        return self.column.holds == "number"


@dataclass(frozen=True)
class Cell:
    heading: Heading
    text: str
    url: str  # of the console's page that the text names, or ""

    @property
    def pieces(self) -> list[str]:
        """Of paths, accounts and addresses: the HTML may break its lines between them."""
        return _JOINTS.split(self.text)


@dataclass(frozen=True)
class TableRow:
    number: str
    cells: list[Cell]

    @property
    def filled(self) -> list[Cell]:
        """The cells with a text: the plain mail leaves the others out."""
        return [cell for cell in self.cells if cell.text]


@dataclass(frozen=True)
class ReportRun:
    """A report that has been run. `policy` is the name of the one it is about, "" for all."""

    report: Report
    parameters: Parameters
    rows: Sequence[Row]
    policy: str = ""

    @property
    def name(self) -> str:
        return visible(self.report.name, 120)

    def span(self, zone: tzinfo) -> str:
        """`Period: … to …`, or `As of: …` for a report about how things stand now."""
        parameters = self.parameters
        if not self.report.takes_period:
            return f"As of: {moment(parameters.now, zone)}"
        return f"Period: {moment(parameters.since, zone)} to {moment(parameters.until, zone)}"

    def count(self, noun: str = "") -> str:
        """`1 row`, `12 rows`, `1000 rows or more`: a report gives no more than that. Or without noun."""
        rows = len(self.rows)
        words = f" {noun}{'' if rows == 1 else 's'}" if noun else ""
        return f"{rows}{words}{' or more' if rows >= MAX_ROWS else ''}"

    def left_out(self, shown: int) -> str:
        """`5 more`, `900 or more`; "" if all rows are shown."""
        left = len(self.rows) - shown
        if left <= 0:
            return ""
        return f"{left} or more" if len(self.rows) >= MAX_ROWS else f"{left} more"

    def table(
        self, zone: tzinfo, rows: int, limit: int, public_url: str = ""
    ) -> tuple[list[Heading], list[TableRow], str]:
        """The first `rows`, made harmless whatever the report has done, and the zone of their times."""
        shared, texts = written(self.rows[:rows], zone)
        headings = [
            Heading(visible(column.label, 60), visible(column.heading(shared), 70), column)
            for column in self.report.columns
        ]

        def cell(heading: Heading, text: str) -> Cell:
            link = heading.column.link if public_url else None
            path = link(text) if link else ""
            return Cell(heading, visible(text, limit), f"{public_url}{path}" if path else "")

        made = [
            TableRow(str(number), list(map(cell, headings, row)))
            for number, row in enumerate(texts, start=1)
        ]
        return headings, made, shared


def appendix(run: ReportRun, *, zone: tzinfo) -> list[str]:
    """The report as lines for the request's mail, at most 20 rows."""
    _, shown, _ = run.table(zone, MAX_APPENDED, MAX_CELL_APPENDED)
    lines = [f"Report: {run.name}", run.span(zone)]
    for row in shown:
        facts = "; ".join(f"{cell.heading.with_zone}: {cell.text}" for cell in row.filled)
        lines.append(f"Row {row.number}: {facts}")
    if not shown:
        lines.append("Rows: nothing to show")
    left_out = run.left_out(MAX_APPENDED)
    if left_out:
        lines.append(f"Rows left out: {left_out}; see Reports in the console")
    return [f"{_BULLET}{line}" for line in lines]


def appendix_failed(name: str) -> list[str]:
    """The line in place of a report that could not be run."""
    return [f"{_BULLET}Report: {visible(name, 120)} could not be created and is left out"]


def report_mail(run: ReportRun, *, title: str, zone: tzinfo, public_url: str = "") -> Draft:
    """A mail with at most 100 rows of the report; `title` is the task's name.

    Its HTML leads to the pages of the console at `public_url`, if that is given.
    """
    headings, rows, shared = run.table(zone, MAX_MAILED, MAX_CELL_MAILED, public_url)
    values: Values = {
        "title": visible(title, 200),
        "short_title": visible(title, 120),
        "counted_rows": run.count("row"),
        "report": run.name,
        "span": run.span(zone),
        "policy": visible(run.policy, 200) if run.policy else "",
        "takes_policy": run.report.takes_policy,
        "count": run.count(),
        "zone": shared,
        "headings": headings,
        "rows": rows,
        "left_out": run.left_out(MAX_MAILED),
    }
    return draft_of(REPORT, values)
