"""Whether wait processes have run long enough to tell that nobody waits any more.

While the console is down, agents can't wait. So a request counts as deserted only when wait
processes have been running for that long without a break.
"""

import time
from datetime import timedelta

from django.core.cache import cache

WATCH_EVERY = timedelta(minutes=1)
_KEY = "approvals:watched-since"
_TIMEOUT = int(WATCH_EVERY.total_seconds() * 2.5)  # seconds


def keep_watching() -> None:
    """Called by each running wait process every WATCH_EVERY."""
    if not cache.add(_KEY, time.time(), timeout=_TIMEOUT):
        cache.touch(_KEY, timeout=_TIMEOUT)


def watched_for(period: timedelta) -> bool:
    """Whether wait processes have run for `period` without a break; False if that is unknown."""
    since = cache.get(_KEY)
    return since is not None and time.time() - float(since) >= period.total_seconds()
