"""Limits on calls per minute, counted in the cache.

allauth's limiter doesn't fit: its public part reads allauth's own settings only, it counts under a
lock that costs several trips to the cache, it knows no Retry-After, and it stops everybody while the
cache is away.
"""

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from agents.errors import TooMany

WINDOW = 60  # seconds
log = structlog.get_logger(__name__)


def count(*, kind: str, who: str, limit: int) -> None:
    """Count one call. Raises TooMany beyond `limit` a minute.

    Without the cache nothing is counted: a limit is no reason to stop everybody's work.
    """
    key = f"rate:{kind}:{who}"
    try:
        cache.add(key, 0, timeout=WINDOW)
        calls = cache.incr(key)
    except ValueError:  # it expired between the two
        return
    except (RedisError, OSError) as error:
        log.warning("rate_not_counted", kind=kind, error=type(error).__name__)
        return
    if calls > limit:
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
