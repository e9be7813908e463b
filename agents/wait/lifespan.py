"""Starting with the server, and ending with it.

A server that is told to stop finishes open requests before it sends `lifespan.shutdown`; with an open
wait that could take a minute. So the signals themselves end the waits, and then the server's own
handlers run.
"""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from agents.wait.reader import running_reader, stop_reader
from core.bodies import Receive, Scope, Send

Handler = Callable[[int, FrameType | None], Any] | int | None


async def lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI's lifespan protocol for the whole process; Django itself needs none."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _release_on_signals()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await stop_reader()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _release_on_signals() -> None:
    if threading.current_thread() is not threading.main_thread():
        return
    reader, loop = running_reader(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        servers_own: Handler = signal.getsignal(number)

        def release(number: int, frame: FrameType | None, then: Handler = servers_own) -> None:
            loop.call_soon_threadsafe(reader.release)
            if callable(then):
                then(number, frame)

        if callable(servers_own):  # else the system stops the process, not the server
            signal.signal(number, release)
