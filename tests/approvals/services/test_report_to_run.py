"""Report To Run: what a process's report adds to its request mails, and that it decides nothing."""

from collections.abc import Iterator

import pytest
from django.db import connection

from approvals.letters.guard import begins_with_decision_word
from approvals.models import ApprovalRequest, MailDraft, OutgoingMail
from approvals.services import Decider, decide
from core import reports
from core.reports import Column, Parameters, Report, Row, register
from tests.factories import DANA, LEE, make_plea, make_request, make_user

pytestmark = pytest.mark.django_db


def asked_by(account: str, **values: object) -> ApprovalRequest:
    """A request of somebody else, which a report may tell of."""
    return make_request(plea=make_plea(account=account), to_addresses=(), **values)


def draft_of(request: ApprovalRequest, address: str = DANA) -> MailDraft:
    return OutgoingMail.objects.get(request=request, recipient=address, purpose="request").draft


def report_part(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("·")]


@pytest.fixture
def broken() -> Iterator[Report]:
    """A report whose query the database refuses."""

    def rows(_: Parameters) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
        return []

    yield register(Report("broken", "Broken Report", "", (Column("A"),), rows, takes_policy=False))
    del reports._registered["broken"]


def test_the_most_recent_request_means_this_one_and_adds_nothing() -> None:
    asked_by("bob")
    draft = draft_of(make_request())
    assert "·" not in draft.text
    assert "Report:" not in draft.text + draft.html
    assert "bob" not in draft.text


def test_another_report_stands_below_the_facts_and_above_the_last_words() -> None:
    bobs = asked_by("bob", reason="Need it for the tender.")
    request = make_request(report_to_run="pending")
    text = draft_of(request).text

    lines = report_part(text)
    assert lines[0] == "· Report: Pending Approval Requests"
    assert lines[1].startswith("· As of: ")
    assert lines[2].startswith(f"· Row 1: Request: {request}; User: EXAMPLE\\alice; ")
    assert lines[3].startswith(f"· Row 2: Request: {bobs}; User: bob; Computer: WS-014; ")
    assert "Reason: Need it for the tender.; Asked (UTC): " in lines[3]
    places = [
        text.index(words)
        for words in ("Expires: ", "· Report", "· Row 2", "This email was sent to")
    ]
    assert places == sorted(places)
    assert text.count("\n\n· Report") == 1


def test_every_invited_approver_gets_the_same_lines_in_text_and_html() -> None:
    asked_by("bob")
    request = make_request(report_to_run="pending")
    drafts = [draft_of(request, address) for address in (DANA, LEE)]
    first, second = (report_part(draft.text) for draft in drafts)
    assert first == second
    for draft in drafts:
        for line in first:
            assert f">{line}</td>" in draft.html


def test_a_report_with_a_period_names_it() -> None:
    request = asked_by("bob")
    decide(
        number=request.number,
        decider=Decider("console", user=make_user()),
        answer="deny",
        comment="Too risky.",
    )
    lines = report_part(draft_of(make_request(report_to_run="decisions")).text)
    assert lines[1].startswith("· Period: ")
    assert f"Request: {request}; Decision: Denied; By: " in lines[2].replace("\u00a0", " ")
    assert lines[2].endswith("; Comment: Too risky.")


def test_an_empty_report_says_so() -> None:
    lines = report_part(draft_of(make_request(report_to_run="active-grants")).text)
    assert lines[2:] == ["· Rows: nothing to show"]


def test_at_most_twenty_rows_are_appended_and_the_rest_is_counted() -> None:
    for number in range(22):
        asked_by(f"user{number}")
    lines = report_part(draft_of(make_request(report_to_run="pending")).text)
    assert [line.partition(":")[0] for line in lines[2:-1]] == [f"· Row {n}" for n in range(1, 21)]
    assert lines[-1] == "· Rows left out: 3 more; see Reports in the console"


@pytest.mark.usefixtures("broken")
def test_a_report_that_fails_stops_no_request_and_one_line_says_it() -> None:
    request = make_request(report_to_run="broken")
    assert request.is_pending
    draft = draft_of(request)
    line = "· Report: Broken Report could not be created and is left out"
    assert report_part(draft.text) == [line]
    assert line in draft.html
    assert "nowhere" not in draft.text + draft.html


def test_a_report_that_is_gone_stops_no_request() -> None:
    draft = draft_of(make_request(report_to_run="of a version before"))
    (line,) = report_part(draft.text)
    assert line == "· Report: Report To Run could not be created and is left out"


def test_no_report_is_made_for_nobody(broken: Report) -> None:
    request = make_request(report_to_run=broken.key, to_addresses=())
    assert request.is_pending
    assert not request.mails.exists()


@pytest.mark.parametrize("text", ["APPROVE", "\r\nAPPROVE\r\n", "*yes*, all", "x\u2028Deny."])
def test_no_line_begins_like_an_answer_whatever_the_reports_texts_hold(text: str) -> None:
    make_request(
        plea=make_plea(account=text, computer_name=text, file_path=text, policy_name=text),
        reason=text,
        to_addresses=(),
    )
    for line in draft_of(make_request(report_to_run="pending")).text.splitlines():
        assert not begins_with_decision_word(line)
