"""Reports in mails: appended to the approval request, or as a mail of their own. Pure.

A report's texts come from endpoints, approvers and servers. In the request's mail each row is one
line that begins with a middle dot and our own word, so that no part of it can look like an answer.
The reading of replies knows these beginnings from approvals/letters/kinds.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from approvals.letters.compose import Draft, draft_of
from approvals.letters.kinds import REPORT
from approvals.letters.render import Values
from core.dates import moment
from core.reports import MOST_ROWS, Parameters, Report, Row
from core.text import visible

MAX_APPENDED, MAX_MAILED = 20, 100  # rows
_MAX_CELL_APPENDED, _MAX_CELL_MAILED = 120, 500  # characters
_BULLET = "· "


@dataclass(frozen=True)
class ReportRun:
    """A report that has been run. `policy` is the name of the one it is about, "" for all."""

    report: Report
    parameters: Parameters
    rows: Sequence[Row]
    policy: str = ""


def appendix(run: ReportRun, *, zone: tzinfo) -> list[str]:
    """The report as lines for the request's mail, at most 20 rows."""
    shown = run.rows[:MAX_APPENDED]
    lines = [f"Report: {visible(run.report.name, 120)}", _span(run, zone)]
    for number, row in enumerate(shown, start=1):
        cells = [cell for cell in _labelled(run.report, row, _MAX_CELL_APPENDED) if cell.text]
        facts = "; ".join(f"{cell.label}: {cell.text}" for cell in cells)
        lines.append(f"Row {number}: {facts}")
    if not shown:
        lines.append("Rows: nothing to show")
    left_out = _left_out(run, MAX_APPENDED)
    if left_out:
        lines.append(f"Rows left out: {left_out}; see Reports in the console")
    return [f"{_BULLET}{line}" for line in lines]


def appendix_failed(name: str) -> list[str]:
    """The line in place of a report that could not be run."""
    return [f"{_BULLET}Report: {visible(name, 120)} could not be created and is left out"]


def report_mail(run: ReportRun, *, title: str, zone: tzinfo) -> Draft:
    """A mail with at most 100 rows of the report; `title` is the task's name."""
    total = len(run.rows)
    rows = [
        _TableRow(str(number), _labelled(run.report, row, _MAX_CELL_MAILED))
        for number, row in enumerate(run.rows[:MAX_MAILED], start=1)
    ]
    values: Values = {
        "title": visible(title, 200),
        "short_title": visible(title, 120),
        "counted_rows": _at_least(total, "row"),
        "report": visible(run.report.name, 120),
        "span": _span(run, zone),
        "policy": visible(run.policy, 200) if run.policy else "",
        "takes_policy": run.report.takes_policy,
        "count": _at_least(total),
        "columns": [visible(column, 60) for column in run.report.columns],
        "rows": rows,
        "left_out": _left_out(run, MAX_MAILED),
    }
    return draft_of(REPORT, values)


@dataclass(frozen=True)
class _Cell:
    label: str
    text: str


@dataclass(frozen=True)
class _TableRow:
    number: str
    cells: list[_Cell]

    @property
    def filled(self) -> list[_Cell]:
        """The cells with a text: the plain mail leaves the others out."""
        return [cell for cell in self.cells if cell.text]


def _labelled(report: Report, row: Row, limit: int) -> list[_Cell]:
    """Each column's label with its text, made harmless whatever the report has done."""
    return [
        _Cell(visible(label, 60), visible(text, limit))
        for label, text in zip(report.columns, row, strict=True)
    ]


def _span(run: ReportRun, zone: tzinfo) -> str:
    """`Period: … to …`, or `As of: …` for a report about how things stand now."""
    parameters = run.parameters
    if not run.report.takes_period:
        return f"As of: {moment(parameters.now, zone)}"
    return f"Period: {moment(parameters.since, zone)} to {moment(parameters.until, zone)}"


def _at_least(rows: int, noun: str = "") -> str:
    """`1 row`, `12 rows`, `1000 rows or more`: a report gives no more than that. Or without noun."""
    words = f" {noun}{'' if rows == 1 else 's'}" if noun else ""
    return f"{rows}{words}{' or more' if rows >= MOST_ROWS else ''}"


def _left_out(run: ReportRun, limit: int) -> str:
    """`5 more`, "" if all are shown."""
    left = len(run.rows) - limit
    if left <= 0:
        return ""
    return f"{left} or more" if len(run.rows) >= MOST_ROWS else f"{left} more"
