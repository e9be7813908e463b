"""The charts and rankings of Home: what is counted, and what each role sees of it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals.models import ApprovalRequest
from console.charts import Day, requests_per_day, times_to_decision
from console.rankings import top_policies, top_programs
from items.models import Item
from policies.models import Policy
from tests.console.test_home_and_shell import home, run_once
from tests.factories import make_request, signed_in
from tests.items.makers import make_full_policy
from tests.policies.events import make_event

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def close(state: str, *, days_ago: int = 0, took: timedelta = timedelta(0)) -> None:
    request, asked = make_request(), NOW - timedelta(days=days_ago)
    ApprovalRequest.objects.filter(pk=request.pk).update(
        state=state, created_at=asked, closed_at=asked + took
    )


def words(day: Day) -> list[str]:
    return [cell for _, cell in day.cells]


def test_each_day_counts_its_requests_by_their_outcome() -> None:
    for state in ("approved", "approved", "denied", "expired", "cancelled"):
        close(state)
    close("approved", days_ago=3)
    close("denied", days_ago=40)
    chart = requests_per_day(14, now=NOW)
    assert chart is not None
    assert len(chart.days) == 14
    assert [words(day) for day in chart.days if day.bars] == [list("1001"), list("2125")]
    assert chart.days[-1].day == timezone.localdate(NOW)
    assert [number for number, _ in chart.scale] == [0, 1, 2, 3, 4, 5]


def test_a_day_is_drawn_on_the_scale_of_the_highest() -> None:
    for _ in range(7):
        close("approved")
    close("denied", days_ago=1)
    chart = requests_per_day(2, now=NOW)
    assert chart is not None
    assert [number for number, _ in chart.scale] == [0, 2, 4, 6, 8]
    (denied,), (approved,) = (day.bars for day in chart.days)
    assert (denied.tone, denied.y, denied.height) == ("bad", 134.0, 17.0)
    assert (approved.tone, approved.y) == ("good", 26.0)


def test_pending_requests_have_no_outcome_yet() -> None:
    make_request()
    assert requests_per_day(14, now=NOW) is None


def test_each_day_tells_how_soon_half_and_most_of_its_requests_were_decided() -> None:
    for length in range(1, 11):
        close("denied" if length % 2 else "approved", took=timedelta(minutes=length))
    close("approved", days_ago=3, took=timedelta(hours=2))
    close("expired", days_ago=4, took=timedelta(hours=9))
    chart = times_to_decision(14, now=NOW)
    assert chart is not None
    named = {day.day: words(day) for day in chart.days if words(day) != ["none", "none"]}
    today = timezone.localdate(NOW)
    assert named == {
        today - timedelta(days=3): ["2 h", "2 h"],
        today: ["6 min", "10 min"],
    }
    half, most = chart.lines
    assert chart.note == "minutes from request to decision"
    assert [number for number, _ in chart.scale] == [0, 50, 100, 150]
    assert [y for _, y in most.points] == [36.8, 142.4]
    assert [x for x, _ in half.points] == [day.middle for day in chart.days if day.day in named]


@pytest.mark.parametrize(
    ("took", "unit", "highest"),
    [
        (timedelta(0), "minutes", 1),
        (timedelta(minutes=179), "minutes", 200),
        (timedelta(hours=71), "hours", 80),
        (timedelta(days=30), "days", 30),
    ],
)
def test_times_are_drawn_in_a_unit_that_fits(took: timedelta, unit: str, highest: int) -> None:
    close("approved", took=took)
    chart = times_to_decision(14, now=NOW)
    assert chart is not None
    assert (chart.note, chart.scale[-1][0]) == (f"{unit} from request to decision", highest)


def test_what_was_never_decided_took_no_time() -> None:
    close("expired")
    make_request()
    assert times_to_decision(14, now=NOW) is None


def test_programs_are_ranked_by_name_and_publisher() -> None:
    since = NOW - timedelta(days=14)
    for signer, digest in (("", "a" * 64), ("", "b" * 64), ("Brother", "a" * 64)):
        request = make_request()
        changes = {"file_name": "setup.exe", "signer": signer, "sha256": digest}
        ApprovalRequest.objects.filter(pk=request.pk).update(**changes)
    ranked = [(each.name, each.note, each.count, each.share) for each in top_programs(since=since)]
    assert ranked == [
        ("setup.exe", "unsigned, 2 files of this name", 2, 100),
        ("setup.exe", "Brother", 1, 50),
    ]


def test_policies_are_ranked_by_what_they_decided_among_those_that_one_sees() -> None:
    policy: Item = make_full_policy()
    for _ in range(3):
        make_event(policy=policy)
    make_event()  # no policy matched
    since = NOW - timedelta(days=14)
    (ranked,) = top_policies(frozenset({"Administrators"}), since=since)
    assert (ranked.name, ranked.count, ranked.share) == (policy.name, 3, 100)
    others = {"Windows Administrators", "macOS Administrators", "Unix/Linux Administrators"}
    platform = policy.groups.get().platform
    seen = {role: top_policies(frozenset({role}), since=since) for role in others}
    assert sum(bool(each) for each in seen.values()) == 1, platform
    assert top_policies(frozenset({"Administrators"}), since=NOW + timedelta(days=1)) == []


def test_home_shows_them_all_and_the_days_as_tables_too() -> None:
    request = make_request()
    run_once(request)
    make_event(policy=make_full_policy())
    cache.clear()
    page = home("Users")
    assert "Requests per day by outcome" in page
    assert "Time to decision</h2>" in page
    assert page.count("Show as table") == 2
    assert "Top policies" in page
    assert "Programs asked for most" in page


@pytest.mark.parametrize(
    ("role", "led"), [("Windows Administrators", False), ("Users", True), ("Auditors", True)]
)
def test_home_leads_to_the_report_those_who_may_open_it(role: str, led: bool) -> None:
    run_once(make_request())
    make_event(policy=make_full_policy())
    cache.clear()
    page = home(role)
    assert "Top policies" in page
    assert ('href="/reports/events-by-policy/"' in page) is led
    assert (signed_in(role).get("/reports/events-by-policy/").status_code == 200) is led


@pytest.mark.parametrize(
    ("asked", "days", "requests"), [("7", 7, 1), ("14", 14, 2), ("90", 90, 3), ("9", 14, 2)]
)
def test_home_is_about_as_many_days_as_one_chooses(asked: str, days: int, requests: int) -> None:
    run_once(make_request())
    ApprovalRequest.objects.update(state="pending", closed_at=None)
    for ago in (1, 10, 60):
        close("approved", days_ago=ago)
    make_event(policy=make_full_policy())
    cache.clear()
    page = signed_in("Users").get("/", {"days": asked})
    assert page.context["days"] == days
    chart = page.context["charts"][0]
    assert (len(chart.days), sum(bool(day.bars) for day in chart.days)) == (days, requests)
    assert sum(day.is_named for day in chart.days) <= 5
    html = page.content.decode()
    assert f'href="?days={days}" aria-current="true"' in html
    assert f"Policies with the most policy events in the last {days} days" in html


def test_home_asks_the_database_as_often_however_much_there_is() -> None:
    run_once(make_request())
    make_event(policy=make_full_policy())
    client, asked = signed_in("Auditors"), []
    client.get("/")
    for more in (0, 3):
        for number in range(more):
            close("approved", days_ago=number)
            make_event(policy=Policy.objects.create(name=f"Policy {number}"))
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/").status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]
