"""Time of Day: when the program runs, by the clock of whoever decides, not by the endpoint's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, Optional, Tuple
from zoneinfo import ZoneInfo

from policies.engine.event import Event
from policies.engine.filters.base import CompilePattern, FilterSettings, Outcome, Settings
from policies.engine.filters.base import text as read_text
from policies.engine.filters.base import texts as read_texts

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = 24 * 60
_PERIOD = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])\s*-\s*([01][0-9]|2[0-4]):([0-5][0-9])")


@dataclass(frozen=True)
class TimeOfDay(FilterSettings):
    """Days and periods in a time zone; no days means every day, no periods the whole day.

    A period is "22:00-06:00": from the first minute up to, not including, the second. One that
    crosses midnight belongs to the day on which it begins.
    """

    days: Tuple[str, ...] = ()  # of DAYS
    periods: Tuple[str, ...] = ()
    zone: str = "UTC"  # IANA name

    @classmethod
    def build(cls, settings: Settings, compile_pattern: Optional[CompilePattern]) -> TimeOfDay:
        days = tuple(day.lower() for day in read_texts(settings, "days"))
        for day in days:
            if day not in DAYS:
                raise ValueError(f"days: {day[:80]} is none of {', '.join(DAYS)}")
        periods = read_texts(settings, "periods")
        for period in periods:
            _minutes(period)
        zone = read_text(settings, "zone") or "UTC"
        _zone(zone)
        return cls(days=days, periods=periods, zone=zone)

    @property
    def is_empty(self) -> bool:
        return not (self.days or self.periods)

    def check(self, event: Event, now: datetime) -> Outcome:
        local = now.astimezone(_zone(self.zone))
        today, yesterday = DAYS[local.weekday()], DAYS[(local - timedelta(days=1)).weekday()]
        minute = local.hour * 60 + local.minute
        shown = f"It is {today.capitalize()}, {local:%H:%M} ({self.zone})"
        for begin, end in [_minutes(period) for period in self.periods] or [(0, _DAY)]:
            if begin <= minute < end and self._has(today):
                return True, f"{shown}, within the times."
            if minute < end - _DAY and self._has(yesterday):
                return True, f"{shown}, within a period that began the day before."
        return False, f"{shown}, outside the times."

    def _has(self, day: str) -> bool:
        return not self.days or day in self.days


@lru_cache(maxsize=1024)
def _minutes(period: str) -> Tuple[int, int]:
    """Minutes after midnight of begin and end; the end of one that crosses midnight is over 24 h."""
    read = _PERIOD.fullmatch(period)
    if not read:
        raise ValueError(f"periods: {period[:80]} is not a period such as 08:00-17:30")
    hours: Tuple[Any, ...] = read.groups()
    begin, end = int(hours[0]) * 60 + int(hours[1]), int(hours[2]) * 60 + int(hours[3])
    if begin >= _DAY or end > _DAY:
        raise ValueError(f"periods: {period} is beyond the end of the day")
    if begin == end:
        raise ValueError(f"periods: {period} begins and ends at the same time")
    return begin, end if end > begin else end + _DAY


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    if name == "UTC":  # needs no time zone database
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # a name may also be a folder of the database
        raise ValueError(f"zone: {name[:80]} is not a known time zone") from None
