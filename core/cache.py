"""The cache: Redis, and while it is away or hangs this process's own memory.

Nothing but limits and short-lived facts stands in it, so work goes on without Redis: limits are then
counted in each process by itself.
"""

import threading
import time
from functools import cached_property, partialmethod
from typing import Any, ClassVar, Final

import structlog
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import transaction
from redis.exceptions import RedisError

from core.alerts.services import close_alerts, raise_alert

# Seconds before a Redis that failed is asked again: each try may take half a second.
PAUSE: Final = 5.0
MAX_ENTRIES: Final = 10_000  # in memory, of one process
AWAY: Final = "redis:away"
# Counts and sets the expiry in one step, so no counter can outlive its window.
_COUNT: Final = """
if tonumber(ARGV[1]) < 0 and redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return count
"""
log = structlog.get_logger(__name__)


class _OneClient(RedisCacheClient):
    """Django makes a client for each call, which costs as much as the call."""

    @cached_property
    def _only(self) -> Any:
        return super().get_client()

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self._only


class _CountingRedis(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _OneClient

    def count(self, key: str, window: int, by: int = 1) -> int:
        client = self._cache.get_client()
        return int(client.eval(_COUNT, 1, self.make_and_validate_key(key), by, window))


class _CountingMemory(LocMemCache):
    _one: ClassVar = threading.Lock()

    def count(self, key: str, window: int, by: int = 1) -> int:
        with self._one:
            try:
                return int(self.incr(key, by))
            except ValueError:
                if by < 0:
                    return 0
                self.set(key, by, window)
                return by


class ResilientCache(BaseCache):
    """Django's Redis cache with the same settings; `count` counts within a window."""

    # By location and for all threads: when Redis may be asked again. Absent: it answers.
    _ask_again: ClassVar[dict[str, float]] = {}

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._location = location
        self._redis = _CountingRedis(location, params)
        bounds = {**params, "OPTIONS": {"MAX_ENTRIES": MAX_ENTRIES}}
        self._memory = _CountingMemory(f"resilient:{location}", bounds)

    def _ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Ask Redis, else the memory. One caller at a time finds out whether Redis is back."""
        again, now = self._ask_again.get(self._location), time.monotonic()
        if again is None or again <= now:
            if again is not None:
                self._ask_again[self._location] = now + PAUSE
            try:
                answer = getattr(self._redis, name)(*args, **kwargs)
            except (RedisError, OSError) as error:
                self._ask_again[self._location] = time.monotonic() + PAUSE
                _tell(away=type(error).__name__)
            else:
                if again is not None and self._ask_again.pop(self._location, None) is not None:
                    _tell(away="")
                return answer
        return getattr(self._memory, name)(*args, **kwargs)

    add = partialmethod(_ask, "add")
    get = partialmethod(_ask, "get")
    set = partialmethod(_ask, "set")
    touch = partialmethod(_ask, "touch")
    delete = partialmethod(_ask, "delete")
    incr = partialmethod(_ask, "incr")
    has_key = partialmethod(_ask, "has_key")

    def count(self, key: str, window: int, by: int = 1) -> int:
        """Add `by` to a counter that ends `window` seconds after its beginning, and return it."""
        return int(self._ask("count", key, window, by))

    def clear(self) -> None:
        self._ask("clear")
        self._memory.clear()


def _tell(*, away: str) -> None:
    """Tell administrators at the bell. Whatever hinders that is no reason to stop anybody's work."""
    try:
        with transaction.atomic():
            if away:
                raise_alert(
                    key=AWAY,
                    text=f"Redis isn't answering ({away}). Sign-in, decisions and mail go on; "
                    "scheduled tasks and retries wait, and each process counts its limits alone. "
                    "Start Redis, or correct REDIS_URL.",
                )
            else:
                close_alerts(prefix=AWAY)
    except Exception as error:
        log.warning("redis_alert_not_changed", error=type(error).__name__)
