"""Limits on calls per minute.

allauth's limiter doesn't fit: its public part reads allauth's own settings only, it counts under a
lock that costs several trips to the cache, and it knows no Retry-After.
"""

from django.conf import settings
from django.http import HttpRequest

from agents.errors import TooMany
from core import limits

WINDOW = 60  # seconds


def count(*, kind: str, who: str, limit: int) -> None:
    """Count one call. Raises TooMany beyond `limit` a minute."""
    if limits.count(kind, who, window=WINDOW) > limit:
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
