"""Limits on calls per minute.

allauth's limiter doesn't fit: its public part reads allauth's own settings only, it counts under a
lock that costs several trips to the cache, and it knows no Retry-After.
"""

import threading
import time
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from agents.errors import TooMany
from core import limits

WINDOW: Final = 60  # seconds
STEPS: Final = 20  # in which a process tells the cache of calls, up to a limit
MAX_CALLERS: Final = 50_000  # that a process remembers


@dataclass
class _Calls:
    """One caller's calls in a window, as this process knows them."""

    ends: float
    told: int = 0  # of all processes, when the cache was told last
    untold: int = 0


_calls: dict[tuple[str, str], _Calls] = {}
_lock = threading.Lock()


def count(*, kind: str, who: str, limit: int, calls: int = 1) -> None:
    """Count a call, or with `calls` 0 only look. Raises TooMany beyond `limit` a minute.

    The cache counts for all processes, but is told of a twentieth of the limit at a time: whoever
    calls seldom costs no trip to it, and each process lets through that much more at most.
    """
    now = time.monotonic()
    with _lock:
        known = _calls.get((kind, who))
        if known is None or known.ends <= now:
            if len(_calls) >= MAX_CALLERS:
                _calls.clear()
            known = _calls[kind, who] = _Calls(ends=now + WINDOW)
        known.untold += calls
        new = known.untold if known.untold >= limit / STEPS else 0
        known.untold -= new
    if new:
        known.told = limits.count(kind, who, window=WINDOW, by=new)
    if known.told + known.untold > limit:
        raise TooMany(
            "too_many_calls",
            f"More than {limit} calls a minute. Wait a minute, then try again.",
            retry_after=WINDOW,
        )


def client_address(request: HttpRequest) -> str:
    """The caller's address, as the outermost of our own proxies saw it.

    Each trusted proxy adds the address it was called from at the right of X-Forwarded-For; what
    stands further left was written by the caller.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXIES
    addresses = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if 0 < proxies <= len(addresses) and addresses[-proxies]:
        return addresses[-proxies]
    return direct
