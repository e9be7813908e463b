"""Reports in mails: appended to the approval request, or as a mail of their own. Pure.

A report's texts come from endpoints, approvers and servers. In the request's mail each row is one
line that begins with a middle dot and our own word, so that no part of it can look like an answer
(REPLIES.md); approvals/reply/our_mail.py knows these beginnings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from approvals.letters.compose import Draft
from approvals.letters.guard import guarded
from approvals.letters.render import Values, html_of, text_of
from core.dates import moment
from core.reports import MAX_ROWS, Parameters, Report, Row
from core.text import visible

MOST_APPENDED, MOST_MAILED = 20, 100  # rows
_CELL_APPENDED, _CELL_MAILED = 120, 500  # characters
_BULLET = "· "


@dataclass(frozen=True)
class Made:
    """A report that has been run. `policy` is the name of the one it is about, "" for all."""

    report: Report
    parameters: Parameters
    rows: Sequence[Row]
    policy: str = ""


def appendix(made: Made, *, zone: tzinfo) -> list[str]:
    """The report as lines for the request's mail, at most 20 rows."""
    shown = made.rows[:MOST_APPENDED]
    lines = [f"Report: {_name(made)}", _span(made, zone)]
    for number, row in enumerate(shown, start=1):
        cells = [cell for cell in _labelled(made.report, row, _CELL_APPENDED) if cell.text]
        facts = "; ".join(f"{cell.label}: {cell.text}" for cell in cells)
        lines.append(f"Row {number}: {facts}")
    if not shown:
        lines.append("Rows: nothing to show")
    left_out = _left_out(made, MOST_APPENDED)
    if left_out:
        lines.append(f"Rows left out: {left_out}; see Reports in the console")
    return [f"{_BULLET}{line}" for line in lines]


def appendix_failed(name: str) -> list[str]:
    """The line in place of a report that could not be made."""
    return [f"{_BULLET}Report: {visible(name, 120)} could not be made, so it is left out here"]


def report_mail(made: Made, *, title: str, zone: tzinfo) -> Draft:
    """A mail with at most 100 rows of the report; `title` is the task's name."""
    total = len(made.rows)
    subject = f"[pmconsole] {visible(title, 120)}: {_at_least(total, 'row')}".replace("=?", "= ?")
    rows = [
        _Row(str(number), _labelled(made.report, row, _CELL_MAILED))
        for number, row in enumerate(made.rows[:MOST_MAILED], start=1)
    ]
    values: Values = {
        "title": visible(title, 200),
        "report": _name(made),
        "span": _span(made, zone),
        "policy": visible(made.policy, 200) if made.policy else "",
        "takes_policy": made.report.takes_policy,
        "count": _at_least(total),
        "columns": [visible(column, 60) for column in made.report.columns],
        "rows": rows,
        "left_out": _left_out(made, MOST_MAILED),
    }
    return Draft(guarded(subject), text_of("report.txt", values), html_of("report.html", values))


@dataclass(frozen=True)
class _Cell:
    label: str
    text: str


@dataclass(frozen=True)
class _Row:
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


def _name(made: Made) -> str:
    return visible(made.report.name, 120)


def _span(made: Made, zone: tzinfo) -> str:
    """`Period: … to …`, or `As of: …` for a report about how things stand now."""
    parameters = made.parameters
    if not made.report.takes_period:
        return f"As of: {moment(parameters.now, zone)}"
    return f"Period: {moment(parameters.since, zone)} to {moment(parameters.until, zone)}"


def _at_least(rows: int, noun: str = "") -> str:
    """`1 row`, `12 rows`, `1000 rows or more`: a report gives no more than that. Or without noun."""
    words = f" {noun}{'' if rows == 1 else 's'}" if noun else ""
    return f"{rows}{words}{' or more' if rows >= MAX_ROWS else ''}"


def _left_out(made: Made, most: int) -> str:
    """`5 more`, "" if all are shown."""
    left = len(made.rows) - most
    if left <= 0:
        return ""
    return f"{left} or more" if len(made.rows) >= MAX_ROWS else f"{left} more"
