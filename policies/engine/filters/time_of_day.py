"""Time of Day: when the program runs, by the clock of whoever decides, not by the endpoint's."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

from policies.engine.event import Event
from policies.engine.filters.base import CompilePattern, FilterSettings, Settings
from policies.engine.filters.base import text as read_text
from policies.engine.filters.base import texts as read_texts
from policies.engine.words import joined

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = 24 * 60
_PERIOD = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])\s*-\s*([01][0-9]|2[0-4]):([0-5][0-9])")
_MIN_RUN = 3  # days that are written as "Monday to Wednesday"


@dataclass(frozen=True)
class TimeOfDay(FilterSettings):
    """Days and periods in a time zone; no days means every day, no periods the whole day.

    A period is "22:00-06:00": from the first minute up to, not including, the second. One that
    crosses midnight belongs to the day on which it begins.
    """

    kind = "time_of_day"
    label = "Time of Day Filter"
    days: tuple[str, ...] = ()  # of DAYS
    periods: tuple[str, ...] = ()
    zone: str = "UTC"  # IANA name

    @classmethod
    def build(cls, settings: Settings, compile_pattern: CompilePattern | None) -> Self:
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

    def agrees(self, event: Event, now: datetime, doubt: bool) -> bool:
        return bool(self._why_within(now))

    def may_doubt(self, event: Event) -> bool:
        return False

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        local = now.astimezone(_zone(self.zone))
        it_is = f"It is {DAYS[local.weekday()].capitalize()}, {local:%H:%M} ({self.zone})"
        return f"{it_is}, {self._why_within(now) or 'outside the times'}."

    def _why_within(self, now: datetime) -> str:
        """ "" outside the times."""
        local = now.astimezone(_zone(self.zone))
        today, yesterday = DAYS[local.weekday()], DAYS[(local - timedelta(days=1)).weekday()]
        minute = local.hour * 60 + local.minute
        days = self.days or DAYS
        for begin, end in [_minutes(period) for period in self.periods] or [(0, _DAY)]:
            if begin <= minute < end and today in days:
                return "within the times"
            if minute < end - _DAY and yesterday in days:
                return "within a period that began the day before"
        return ""

    def tests(self) -> list[str]:
        """ "Monday to Friday, 08:00 to 18:00 (Europe/Oslo)"; else "every day", "all day"."""
        periods = []
        for period in self.periods:
            begin, end = (part.strip() for part in period.split("-"))
            periods.append(f"{begin} to {end}" + ("" if begin < end else " the next day"))
        return [f"{_days(self.days)}, {joined(periods, 'and') or 'all day'} ({self.zone})"]

    def target(self) -> str:
        return f"anything while it is {self.tests()[0]}"

    def clause(self) -> str:
        return f"it is {self.tests()[0]}"


def _days(days: tuple[str, ...]) -> str:
    """In the order of the week; three or more in a row are a run."""
    chosen = [number for number, day in enumerate(DAYS) if day in days]
    if len(chosen) in (0, len(DAYS)):
        return "every day"
    runs: list[list[int]] = []
    for number in chosen:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words: list[str] = []
    for run in runs:
        names = [DAYS[number].capitalize() for number in run]
        words += [f"{names[0]} to {names[-1]}"] if len(names) >= _MIN_RUN else names
    return joined(words, "and")


@lru_cache(maxsize=1024)
def _minutes(period: str) -> tuple[int, int]:
    """Minutes after midnight of begin and end; the end of one that crosses midnight is over 24 h."""
    read = _PERIOD.fullmatch(period)
    if not read:
        raise ValueError(f"periods: {period[:80]} is not a period such as 08:00-17:30")
    hours = [int(digits) for digits in read.groups()]
    begin, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if begin >= _DAY or end > _DAY:
        raise ValueError(f"periods: {period} is beyond the end of the day")
    if begin == end:
        raise ValueError(f"periods: {period} begins and ends at the same time")
    return begin, end if end > begin else end + _DAY


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    if name == "UTC":  # needs no time zone database
        return UTC
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # a name may also be a folder of the database
        raise ValueError(f"zone: {name[:80]} is not a known time zone") from None
