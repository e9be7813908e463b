"""The one reader of an event loop: it queries the database for all waiters, and wakes them.

Redis says which requests to look at now; its messages are hints and never carry a decision.
Without it, the look at all requests every few seconds still finds everything.
"""

import asyncio
import math
import time
import uuid
from collections.abc import Callable, Collection
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from weakref import WeakKeyDictionary

import redis.asyncio
import structlog
from django.conf import settings
from django.db import connections
from redis.exceptions import RedisError

from agents.tickets import Ticket
from agents.wait.states import look, mark
from approvals.selectors import RequestState
from approvals.services.attendance import WATCH_EVERY
from approvals.services.wakeup import CHANNEL

LOOK_EVERY = 5.0  # seconds in which each request that agents wait for is looked at once
SLICE_EVERY = 0.25  # seconds between the parts of such a round
GATHER = 0.03  # seconds in which others may come along with a new one
MAX_LOOK = 1_000  # requests in one query
MARK_EVERY = WATCH_EVERY.total_seconds()
RESUBSCRIBE_AFTER = 2.0  # seconds
CANCEL_EVERY = 0.1  # seconds
MAX_CANCELS = 20
MAX_WAITERS = 20_000
MAX_PER_TICKET = 4  # an agent waits once; a reconnecting one may have left some behind
log = structlog.get_logger(__name__)
T = TypeVar("T")


class Full(Exception):
    """This process has as many waiting agents as it takes."""


class TooManyWaits(Exception):
    """This ticket is waited with as often as it may be."""


REVOKED = RequestState(state="revoked", comment="", decided_by="")  # the computer, that is


@dataclass(eq=False, slots=True)
class Waiter:
    """One agent. Ten thousand of them wait, so it is small: a task and a future less each."""

    ticket: Ticket
    limit: asyncio.Timeout | None = None  # of its wait, which ends at once when it is told
    told: bool = False
    state: RequestState | None = None  # what it was told

    def finish(self, state: RequestState | None) -> None:
        """Tell it the state of its request, or REVOKED. None: still pending, but this process stops."""
        if self.told:
            return
        self.told, self.state = True, state
        if self.limit is not None and not self.limit.expired():
            self.limit.reschedule(0)  # in the past


class Reader:
    """Belongs to one event loop; `start` it there."""

    def __init__(self) -> None:
        self.waiting = 0
        self._waiters: dict[int, list[Waiter]] = {}
        self._new: set[Waiter] = set()
        self._entered = asyncio.Event()
        self._woken: set[int] = set()
        self._hinted = asyncio.Event()
        self._round: list[int] = []  # numbers that are still to be looked at in this round
        self._round_at = time.monotonic()
        self._waited: set[int] = set()  # since the last mark
        self._tasks: list[asyncio.Task[None]] = []
        # Two lanes, each with one thread and so one database connection, however many wait: what
        # was woken never queues behind those who are merely looked after.
        self._routine = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wait-routine")
        self._urgent = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wait-urgent")
        self.stopping = False

    def start(self) -> None:
        lanes = (self._listen(), self._read_woken(), self._read_all())
        self._tasks = [asyncio.create_task(lane) for lane in lanes]

    def release(self) -> None:
        """Answer every open wait at once, and each later one without waiting."""
        self.stopping = True
        for group in self._waiters.values():
            for waiter in group:
                waiter.finish(None)

    async def stop(self) -> None:
        """Answer every open wait and end the lanes, within MAX_CANCELS * CANCEL_EVERY seconds."""
        self.release()
        for _ in range(MAX_CANCELS):  # redis-py loses a cancellation that comes while it connects
            pending = [task for task in self._tasks if not task.done()]
            if not pending:
                break
            for task in pending:
                task.cancel()
            await asyncio.wait(pending, timeout=CANCEL_EVERY)
        for thread in (self._routine, self._urgent):
            thread.submit(connections.close_all)
            thread.shutdown(wait=False)

    def enter(self, ticket: Ticket) -> Waiter:
        """A waiter, looked after until it leaves. Raises Full and TooManyWaits."""
        if self.waiting >= MAX_WAITERS:
            raise Full
        if len(self._waiters.get(ticket.number, ())) >= MAX_PER_TICKET:
            raise TooManyWaits
        waiter = Waiter(ticket)
        self.waiting += 1
        self._waiters.setdefault(ticket.number, []).append(waiter)
        self._new.add(waiter)
        self._waited.add(ticket.number)
        self._entered.set()
        if self.stopping:
            waiter.finish(None)
        return waiter

    def leave(self, waiter: Waiter) -> None:
        self.waiting -= 1
        number = waiter.ticket.number
        self._new.discard(waiter)
        self._waiters[number].remove(waiter)
        if not self._waiters[number]:
            del self._waiters[number]

    async def _read_woken(self) -> None:
        """The lane of requests that somebody says were closed."""
        while True:
            await self._hinted.wait()
            self._hinted.clear()
            while self._woken:
                woken = {self._woken.pop() for _ in range(min(len(self._woken), MAX_LOOK))}
                await self._look(woken & self._waiters.keys(), set(), lane=self._urgent)

    async def _read_all(self) -> None:
        """The lane of everybody else: the new soon, and all in turn within LOOK_EVERY."""
        mark_at = time.monotonic()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(SLICE_EVERY):
                    await self._entered.wait()
                    await asyncio.sleep(GATHER)  # those who come together are looked at together
            self._entered.clear()
            new, self._new = self._new, set()
            numbers = {waiter.ticket.number for waiter in new}.union(self._next_slice())
            groups = (self._waiters.get(number, ()) for number in numbers)
            computers = {waiter.ticket.computer_id for group in groups for waiter in group}
            await self._look(numbers & self._waiters.keys(), computers, lane=self._routine)
            if time.monotonic() >= mark_at:
                mark_at = time.monotonic() + MARK_EVERY
                waited, self._waited = list(self._waited | self._waiters.keys()), set()
                for at in range(0, max(1, len(waited)), MAX_LOOK):
                    part = waited[at : at + MAX_LOOK]
                    await self._query(partial(mark, part), lane=self._routine)

    def _next_slice(self) -> list[int]:
        """As many of all the numbers as the time since the last slice is of LOOK_EVERY."""
        now = time.monotonic()
        share, self._round_at = (now - self._round_at) / LOOK_EVERY, now
        if not self._round:
            self._round = list(self._waiters)
        size = min(math.ceil(len(self._waiters) * share), MAX_LOOK)
        taken = self._round[-size:] if size else []
        del self._round[len(self._round) - len(taken) :]
        return taken

    async def _look(
        self, numbers: Collection[int], computers: Collection[uuid.UUID], *, lane: Executor
    ) -> None:
        if not numbers:
            return
        seen = await self._query(lambda: look(numbers, computers), lane=lane)
        if seen is None:
            return
        for number in numbers if seen.revoked else ():
            for waiter in self._waiters.get(number, ()):
                if waiter.ticket.computer_id in seen.revoked:
                    waiter.finish(REVOKED)
        for number, state in seen.closed.items():
            for waiter in self._waiters.get(number, ()):
                waiter.finish(state)

    async def _query(self, question: Callable[[], T], *, lane: Executor) -> T | None:
        """In the lane's thread. Whatever goes wrong, the next look asks again."""
        try:
            return await asyncio.get_running_loop().run_in_executor(lane, question)
        except Exception:
            log.exception("wait_look_failed")
            return None

    async def _listen(self) -> None:
        """Keep one subscription; after losing it, look at everything that may have been missed."""
        while True:
            client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1.0)
            try:
                async with client, client.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(CHANNEL)
                    self._wake(self._waiters)
                    async for message in subscription.listen():
                        hint = bytes(message["data"])
                        if hint.isdigit() and len(hint) < 20:
                            self._wake({int(hint)})
            except (RedisError, OSError) as error:
                log.warning("wait_not_subscribed", error=type(error).__name__)
            await asyncio.sleep(RESUBSCRIBE_AFTER)

    def _wake(self, numbers: Collection[int]) -> None:
        self._woken.update(numbers)
        self._hinted.set()


_readers: "WeakKeyDictionary[asyncio.AbstractEventLoop, Reader]" = WeakKeyDictionary()


def running_reader() -> Reader:
    """Started when the first agent waits: not every server runs the lifespan protocol."""
    loop = asyncio.get_running_loop()
    if loop not in _readers:
        _readers[loop] = Reader()
        _readers[loop].start()
    return _readers[loop]


async def stop_reader() -> None:
    reader = _readers.pop(asyncio.get_running_loop(), None)
    if reader:
        await reader.stop()
