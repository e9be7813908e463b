"""Whether waiting agents have been watched long enough to say that nobody waits any more.

While the console is down agents cannot wait, however much they want to. So a request counts as
deserted only when wait processes have been running for that long without a break.
"""

import time
from datetime import timedelta

from django.core.cache import cache
from redis.exceptions import RedisError

WATCH_EVERY = timedelta(minutes=1)
_KEY, _KEPT = "approvals:watched-since", int(WATCH_EVERY.total_seconds() * 2.5)  # seconds


def keep_watching() -> None:
    """A wait process runs; it says so every WATCH_EVERY. Raises RedisError without a cache."""
    if not cache.add(_KEY, time.time(), timeout=_KEPT):
        cache.touch(_KEY, timeout=_KEPT)


def watched_for(period: timedelta) -> bool:
    """Whether wait processes have been running for `period`; False if nobody can tell."""
    try:
        since = cache.get(_KEY)
    except RedisError:
        return False
    return since is not None and time.time() - float(since) >= period.total_seconds()
