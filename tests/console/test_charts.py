"""The charts of Home: what is counted, and what each role sees of it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from approvals.models import ApprovalRequest
from console.charts import requests_per_day, top_policies
from items.models import Item
from tests.console.test_home_and_shell import home, run_once
from tests.factories import make_request
from tests.items.makers import make_full_policy
from tests.policies.events import make_event

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def close(state: str, *, days_ago: int = 0) -> None:
    request = make_request()
    ApprovalRequest.objects.filter(pk=request.pk).update(
        state=state, closed_at=NOW, created_at=NOW - timedelta(days=days_ago)
    )


def test_each_day_counts_its_requests_by_their_outcome() -> None:
    for state in ("approved", "approved", "denied", "expired", "cancelled"):
        close(state)
    close("approved", days_ago=3)
    close("denied", days_ago=40)
    chart = requests_per_day(14, now=NOW)
    assert chart is not None
    assert len(chart.days) == 14
    assert [day.counts for day in chart.days if day.total] == [(1, 0, 0), (2, 1, 2)]
    assert chart.days[-1].day == timezone.localdate(NOW)
    assert [number for number, _ in chart.lines] == [0, 1, 2, 3, 4, 5]


def test_a_day_is_drawn_on_the_scale_of_the_highest() -> None:
    for _ in range(7):
        close("approved")
    close("denied", days_ago=1)
    chart = requests_per_day(2, now=NOW)
    assert chart is not None
    assert [number for number, _ in chart.lines] == [0, 2, 4, 6, 8]
    (denied,), (approved,) = (day.bars for day in chart.days)
    assert (denied.tone, denied.y, denied.height) == ("bad", 134.0, 17.0)
    assert (approved.tone, approved.y) == ("good", 26.0)


def test_pending_requests_have_no_outcome_yet() -> None:
    make_request()
    assert requests_per_day(14, now=NOW) is None


def test_policies_are_ranked_by_what_they_decided_among_those_that_one_sees() -> None:
    policy: Item = make_full_policy()
    for _ in range(3):
        make_event(policy=policy)
    make_event()  # no policy matched
    since = NOW - timedelta(days=14)
    (ranked,) = top_policies(frozenset({"Administrators"}), since=since)
    assert (ranked.name, ranked.events, ranked.share) == (policy.name, 3, 100)
    others = {"Windows Administrators", "macOS Administrators", "Unix/Linux Administrators"}
    platform = policy.groups.get().platform
    seen = {role: top_policies(frozenset({role}), since=since) for role in others}
    assert sum(bool(each) for each in seen.values()) == 1, platform
    assert top_policies(frozenset({"Administrators"}), since=NOW + timedelta(days=1)) == []


def test_home_shows_both_and_the_days_as_a_table_too() -> None:
    request = make_request()
    run_once(request)
    make_event(policy=make_full_policy())
    cache.clear()
    page = home("Users")
    assert "Requests per day by outcome" in page
    assert "Show as table" in page
    assert "Top policies" in page
