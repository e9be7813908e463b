"""The console's words for lengths of time and for hashes. Pure: `now` is handed in."""

from datetime import datetime, timedelta

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def length_words(length: timedelta) -> str:
    """How long, with at most two units: "less than 1 min", "8 min", "7 h 44 min", "2 days"."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < _MINUTE:
        return "less than 1 min"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days = seconds // _DAY
    return f"{days} day{'s' if days > 1 else ''}"


def age_words(moment: datetime, *, now: datetime) -> str:
    """How long ago: "just now", "16 min ago", "2 days ago"."""
    age = now - moment
    return "just now" if age.total_seconds() < _MINUTE else f"{length_words(age)} ago"


def short_hash(digest: str) -> str:
    """Both ends of a hash, for use within a sentence: "9f2c1e7b…d8a1c94e"."""
    return digest if len(digest) <= 20 else f"{digest[:8]}…{digest[-8:]}"


def count_words(count: int, *, stop: int = 999) -> str:
    """A count that stops: "7", "999+"."""
    return f"{stop}+" if count > stop else str(count)
