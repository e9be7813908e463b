"""Can this process serve? Asked often and by anybody, so the answer is remembered for a second."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from functools import cache
from typing import Any, Final

import redis
import structlog
from django.conf import settings
from django.db import connection
from redis.exceptions import RedisError

from core.migrated import missing_migrations

FRESH: Final = 1.0  # seconds that an answer is good for
MAX_SECONDS: Final = 3.0  # for the database, and as much for Redis
NEEDED: Final = ("database", "migrations")
log = structlog.get_logger(__name__)


class Readiness:
    """What this process needs: each part "ok", or in a word what is wrong with it."""

    def __init__(self) -> None:
        # A hanging database occupies these threads; who asks gets an answer in time all the same.
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="readiness")
        self._lock = threading.Lock()
        self._known: tuple[float, dict[str, str]] = (0.0, {})
        self._is_migrated = False

    def look(self) -> dict[str, str]:
        """The parts by name: database, migrations, broker."""
        with self._lock:
            until, parts = self._known
            if time.monotonic() >= until:
                parts = self._look()
                self._known = time.monotonic() + FRESH, parts
            return parts

    def is_ready(self) -> bool:
        """Whether it can serve. Without the broker it can: what the broker carries are hints."""
        parts = self.look()
        return all(parts[name] == "ok" for name in NEEDED)

    def _look(self) -> dict[str, str]:
        asked = self._threads.submit(_closing, self._ask_database)
        broker = self._threads.submit(_ask_broker)
        try:
            parts = asked.result(MAX_SECONDS)
        except TookTooLong:
            parts = {"database": "too slow", "migrations": "unknown"}
        except Exception as error:
            log.warning("not_ready", error=type(error).__name__)
            parts = {"database": "away", "migrations": "unknown"}
        try:
            broker.result(MAX_SECONDS)
        except (TookTooLong, RedisError, OSError):
            return {**parts, "broker": "away"}
        return {**parts, "broker": "ok"}

    def _ask_database(self) -> dict[str, str]:
        """Migrations are looked at until they are all there: nobody takes them back meanwhile."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not self._is_migrated:
            self._is_migrated = not missing_migrations()
        return {"database": "ok", "migrations": "ok" if self._is_migrated else "missing"}


def _closing(work: Callable[[], dict[str, str]]) -> dict[str, str]:
    """A connection of its own each time: an idle one would hide that no new one can be had."""
    try:
        return work()
    finally:
        connection.close()


@cache
def _client(url: str) -> Any:
    return redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5)


def _ask_broker() -> None:
    _client(settings.REDIS_URL).ping()


readiness: Final = Readiness()
