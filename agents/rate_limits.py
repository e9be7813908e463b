"""Limits on how often somebody may ask, counted in the cache for each minute."""

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

    Without the cache nobody is counted: a limit is no reason to stop everybody's work.
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
    """Who calls, as the outermost of our own proxies saw him.

    Each trusted proxy adds the address it was called from at the right of X-Forwarded-For; what
    stands further left was written by the caller himself.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXIES
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    return seen[-proxies] if 0 < proxies <= len(seen) and seen[-proxies] else direct
