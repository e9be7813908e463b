"""Moments and lengths of time in words: of mails in full, of pages in short. Pure; in English."""

from datetime import date, datetime, timedelta, tzinfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE = timedelta(minutes=1)
_UNITS = ((24 * 60, "day"), (60, "hour"), (1, "minute"))


def moment(when: datetime, zone: tzinfo) -> str:
    """`14 Jul 2026, 09:26 (UTC+2)`, in `zone`. `when` must be aware (ValueError)."""
    if when.tzinfo is None:
        raise ValueError("a moment in a mail needs its time zone")
    local = when.astimezone(zone)
    return f"{day(local)}, {local:%H:%M} ({offset(local)})"


def day(local: date) -> str:
    """`14 Jul 2026`."""
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def offset(local: datetime) -> str:
    """How far from UTC its zone is at that time: `UTC+2`."""
    minutes = int((local.utcoffset() or timedelta()) / _MINUTE)
    if not minutes:
        return "UTC"
    sign = "+" if minutes > 0 else "-"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}:{rest:02}" if rest else f"UTC{sign}{hours}"


def duration(minutes: int) -> str:
    """Minutes in the largest unit that fits: `2 hours`, `90 minutes`, `1 day`."""
    size, unit = next((size, unit) for size, unit in _UNITS if minutes % size == 0)
    count = minutes // size
    return f"{count} {unit}{'' if count == 1 else 's'}"


def between(begin: datetime, end: datetime) -> str:
    """How long from `begin` to `end`, in whole minutes and at least one."""
    return duration(max(1, round((end - begin) / _MINUTE)))


# Of pages. `now` is handed in.


def length_words(length: timedelta) -> str:
    """How long, with at most two units: "less than 1 min", "8 min", "7 h 44 min", "2 days"."""
    minutes = int(length / _MINUTE)
    if minutes < 1:
        return "less than 1 min"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days = hours // 24
    return f"{days} day{'s' if days > 1 else ''}"


def age_words(moment: datetime, *, now: datetime) -> str:
    """How long ago: "just now", "16 min ago", "2 days ago"."""
    age = now - moment
    return "just now" if age < _MINUTE else f"{length_words(age)} ago"
