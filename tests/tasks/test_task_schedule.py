"""When a task runs next: local time over changes of the clocks, ends of months, missed times."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.schedule import next_run

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def local(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("repeats", "every", "starts", "after", "expected"),
    [
        # Before the first run it is the first run, whatever the rhythm.
        ("once", 1, "2026-07-14 09:00", "2026-07-01 00:00", "2026-07-14 09:00"),
        ("daily", 3, "2026-07-14 09:00", "2026-07-01 00:00", "2026-07-14 09:00"),
        ("monthly", 1, "2026-07-14 09:00", "2026-07-14 08:59", "2026-07-14 09:00"),
        # Strictly later: at the very moment of a run the next one is meant.
        ("daily", 1, "2026-07-14 09:00", "2026-07-14 09:00", "2026-07-15 09:00"),
        ("daily", 1, "2026-07-14 09:00", "2026-07-20 08:59", "2026-07-20 09:00"),
        ("daily", 3, "2026-07-14 09:00", "2026-07-15 00:00", "2026-07-17 09:00"),
        ("hourly", 1, "2026-07-14 09:10", "2026-07-14 12:30", "2026-07-14 13:10"),
        ("hourly", 6, "2026-07-14 09:00", "2026-07-16 09:00", "2026-07-16 15:00"),
        # An hour is an hour while the clocks jump from 2 to 3.
        ("hourly", 1, "2026-03-29 01:30", "2026-03-29 01:30", "2026-03-29 03:30"),
        ("weekly", 1, "2026-07-14 09:00", "2026-07-14 09:01", "2026-07-21 09:00"),
        ("weekly", 2, "2026-07-14 09:00", "2026-07-21 10:00", "2026-07-28 09:00"),
        # 09:00 stays 09:00 when summer time ends (25 Oct 2026) and begins (29 Mar 2026).
        ("daily", 1, "2026-10-24 09:00", "2026-10-24 09:00", "2026-10-25 09:00"),
        ("weekly", 1, "2026-03-23 09:00", "2026-03-24 00:00", "2026-03-30 09:00"),
        ("monthly", 1, "2026-01-15 09:00", "2026-07-01 00:00", "2026-07-15 09:00"),
        # A time that the clocks leave out is run as much later as they jump; the next is itself.
        ("daily", 1, "2026-03-28 02:30", "2026-03-28 12:00", "2026-03-29 03:30"),
        ("daily", 1, "2026-03-28 02:30", "2026-03-29 12:00", "2026-03-30 02:30"),
        # Counted from the 31st: the last day of shorter months, and the 31st again.
        ("monthly", 1, "2026-01-31 09:00", "2026-02-01 00:00", "2026-02-28 09:00"),
        ("monthly", 1, "2026-01-31 09:00", "2026-02-28 09:00", "2026-03-31 09:00"),
        ("monthly", 1, "2026-01-31 09:00", "2026-03-31 09:00", "2026-04-30 09:00"),
        ("monthly", 1, "2026-01-31 09:00", "2028-02-01 00:00", "2028-02-29 09:00"),
        ("monthly", 3, "2026-01-31 09:00", "2026-02-01 00:00", "2026-04-30 09:00"),
        # Years later it is still the same day and time.
        ("monthly", 1, "2016-02-29 09:00", "2026-06-30 00:00", "2026-07-29 09:00"),
        ("daily", 7, "2016-01-01 23:59", "2026-07-14 00:00", "2026-07-17 23:59"),
    ],
)
def test_the_next_run_in_local_time(
    repeats: str, every: int, starts: str, after: str, expected: str
) -> None:
    found = next_run(repeats, every, local(starts), local(after), BERLIN)
    assert found is not None
    assert found.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M") == expected


def test_a_time_that_comes_twice_is_run_the_first_time_only() -> None:
    start = local("2026-10-31 01:30", NEW_YORK)
    first = next_run("daily", 1, start, start, NEW_YORK)
    assert first == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # still summer time
    second = next_run("daily", 1, start, first, NEW_YORK)
    assert second == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("repeats", "starts", "after"),
    [
        ("none", "2026-07-14 09:00", "2026-07-01 00:00"),
        ("none", None, "2026-07-01 00:00"),
        ("daily", None, "2026-07-01 00:00"),
        ("once", "2026-07-14 09:00", "2026-07-14 09:00"),
        ("once", "2026-07-14 09:00", "2027-01-01 00:00"),
    ],
)
def test_there_may_be_no_next_run(repeats: str, starts: str | None, after: str) -> None:
    start = local(starts) if starts else None
    assert next_run(repeats, 1, start, local(after), BERLIN) is None


@pytest.mark.parametrize("repeats", ["daily", "weekly", "monthly"])
def test_a_rhythm_that_leads_beyond_the_calendar_has_no_next_run(repeats: str) -> None:
    start = local("2026-07-14 09:00")
    assert next_run(repeats, 2**31 - 1, start, start, BERLIN) is None


@pytest.mark.parametrize(("repeats", "every"), [("yearly", 1), ("daily", 0)])
def test_what_is_no_schedule_is_refused(repeats: str, every: int) -> None:
    start = local("2026-07-14 09:00")
    with pytest.raises(ValueError, match="no schedule"):
        next_run(repeats, every, start, start, BERLIN)


ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]
).map(ZoneInfo)
MOMENTS = st.integers(0, 40 * 365 * 24 * 60).map(
    lambda minutes: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
RHYTHMS = st.sampled_from(["daily", "weekly", "monthly"])
LONGEST = {"daily": 1, "weekly": 7, "monthly": 31}


@given(RHYTHMS, st.integers(1, 40), MOMENTS, MOMENTS, ZONES)
def test_it_is_later_than_after_never_before_the_start_and_not_a_step_too_late(
    repeats: str, every: int, start: datetime, after: datetime, zone: ZoneInfo
) -> None:
    found = next_run(repeats, every, start, after, zone)
    assert found is not None
    assert found > after
    assert found >= start
    step = timedelta(days=LONGEST[repeats] * every + 1)  # a date line may take a day
    assert found == start or found - after <= step


@given(RHYTHMS, st.integers(1, 5), MOMENTS, st.integers(0, 2000), ZONES)
def test_going_from_run_to_run_leaves_none_out_and_invents_none(
    repeats: str, every: int, start: datetime, days: int, zone: ZoneInfo
) -> None:
    """One of a chain of runs is found again from any moment before it."""
    after = start + timedelta(days=days)
    first = next_run(repeats, every, start, after, zone)
    assert first is not None
    second = next_run(repeats, every, start, first, zone)
    assert second is not None
    between = first + (second - first) / 2
    assert next_run(repeats, every, start, between, zone) == second
    assert next_run(repeats, every, start, first - timedelta(microseconds=1), zone) == first


@given(RHYTHMS, st.integers(1, 5), MOMENTS, MOMENTS)
def test_the_local_time_of_day_stays_unless_the_clocks_leave_it_out(
    repeats: str, every: int, start: datetime, after: datetime
) -> None:
    found = next_run(repeats, every, start, after, BERLIN)
    assert found is not None
    wanted, got = start.astimezone(BERLIN), found.astimezone(BERLIN)
    assert got.time() == wanted.time() or (wanted.hour, got.hour) == (2, 3)
