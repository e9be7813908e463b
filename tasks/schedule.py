"""When a task runs next. Pure.

A schedule keeps its local time of day: 09:00 stays 09:00 when the clocks change. Every run is
counted from the first one, so a monthly task that began on the 31st runs on the last day of shorter
months and on the 31st again after them.
"""

from datetime import UTC, datetime, timedelta, tzinfo

from dateutil.relativedelta import relativedelta

# For each rhythm: what one step adds to the local time, and the longest that it can be.
_STEPS: dict[str, tuple[str, timedelta]] = {
    "hourly": ("hours", timedelta(hours=1)),
    "daily": ("days", timedelta(days=1)),
    "weekly": ("weeks", timedelta(weeks=1)),
    "monthly": ("months", timedelta(days=31)),
}
_MARGIN = 2  # steps: clocks and date lines shift a run by a day at most


def next_run(
    repeats: str, every: int, starts_at: datetime | None, after: datetime, zone: tzinfo
) -> datetime | None:
    """The first run strictly later than `after`, in UTC; None if there is none.

    `repeats` is a Task.Repeats, `every` how many hours, days, weeks or months lie between two runs
    (at least 1), `starts_at` the first run; both moments are aware. A local time that a change of the
    clocks leaves out is run as much later as the clocks jump; of one that comes twice, the first is
    meant. Raises ValueError for another `repeats` or an `every` below 1.
    """
    if repeats == "none" or starts_at is None:
        return None
    start = starts_at.astimezone(UTC)
    if start > after:
        return start
    if repeats == "once":
        return None
    if repeats not in _STEPS or every < 1:
        raise ValueError(f"no schedule: {repeats!r} every {every}")
    return _later(_STEPS[repeats], every, start, after, zone)


def _later(
    step: tuple[str, timedelta], every: int, start: datetime, after: datetime, zone: tzinfo
) -> datetime | None:
    unit, longest = step
    if unit == "hours":
        zone = UTC  # an hour is one, whatever the clocks do
    local = start.astimezone(zone).replace(tzinfo=None, fold=0)
    try:
        # So many steps have passed at least; from there it is a few more.
        count = max(1, (after - start) // (longest * every) - _MARGIN)
        while True:
            following = local + relativedelta(**{unit: every * count})  # type: ignore[arg-type]
            # A time that the clocks leave out is read by the clock before it.
            moment = following.replace(tzinfo=zone).astimezone(UTC)
            if moment > after:
                return moment
            count += 1
    except (OverflowError, ValueError):  # beyond the calendar's last year
        return None
