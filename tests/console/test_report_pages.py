"""Reports: what their pages show, to whom, in which order."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from approvals.models import Decision
from approvals.services import Decider, decide
from core.reports import all_reports
from tests.factories import make_plea, make_request, make_user, signed_in
from tests.items.makers import make_full_policy
from tests.policies.events import make_event

pytestmark = pytest.mark.django_db


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    text = b"".join(response).decode("utf-8-sig")  # type: ignore[arg-type]
    return list(csv.DictReader(io.StringIO(text)))


def make_decision(account: str, answer: str = "deny") -> None:
    request = make_request(plea=make_plea(account=account))
    decider = Decider("console", user=make_user(role="Helpdesk"))
    decide(number=request.number, decider=decider, answer=answer)


def test_every_report_is_listed_and_opens() -> None:
    client = signed_in()
    contents = page(client, "/reports/")
    for report in all_reports():
        assert f"/reports/{report.key}/" in contents
        assert report.description in page(client, f"/reports/{report.key}/").replace("&#x27;", "'")


def test_a_report_shows_its_rows_and_downloads_the_same() -> None:
    make_decision("EXAMPLE\\alice")
    assert "EXAMPLE\\" in page(signed_in(), "/reports/decisions/")
    (row,) = rows_of(signed_in(), "/reports/decisions/?format=csv")
    assert (row["User"], row["Decision"]) == ("EXAMPLE\\alice", "Denied")


def test_a_report_is_about_the_days_that_are_chosen() -> None:
    make_decision("EXAMPLE\\alice")
    client = signed_in()
    assert "Covers the last 30 days" in page(client, "/reports/decisions/")
    assert "Nothing to report" not in page(client, "/reports/decisions/")
    assert "No row matches these filters" in page(client, "/reports/decisions/?to=2020-01-01")
    assert "Days:" not in page(client, "/reports/pending/")


def test_a_report_is_about_the_policy_that_is_chosen() -> None:
    policy = make_full_policy()
    make_event(policy=policy)
    make_event()
    address = "/reports/events-by-policy/?format=csv"
    assert len(rows_of(signed_in(), address)) == 2
    (row,) = rows_of(signed_in(), f"{address}&policy={policy.pk}")
    assert (row["Policy"], row["Events"]) == (policy.name, "1")


def test_numbers_stand_to_the_right_and_the_zone_of_the_times_once() -> None:
    make_decision("EXAMPLE\\alice")
    client = signed_in()
    shown = page(client, "/reports/by-approver/")
    assert '<td class="num" data-label="Denials"><span>1</span></td>' in shown
    assert "Last answer (UTC)</a>" in shown
    assert shown.count("(UTC)") == 2  # and for a phone, where each cell says its column


def test_the_csv_has_times_for_programs_and_their_zone_once(settings: Settings) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    make_decision("EXAMPLE\\alice")
    Decision.objects.update(at=datetime(2026, 7, 14, 7, 26, tzinfo=UTC))
    (row,) = rows_of(signed_in(), "/reports/by-approver/?format=csv&from=2026-07-01&to=2026-07-31")
    assert row["Last answer (UTC+5:30)"] == "2026-07-14 12:56"
    assert row["Denials"] == "1"


def test_times_are_shown_in_the_readers_own_zone_and_downloaded_in_the_consoles() -> None:
    make_decision("EXAMPLE\\alice")
    person = make_user(role="Auditors")
    person.time_zone = "Asia/Kolkata"
    person.save()
    client = Client()
    client.force_login(person)
    assert "When (UTC+5:30)</a>" in page(client, "/reports/decisions/")
    (row,) = rows_of(client, "/reports/decisions/?format=csv")
    assert "When (UTC)" in row


def test_a_report_that_is_cut_says_what_to_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.reports.MAX_ROWS", 1)
    make_decision("EXAMPLE\\alice")
    client = signed_in()
    shown = page(client, "/reports/decisions/?q=nobody")
    assert "ends after 1 rows: choose fewer days or one policy" in shown
    assert "ends after" not in page(client, "/reports/pending/")


def test_the_days_are_said_from_the_first_to_the_last_whatever_was_chosen() -> None:
    now = timezone.now()
    today, month_ago = (f"{at:%Y-%m-%d}" for at in (now, now - timedelta(days=30)))
    for chosen, first, last in (
        ("", month_ago, today),
        ("?from=2026-01-02", "2026-01-02", today),
        ("?to=2026-01-31", "2026-01-02", "2026-01-31"),
    ):
        shown = re.sub(r"\s+", " ", page(signed_in(), f"/reports/decisions/{chosen}"))
        assert f'name="from" value="{first}"' in shown
        assert f'name="to" value="{last}"' in shown


def test_the_number_of_a_request_leads_to_its_page() -> None:
    make_decision("EXAMPLE\\alice")
    number = Decision.objects.get().request_id
    shown = page(signed_in(), "/reports/decisions/")
    assert f'<a href="/approvals/PM-{number}/">PM-{number}</a>' in shown


def test_rows_are_searched_in_any_column_and_sorted_by_the_one_that_is_pressed() -> None:
    for account in ("EXAMPLE\\cleo", "EXAMPLE\\alice", "EXAMPLE\\bert"):
        make_decision(account)
    client, address = signed_in(), "/reports/decisions/?format=csv"
    users = [row["User"] for row in rows_of(client, f"{address}&sort=4")]
    assert users == sorted(users)
    assert [row["User"] for row in rows_of(client, f"{address}&sort=-4")] == users[::-1]
    assert [row["User"] for row in rows_of(client, f"{address}&q=CLEO")] == ["EXAMPLE\\cleo"]
    assert rows_of(client, f"{address}&sort=99") == rows_of(client, address)


def test_numbers_in_a_text_are_sorted_by_their_size() -> None:
    for number in (10, 9, 100):
        make_decision(f"user{number}")
    rows = rows_of(signed_in(), "/reports/decisions/?format=csv&sort=4")
    assert [row["User"] for row in rows] == ["user9", "user10", "user100"]


def test_times_are_sorted_by_when_they_were() -> None:
    for day, account in ((2, "feb"), (10, "jan")):
        make_decision(account)
        at = datetime(2026, 2 if account == "feb" else 1, day, tzinfo=UTC)
        Decision.objects.filter(request__account=account).update(at=at)
    period = "from=2026-01-01&to=2026-03-01"
    rows = rows_of(signed_in(), f"/reports/decisions/?format=csv&sort=0&{period}")
    assert [row["User"] for row in rows] == ["jan", "feb"]


@pytest.mark.parametrize(
    ("role", "contents", "mail"),
    [
        ("Auditors", 200, 200),
        ("Helpdesk", 200, 403),
        ("Users", 200, 403),
        ("Windows Administrators", 403, 403),
    ],
)
def test_reports_tell_of_all_platforms_and_mail_is_for_those_who_see_its_queue(
    role: str, contents: int, mail: int
) -> None:
    client = signed_in(role)
    assert client.get("/reports/").status_code == contents
    assert client.get("/reports/undelivered-mail/").status_code == mail


def test_an_unknown_report_is_not_found() -> None:
    assert signed_in().get("/reports/of-nothing/").status_code == 404
