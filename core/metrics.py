"""What is counted while pmconsole works: how often things happen, and how long they take.

Each process adds up by itself, which costs about a microsecond, and hands its sums to Redis every few
seconds. So one look at Redis tells of all processes on all hosts. While Redis is away the sums are
kept; a process that is killed loses those of its last seconds.
"""

import atexit
import json
import os
import threading
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import redis
from django.conf import settings
from redis.exceptions import RedisError

FLUSH_EVERY: Final = 5.0  # seconds
_HASH: Final = "pmconsole:metrics"
Key = tuple[str, ...]  # a metric's name and the values of its labels


@dataclass(frozen=True)
class Counter:
    """How often something happened, by the values of its labels, which are few words of ours.

    `known`: values of its one label that are told as 0 before they happen; of a count that appears from
    nowhere Prometheus doesn't see that it grew.
    """

    name: str
    about: str
    labels: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return 1

    def count(self, *values: str) -> None:
        _sums.add((self.name, *values), self.size, 0, 1.0)


@dataclass(frozen=True)
class Duration:
    """How long something took: how often within each of the `bounds`, in seconds, and all together."""

    name: str
    about: str
    bounds: tuple[float, ...]
    labels: tuple[str, ...] = field(default=(), init=False)

    @property
    def size(self) -> int:
        """One place for each bound, one for what is longer, and one for the sum."""
        return len(self.bounds) + 2

    def took(self, seconds: float) -> None:
        _sums.add((self.name,), self.size, bisect_left(self.bounds, seconds), 1.0, seconds)


class _Sums:
    """Of this process, since they were last handed over."""

    def __init__(self) -> None:
        self._begin_anew()
        os.register_at_fork(after_in_child=self._begin_anew)
        atexit.register(self.hand_over)

    def _begin_anew(self) -> None:
        """A forked child has its parent's sums, and not its thread."""
        self._lock = threading.Lock()
        self._rows: dict[Key, list[float]] = {}
        self._thread: threading.Thread | None = None

    def add(self, key: Key, size: int, place: int, amount: float, total: float = 0.0) -> None:
        with self._lock:
            row = self._rows.get(key)
            if row is None:
                row = self._rows[key] = [0.0] * size
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
                self._thread.start()
            row[place] += amount
            if total:
                row[-1] += total

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(FLUSH_EVERY)
            self.hand_over()

    def hand_over(self) -> None:
        """Add the sums to those in Redis; without it they are kept."""
        with self._lock:
            rows, self._rows = self._rows, {}
        if not rows:
            return
        try:
            with self._client.pipeline() as commands:
                for key, row in rows.items():
                    for place, amount in enumerate(row):
                        if amount:
                            commands.hincrbyfloat(_HASH, json.dumps([*key, place]), amount)
                commands.execute()
        except (RedisError, OSError):
            with self._lock:
                for key, row in rows.items():
                    newer = self._rows.get(key, [0.0] * len(row))
                    self._rows[key] = [a + b for a, b in zip(row, newer, strict=True)]

    @cached_property
    def _client(self) -> Any:
        limits = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
        return redis.Redis.from_url(settings.REDIS_URL, **limits)

    def of_all(self, sizes: Mapping[str, int]) -> dict[Key, list[float]]:
        """Those of all processes, of metrics of these sizes. Raises RedisError and OSError."""
        self.hand_over()
        found: dict[Key, list[float]] = {}
        for text, amount in self._client.hgetall(_HASH).items():
            name, *values, place = json.loads(text)
            size = sizes.get(name, 0)
            if place < size:  # else it's of another version
                found.setdefault((name, *values), [0.0] * size)[place] = float(amount)
        return found


_sums: Final = _Sums()


def sums_of_all(metrics: Iterable[Counter | Duration]) -> dict[Key, list[float]]:
    """What all processes have counted, by name and labels: a `Counter`'s count, a `Duration`'s places.

    Raises RedisError and OSError.
    """
    return _sums.of_all({metric.name: metric.size for metric in metrics})
