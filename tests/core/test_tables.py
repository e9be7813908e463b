"""Columns of a list: which share a cell, what can be sorted, what the CSV says."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncRequestFactory, RequestFactory

from core.tables import Column, Table, csv_response, harmless

COLUMNS = [
    Column("Program", lambda row: row["program"], sort="program", link=lambda row: "/there/"),
    Column("Number", lambda row: row["number"], place="beside"),
    Column("Policy", lambda row: "Installers", sort="policy", place="below"),
    Column("", lambda row: "a note", place="below"),
    Column("Closed", lambda row: row["closed"]),
]
ROW = {"program": "setup.exe", "number": "PM-7", "closed": datetime(2026, 7, 14, 9, 26, tzinfo=UTC)}


def test_columns_beside_and_below_share_the_cell_of_the_one_before() -> None:
    program, closed = Table(COLUMNS).cells(ROW)
    assert (program.text, program.url) == ("setup.exe", "/there/")
    assert [note.text for note in program.notes] == ["PM-7", "Installers", "a note"]
    assert program.label == "Program, Policy"
    assert (closed.moment, closed.is_ahead) == (ROW["closed"], False)


def test_a_heading_names_what_is_below_and_sorts_by_each(rf: RequestFactory) -> None:
    program, closed = Table(COLUMNS).headings(rf.get("/list/?q=x"), "program")
    assert [(head.label, head.url) for head in program.headers] == [
        ("Program", "/list/?q=x&sort=-program"),
        ("Policy", "/list/?q=x&sort=policy"),
    ]
    assert (program.sorted, closed.sorted) == ("ascending", "")
    assert [head.url for head in closed.headers] == [""]


@pytest.mark.parametrize(
    ("chosen", "sort"),
    [
        ("policy", "policy"),
        ("-policy", "-policy"),
        ("closed", "-x"),
        ("--policy", "-x"),
        ("", "-x"),
    ],
)
def test_only_what_a_column_declares_is_sorted_by(chosen: str, sort: str) -> None:
    assert Table(COLUMNS).sort(chosen, otherwise="-x") == sort


def test_the_csv_has_each_labelled_column_by_itself(settings: Any, rf: RequestFactory) -> None:
    settings.TIME_ZONE = "UTC"
    response = csv_response(rf.get("/"), "Decided requests", COLUMNS, [[ROW]])
    lines = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    head, row = csv.reader(io.StringIO(lines))
    assert head == ["Program", "Number", "Policy", "Closed"]
    assert row == ["setup.exe", "PM-7", "Installers", "2026-07-14 09:26"]
    assert response["Content-Disposition"].startswith('attachment; filename="decided-requests-20')


def test_the_first_lines_of_a_csv_leave_before_the_last_rows_are_fetched() -> None:
    fetched = []

    def batches() -> Iterator[list[dict[str, Any]]]:
        for number in range(3):
            fetched.append(number)
            yield [ROW]

    def read(pieces: int) -> str:
        async def ask() -> bytes:
            response = csv_response(AsyncRequestFactory().get("/"), "List", COLUMNS, batches())
            lines = aiter(response)
            return b"".join([await anext(lines) for _ in range(pieces)])

        return async_to_sync(ask)().decode("utf-8-sig")

    assert read(pieces=1) == "Program,Number,Policy,Closed\r\n"
    assert fetched == []
    assert read(pieces=2).count("setup.exe") == 1
    assert fetched == [0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("\t=1", "'\t'=1"),
        ("\tx", "'\tx"),
        ("a\nb", "a\nb"),
        ("a;b - c", "a;b - c"),
        (";=1+1", ";'=1+1"),
        ("a; =1+1", "a; '=1+1"),
        ('a;"=1+1"', 'a;"\'=1+1"'),
        ("a|+1", "a|'+1"),
        ("a\t@SUM(1)", "a\t'@SUM(1)"),
        ("a\n=1+1", "a\n'=1+1"),
        (" =1+1", " '=1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20SUM(1)", "'\uff20SUM(1)"),
        ("\ufe661", "'\ufe661"),
        ("\u22121", "'\u22121"),
        ("=a;=b;=c", "'=a;'=b;'=c"),
        ("exe\u202e.scr", "exe[U+202E].scr"),
        ("", ""),
    ],
)
def test_a_cell_of_the_csv_is_no_formula_and_hides_nothing(text: str, shown: str) -> None:
    assert harmless(text) == shown
