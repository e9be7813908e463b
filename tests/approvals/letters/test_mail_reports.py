"""Reports in mails: below a request no part of one looks like an answer; by itself it is readable."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from hypothesis import HealthCheck, given, settings
from mail_samples import BERLIN, FACTS, HOSTILE, NOW, WAYS, flattened, hostile_facts, wrappings

from approvals.letters import compose
from approvals.letters.compose import LINK_TOKEN, REPLY_TOKEN, Draft
from approvals.letters.guard import begins_with_decision_word
from approvals.letters.message import build
from approvals.letters.reports import Made, appendix, appendix_failed, report_mail
from approvals.reply.our_mail import is_ours
from core.reports import MAX_ROWS, Parameters, Report

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PARAMETERS = Parameters(NOW - timedelta(days=7), NOW, None, NOW)
REPORT = Report(
    key="sample",
    name="Sample Report",
    description="",
    columns=("Request", "User", "Comment"),
    rows=lambda _: (),
    takes_policy=True,
)


def made(*rows: tuple[str, ...], **changes: object) -> Made:
    return Made(replace(REPORT, **changes), PARAMETERS, rows)


def hostile(text: str) -> Made:
    """A report of which every text that we do not write ourselves is `text`."""
    rows = [(text, text, text), ("PM-7", text, ""), ("", "", text)]
    return Made(replace(REPORT, name=text, columns=(text,) * 3), PARAMETERS, rows, policy=text)


def request_mail(text: str) -> Draft:
    lines = appendix(hostile(text), zone=BERLIN) + appendix_failed(text)
    return compose.request_mail(hostile_facts(text), "dana@example.com", WAYS, report=lines)


@QUICK
@given(HOSTILE)
def test_no_line_of_text_or_html_begins_with_a_decision_word(text: str) -> None:
    draft = request_mail(text)
    for flat in (draft.text, *flattened(draft.html)):
        assert not [line for line in wrappings(flat) if begins_with_decision_word(line)]


@QUICK
@given(HOSTILE)
def test_every_line_begins_with_a_dot_and_words_that_replies_are_known_to_quote(text: str) -> None:
    for line in appendix(hostile(text), zone=BERLIN) + appendix_failed(text):
        assert line.startswith("· ")
        assert len(line.splitlines()) == 1
        for mark in ("", "*", " ", "\u00a0"):
            assert is_ours(f"{mark}{line}")


@QUICK
@given(HOSTILE)
def test_no_placeholder_and_no_markup_comes_from_a_report(text: str) -> None:
    plain, draft = request_mail("x"), request_mail(text)
    for placeholder in (REPLY_TOKEN, LINK_TOKEN):
        assert draft.text.count(placeholder) == plain.text.count(placeholder)
        assert draft.html.count(placeholder) == plain.html.count(placeholder)
    alone = report_mail(hostile(text), title=text, zone=BERLIN)
    for placeholder in (REPLY_TOKEN, LINK_TOKEN):
        assert placeholder not in f"{alone.subject}{alone.text}{alone.html}"
    known = report_mail(hostile("x"), title="x", zone=BERLIN).html
    assert set(re.findall(r"<\w+", alone.html)) == set(re.findall(r"<\w+", known))


@QUICK
@given(HOSTILE)
def test_a_report_by_itself_is_one_well_formed_message(text: str) -> None:
    # The columns are ours here: tests/approvals/test_reports.py looks at those of every report.
    report = replace(hostile(text), report=replace(REPORT, name=text))
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
    assert lines[2] == "· Row 1: Request: PM-7; Comment: Fine."


def test_the_mail_names_report_period_policy_and_rows() -> None:
    one = replace(made(("PM-7", "bob", ""), ("PM-8", "lee", "Fine.")), policy="Installers")
    draft = report_mail(one, title="Morning round", zone=BERLIN)
    assert draft.subject == "[pmconsole] Morning round: 2 rows"
    assert draft.text == (
        "E-mail task: Morning round\n\n"
        "Report: Sample Report\n"
        "Period: 7 Jul 2026, 09:26 (UTC+2) to 14 Jul 2026, 09:26 (UTC+2)\n"
        "Policy: Installers\n"
        "Rows: 2\n\n"
        "Row 1\nRequest: PM-7\nUser: bob\n\n"
        "Row 2\nRequest: PM-8\nUser: lee\nComment: Fine.\n\n"
        "This e-mail was sent by a task and needs an answer from nobody.\n"
    )
    for fact in ("Morning round", "Sample Report", "Installers", "Rows: 2", "PM-8", "Fine."):
        assert fact in draft.html


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
    plain = compose.request_mail(FACTS, "dana@example.com", WAYS)
    assert plain == compose.request_mail(FACTS, "dana@example.com", WAYS, report=[])
    assert "·" not in plain.text
