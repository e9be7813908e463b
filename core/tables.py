"""Columns of a list, each declared once: from them come its headings, its cells and its CSV."""

import csv
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify

from core.pages import address
from core.text import visible

BYTE_ORDER_MARK = "\ufeff"
# What begins a formula: = + - @, as East Asian keyboards write them too (full-width and small forms,
# the minus sign). The match ends where a spreadsheet has to see something else.
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"
_FORMULA = re.compile(rf"((?:^|[;|\t\r\n])[\s\"]*)(?=[{_SIGNS}])")


@dataclass(frozen=True)
class Column:
    """A column of a list. `text` is what its cells and the CSV say; a datetime is shown as a time.

    A column `beside` or `below` stands, less prominent, in the cell of the column before it, and
    a heading names all that is in its cell but what is beside. Without a label it is a note for
    the table only.
    """

    label: str
    text: Callable[[Any], str | datetime]
    sort: str = ""  # the field it is sorted by, never null; "" where it is not
    tone: Callable[[Any], str] | None = None  # shown as a state: see STATES in templatetags/ui
    code: bool = False
    number: bool = False
    place: Literal["cell", "beside", "below"] = "cell"
    link: Callable[[Any], str] | None = None
    width: Literal["", "wide", "fit"] = ""

    @property
    def classes(self) -> str:
        """Of its cells in table.list."""
        return " ".join([self.width] * bool(self.width) + ["num"] * self.number)


@dataclass(frozen=True)
class Cell:
    """What a column says of one row; `notes` are the columns beside and below it."""

    column: Column
    text: str
    tone: str = ""
    url: str = ""
    moment: datetime | None = None
    notes: tuple["Cell", ...] = ()

    @classmethod
    def of(cls, column: Column, row: Any, notes: Iterable[Column] = ()) -> "Cell":
        value = column.text(row)
        return cls(
            column,
            text=_written(value),
            tone=column.tone(row) if column.tone else "",
            url=column.link(row) if column.link else "",
            moment=value if isinstance(value, datetime) else None,
            notes=tuple(cls.of(note, row) for note in notes),
        )

    @property
    def label(self) -> str:
        """As its heading says: "User, Computer"."""
        below = (note.column for note in self.notes if note.column.place == "below")
        return ", ".join(column.label for column in (self.column, *below) if column.label)

    @property
    def has_note(self) -> bool:
        return any(note.text for note in self.notes)

    @property
    def is_ahead(self) -> bool:
        """Whether its moment is still to come."""
        return self.moment is not None and self.moment > timezone.now()


@dataclass(frozen=True)
class Header:
    """A column's head; `url` sorts by it, `sorted` is what aria-sort says."""

    label: str
    url: str = ""
    sorted: str = ""

    @classmethod
    def of(cls, column: Column, request: HttpRequest, sort: str) -> "Header":
        """The head of a list that is sorted by `sort`; a second press turns the order round."""
        if not column.sort:
            return cls(column.label)
        up, down = sort == column.sort, sort == f"-{column.sort}"
        url = address(request, sort=f"-{column.sort}" if up else column.sort)
        order = "ascending" if up else "descending" if down else ""
        return cls(column.label, url, order)


@dataclass(frozen=True)
class Heading:
    """The heads that stand over one cell: "User, Computer"."""

    column: Column
    headers: tuple[Header, ...]

    @property
    def sorted(self) -> str:
        return next((header.sorted for header in self.headers if header.sorted), "")


class Table:
    """Declared columns as a table, those beside and below gathered in their cells."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self._groups: list[list[Column]] = []
        for column in columns:
            if column.place == "cell":
                self._groups.append([])
            self._groups[-1].append(column)

    def sort(self, chosen: str, *, otherwise: str) -> str:
        """`chosen` ("field" or "-field") if a column can be sorted by it."""
        known = {column.sort for column in self.columns if column.sort}
        return chosen if chosen.removeprefix("-") in known else otherwise

    def headings(self, request: HttpRequest, sort: str) -> list[Heading]:
        return [
            Heading(
                column,
                tuple(
                    Header.of(named, request, sort)
                    for named in (column, *notes)
                    if named.label and named.place != "beside"
                ),
            )
            for column, *notes in self._groups
        ]

    def cells(self, row: Any) -> list[Cell]:
        return [Cell.of(column, row, notes) for column, *notes in self._groups]


def csv_response(
    request: HttpRequest, name: str, columns: Sequence[Column], batches: Iterable[Iterable[Any]]
) -> StreamingHttpResponse:
    """All rows of `batches` as a file that is named after the list and today, batch by batch.

    It begins with a byte order mark: without one spreadsheets guess the encoding.
    """
    shown = [column for column in columns if column.label]

    def pieces() -> Iterator[str]:
        line = csv.writer(_Echo()).writerow
        yield f"{BYTE_ORDER_MARK}{line([column.label for column in shown])}"
        for rows in batches:
            yield "".join(
                str(line([harmless(_written(column.text(row))) for column in shown]))
                for row in rows
            )

    file_name = f"{slugify(name)}-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        _awaited(pieces()) if isinstance(request, ASGIRequest) else pieces(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


async def _awaited(pieces: Iterator[str]) -> AsyncIterator[str]:
    """The same pieces for Django's ASGI handler, which would gather an ordinary iterator to its end."""
    following = sync_to_async(lambda: next(pieces, ""))
    while piece := await following():
        yield piece


class _Echo:
    """What a csv.writer needs of a file: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def harmless(text: str) -> str:
    """`text` so that a spreadsheet does not take it for a formula, and nothing in it is hidden.

    Spreadsheets of some countries split at semicolons, and others are told to split at bars or tabs:
    what follows one of these may become a cell of its own, quoted or not, as may a new line.
    """
    if not (text.isascii() and text.isprintable()):  # nearly all cells hold nothing hidden
        pieces = re.split(r"([\t\r\n])", text)
        text = "".join(piece if piece in "\t\r\n" else visible(piece) for piece in pieces)
    text = _FORMULA.sub(r"\1'", text)
    return f"'{text}" if text[:1] in {"\t", "\r", "\n"} else text


def _written(value: str | datetime) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value
