"""The time zone in which pages show moments to the signed-in person.

It only shows: forms, CSV, emails and Change History are in the console's own zone (TIME_ZONE), so that
what one person types or reads there is the same for the next.
"""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, tzinfo

from django.utils import timezone

_shown: ContextVar[tzinfo | None] = ContextVar("shown time zone", default=None)


def known_zones() -> list[str]:
    """The names that people choose from: `Europe/Oslo`."""
    return sorted(name for name in zoneinfo.available_timezones() if "/" in name)


@contextmanager
def showing_in(name: str) -> Iterator[None]:
    """Show moments in the zone `name` within the block; in the console's if it is "" or unknown."""
    try:
        zone = zoneinfo.ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        zone = None
    token = _shown.set(zone)
    try:
        yield
    finally:
        _shown.reset(token)


def shown_zone() -> tzinfo:
    return _shown.get() or timezone.get_default_timezone()


def shown(moment: datetime) -> datetime:
    """`moment` in the zone in which it is shown."""
    return timezone.localtime(moment, shown_zone())
