"""Liveness on the event loop: while the database hangs, every thread may wait for it."""

from typing import Final

from core.bodies import Receive, Scope, Send

LIVE_PATH: Final = "/health/live"
ALIVE: Final = b'{"status": "alive"}'


async def live_at_once(scope: Scope, receive: Receive, send: Send) -> None:
    """What the middleware answers (console/health/middleware.py), without a thread."""
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(ALIVE)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": ALIVE})
