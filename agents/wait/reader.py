"""The one reader of a process: it queries the database for all waiters, and wakes them.

Redis says which requests to look at now; its messages are hints and never carry a decision.
Without it, the look at all requests every few seconds still finds everything.
"""

import asyncio
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import redis.asyncio
import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from redis.exceptions import RedisError

from agents.tickets import Ticket
from agents.wait.states import look, mark
from approvals.selectors import RequestState
from approvals.services.attendance import WATCH_EVERY
from approvals.services.wakeup import CHANNEL

LOOK_EVERY = 5.0  # seconds between looks at all requests that agents wait for
MARK_EVERY = WATCH_EVERY.total_seconds()
RESUBSCRIBE_AFTER = 2.0  # seconds
MAX_WAITERS = 20_000
MAX_PER_TICKET = 4  # an agent waits once; a reconnecting one may have left some behind
log = structlog.get_logger(__name__)
T = TypeVar("T")


class Full(Exception):
    """This process has as many waiting agents as it takes."""


class TooManyWaits(Exception):
    """This ticket is waited with as often as it may be."""


REVOKED = RequestState(state="revoked", comment="", decided_by="")  # the computer, that is


@dataclass(eq=False)
class Waiter:
    """One agent; `done` gets the state of its request, or REVOKED."""

    ticket: Ticket
    done: "asyncio.Future[RequestState | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def finish(self, state: RequestState | None) -> None:
        """None: still pending, but this process is stopping."""
        if not self.done.done():
            self.done.set_result(state)


class Reader:
    """Belongs to one event loop; `start` it there."""

    def __init__(self) -> None:
        self.waiting = 0
        self._waiters: dict[int, set[Waiter]] = {}
        self._new: set[Waiter] = set()
        self._woken: set[int] = set()
        self._waited: set[int] = set()  # since the last mark
        self._something = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        # One thread and so one database connection, however many wait.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wait-reader")
        self.stopping = False

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._read())]

    def release(self) -> None:
        """Answer every open wait at once, and each later one without waiting."""
        self.stopping = True
        for waiter in self._everyone():
            waiter.finish(None)

    async def stop(self) -> None:
        self.release()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._thread.submit(connections.close_all)
        self._thread.shutdown(wait=False)

    def enter(self, ticket: Ticket) -> Waiter:
        """A waiter, looked after until it leaves. Raises Full and TooManyWaits."""
        if self.waiting >= MAX_WAITERS:
            raise Full
        if len(self._waiters.get(ticket.number, ())) >= MAX_PER_TICKET:
            raise TooManyWaits
        waiter = Waiter(ticket)
        self.waiting += 1
        self._waiters.setdefault(ticket.number, set()).add(waiter)
        self._new.add(waiter)
        self._waited.add(ticket.number)
        self._something.set()
        if self.stopping:
            waiter.finish(None)
        return waiter

    def leave(self, waiter: Waiter) -> None:
        self.waiting -= 1
        number = waiter.ticket.number
        self._new.discard(waiter)
        self._waiters[number].discard(waiter)
        if not self._waiters[number]:
            del self._waiters[number]

    async def _read(self) -> None:
        """Look at what was woken or is new, and now and then at everything."""
        look_at = time.monotonic()
        mark_at = look_at - MARK_EVERY
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, look_at + LOOK_EVERY - time.monotonic())):
                    await self._something.wait()
            self._something.clear()
            everything = time.monotonic() >= look_at + LOOK_EVERY
            if everything:
                look_at = time.monotonic()
            await self._look(everything=everything)
            if time.monotonic() >= mark_at + MARK_EVERY:
                mark_at = time.monotonic()
                numbers, self._waited = self._waited | self._waiters.keys(), set()
                await self._query(partial(mark, numbers))

    async def _look(self, *, everything: bool) -> None:
        woken, new = self._woken & self._waiters.keys(), self._new
        self._woken, self._new = set(), set()
        numbers = {waiter.ticket.number for waiter in new} | woken
        computers = {waiter.ticket.computer_id for waiter in new}
        if everything:
            numbers = set(self._waiters)
            computers = {waiter.ticket.computer_id for waiter in self._everyone()}
        if not numbers:
            return
        seen = await self._query(lambda: look(numbers, computers))
        if seen is None:
            return
        for waiter in self._everyone() if seen.revoked else ():
            if waiter.ticket.computer_id in seen.revoked:
                waiter.finish(REVOKED)
        for number, state in seen.closed.items():
            for waiter in self._waiters.get(number, ()):
                waiter.finish(state)

    def _everyone(self) -> list[Waiter]:
        return [waiter for group in self._waiters.values() for waiter in group]

    async def _query(self, question: Callable[[], T]) -> T | None:
        """In the reader's thread. Whatever goes wrong, the next look asks again."""
        try:
            return await sync_to_async(question, thread_sensitive=False, executor=self._thread)()
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
        self._something.set()
