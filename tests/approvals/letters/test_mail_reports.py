"""Reports in mails: below a request no part of one looks like an answer; by itself it is readable."""

import re
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from hypothesis import HealthCheck, given, settings
from mail_samples import (
    BERLIN,
    HOSTILE,
    NOW,
    PARAMETERS,
    REPORT,
    hostile_report,
    request_mail,
    samples,
    wrappings,
)

from approvals.letters import kinds
from approvals.letters.compose import LINK_TOKEN, REPLY_TOKEN
from approvals.letters.guard import begins_with_decision_word
from approvals.letters.message import build
from approvals.letters.reports import ReportRun, appendix, appendix_failed, report_mail
from approvals.reply.our_mail import is_ours
from core.reports import MAX_ROWS, Column, Row

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def made(*rows: Row, **changes: object) -> ReportRun:
    return ReportRun(replace(REPORT, **changes), PARAMETERS, rows)


@QUICK
@given(HOSTILE)
def test_every_line_begins_with_a_dot_and_words_that_replies_are_known_to_quote(text: str) -> None:
    for line in appendix(hostile_report(text), zone=BERLIN) + appendix_failed(text):
        assert line.startswith("· ")
        assert len(line.splitlines()) == 1
        for mark in ("", "*", " ", "\u00a0"):
            assert is_ours(f"{mark}{line}")


@QUICK
@given(HOSTILE)
def test_no_placeholder_and_no_markup_comes_from_a_report(text: str) -> None:
    plain, draft = (samples(kinds.REQUEST, words)[0] for words in ("x", text))
    for placeholder in (REPLY_TOKEN, LINK_TOKEN):
        assert draft.text.count(placeholder) == plain.text.count(placeholder)
        assert draft.html.count(placeholder) == plain.html.count(placeholder)
    alone = report_mail(hostile_report(text), title=text, zone=BERLIN)
    for placeholder in (REPLY_TOKEN, LINK_TOKEN):
        assert placeholder not in f"{alone.subject}{alone.text}{alone.html}"
    known = report_mail(hostile_report("x"), title="x", zone=BERLIN).html
    tags, known_tags = (set(re.findall(r"<\w+", html)) for html in (alone.html, known))
    assert tags - {"<wbr"} == known_tags


@QUICK
@given(HOSTILE)
def test_a_report_by_itself_is_one_well_formed_message(text: str) -> None:
    # The columns are ours here: tests/approvals/test_reports.py looks at those of every report.
    report = replace(hostile_report(text), report=replace(REPORT, name=text))
    draft = report_mail(report, title=text, zone=BERLIN)
    assert not [line for line in wrappings(draft.text) if begins_with_decision_word(line)]
    data = build(
        draft,
        sender="pm@example.com",
        recipient="dana@example.com",
        reply_to=None,
        message_id="<1@pm.example.com>",
        date=NOW,
    )
    message = message_from_bytes(data, policy=policy.default)
    assert message.keys() == [
        *("Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted"),
        *("X-Auto-Response-Suppress", "MIME-Version", "Content-Type"),
    ]
    assert not message.defects


def test_our_own_words_around_the_rows_are_short_lines() -> None:
    short = [("PM-7", "bob", "Fine.")] * 25
    for takes_period in (True, False):
        lines = appendix(made(*short, takes_period=takes_period), zone=BERLIN)
        assert [line for line in lines if len(line) > 70] == []
    assert all(len(line) <= 70 for line in appendix_failed("Sample Report"))


def test_empty_cells_are_left_out() -> None:
    lines = appendix(made(("PM-7", "", "Fine.")), zone=BERLIN)
    assert lines[2] == "· Row 1: Request: PM-7; File: Fine."


def test_the_mail_names_report_period_policy_and_rows() -> None:
    one = replace(made(("PM-7", "bob", ""), ("PM-8", "lee", "Fine.")), policy="Installers")
    draft = report_mail(one, title="Morning round", zone=BERLIN)
    assert draft.subject == "[pmconsole] Morning round: 2 rows"
    assert draft.text == (
        "E-mail task: Morning round\n\n"
        "Report: Pending Approval Requests\n"
        "Period: 7 Jul 2026, 09:26 (UTC+2) to 14 Jul 2026, 09:26 (UTC+2)\n"
        "Policy: Installers\n"
        "Rows: 2\n\n"
        "Row 1\nRequest: PM-7\nUser: bob\n\n"
        "Row 2\nRequest: PM-8\nUser: lee\nFile: Fine.\n\n"
        "This email was sent by a task. You don't need to reply.\n"
    )
    for fact in (
        "Morning round",
        "Pending Approval Requests",
        "Installers",
        "Rows: 2",
        "PM-8",
        "Fine.",
    ):
        assert fact in draft.html


WITH_TIMES = (Column("Approver"), Column("Answers", "number"), Column("Last", "time"))


def test_the_mail_says_the_zone_once_and_has_numbers_to_the_right() -> None:
    run = made(("Dana", 12, NOW), ("Lee", 3, NOW), columns=WITH_TIMES)
    draft = report_mail(run, title="Morning round", zone=BERLIN)
    assert "Rows: 2\nTimes: UTC+2\n\nRow 1\n" in draft.text
    assert "Answers: 12\nLast: 14 Jul 2026, 09:26\n" in draft.text
    assert ">Last (UTC+2)</th>" in draft.html
    assert ">14 Jul 2026, 09:26</td>" in re.sub(r"<span.*?</span>", "", draft.html)
    assert draft.html.count('align="right"') == 3  # the heading and two cells
    assert appendix(run, zone=BERLIN)[2] == (
        "· Row 1: Approver: Dana; Answers: 12; Last (UTC+2): 14 Jul 2026, 09:26"
    )


def test_a_mail_without_rows_says_that_there_is_nothing() -> None:
    draft = report_mail(made(), title="Morning round", zone=BERLIN)
    assert "Rows: 0\n\nNothing to report.\n\nThis email" in draft.text
    assert ">Nothing to report.</p>" in draft.html
    assert "<th" not in draft.html


def test_a_long_path_may_break_behind_its_separators_and_is_whole_in_the_text() -> None:
    path = r"\\files.example.com\share\setup.exe"
    draft = report_mail(made(("PM-7", "alice@example.com", path)), title="x", zone=BERLIN)
    assert r"\\files.example.com\<wbr>share\<wbr>setup.exe</td>" in draft.html
    assert "alice@<wbr>example.com</td>" in draft.html
    assert path in draft.text


def test_a_mail_leads_to_the_pages_of_the_console_where_its_address_is_given() -> None:
    columns = (Column("Request", link=lambda text: f"/approvals/{text}/" if text else ""),)
    run = made(("PM-7",), ("",), columns=columns)
    with_links = report_mail(run, title="x", zone=BERLIN, public_url="https://pm.example.com")
    href = 'href="https://pm.example.com/approvals/PM-7/"'
    assert with_links.html.count("<a ") == with_links.html.count(href) == 1
    assert "<a " not in report_mail(run, title="x", zone=BERLIN).html


def test_each_time_of_a_mail_says_its_zone_where_summer_and_winter_meet() -> None:
    winter = NOW.replace(month=11)
    run = made(("Dana", 12, NOW), ("Lee", 3, winter), columns=WITH_TIMES)
    draft = report_mail(run, title="Morning round", zone=BERLIN)
    assert "Times:" not in draft.text
    assert ">Last</th>" in draft.html
    for text in (draft.text, draft.html):
        assert "14 Jul 2026, 09:26 (UTC+2)" in text
        assert "14 Nov 2026, 08:26 (UTC+1)" in text


def test_a_report_about_all_policies_says_so_and_one_about_none_says_nothing() -> None:
    assert "Policy: all policies\n" in report_mail(made(), title="x", zone=BERLIN).text
    assert "Policy" not in report_mail(made(takes_policy=False), title="x", zone=BERLIN).text


@pytest.mark.parametrize(
    ("rows", "counted", "left_out"),
    [
        (1, "1 row", ""),
        (100, "100 rows", ""),
        (101, "101 rows", "Rows left out: 1 more;"),
        (MAX_ROWS, "1000 rows or more", "Rows left out: 900 or more;"),
    ],
)
def test_rows_that_are_left_out_are_counted(rows: int, counted: str, left_out: str) -> None:
    draft = report_mail(made(*[("PM-7", "bob", "")] * rows), title="x", zone=BERLIN)
    assert draft.subject == f"[pmconsole] x: {counted}"
    assert left_out in draft.text
    assert left_out in draft.html
    assert ("left out" in draft.text) == bool(left_out)


def test_the_mail_without_a_report_is_the_mail_as_it_was() -> None:
    plain = request_mail()
    assert plain == request_mail(report_lines=[])
    assert "·" not in plain.text
