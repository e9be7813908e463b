"""Request bodies, read and bounded before Django sees them (ASGI).

Django's own ASGI handler writes whatever comes to disk before anybody has signed in. Here a body is
counted while it arrives, by its declared and by its real length, and has to arrive in time; the
application gets it whole, or not at all.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY: Final = 1_000_000  # bytes of one body, where no path is allowed more
MAX_HELD: Final = 64_000_000  # bytes that a process holds of bodies that are still arriving
MAX_SECONDS: Final = 30.0  # from the end of the headers to the end of the body
_TOO_LARGE = 413, "too_large", "The request's body is too large."
_TOO_SLOW = 408, "too_slow", "The request's body took too long to arrive."
_TOO_LARGE_FOR_PEOPLE = "This is too large. Go back, and choose a smaller file or write less."
_BUSY = 503, "busy", "Too much is arriving at once. Try again in a few seconds."


class _Refused(Exception):
    """A body is not taken: status, code and sentence."""


class BoundedBodies:
    """An ASGI application around another one; see the module's docstring.

    `larger`: bytes of one body, by the paths that may take more than `max_body`.
    """

    def __init__(
        self,
        application: Application,
        *,
        max_body: int = MAX_BODY,
        larger: Mapping[str, int] | None = None,
        max_seconds: float = MAX_SECONDS,
    ) -> None:
        self.application, self.max_body, self.max_seconds = application, max_body, max_seconds
        self.larger = larger or {}
        self.held = 0  # bytes of bodies that are arriving now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.max_seconds):
                body = await self._body(scope, receive)
        except TimeoutError:
            await _refuse(scope, send, *_TOO_SLOW)
            return
        except _Refused as refused:
            await _refuse(scope, send, *refused.args)
            return
        if body is not None:
            await self.application(scope, _replay(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body; None where the client has gone. Raises _Refused."""
        limit = self.larger.get(scope["path"], self.max_body)
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared[:20]) > limit:
            raise _Refused(*_TOO_LARGE)
        taken = bytearray()
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                piece: bytes = message.get("body", b"")
                taken += piece
                self.held += len(piece)
                if len(taken) > limit:
                    raise _Refused(*_TOO_LARGE)
                if self.held > MAX_HELD:
                    raise _Refused(*_BUSY)
                if not message.get("more_body"):
                    return bytes(taken)
        finally:
            self.held -= len(taken)


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body as one message, then whatever the server says next (that the client has gone)."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received


async def _refuse(scope: Scope, send: Send, status: int, code: str, sentence: str) -> None:
    """In JSON for agents, in plain text for everybody else; the connection is closed after it."""
    for_agents = scope["path"].startswith("/agent/")
    if for_agents:
        text = json.dumps({"code": code, "message": sentence})
    else:
        text = _TOO_LARGE_FOR_PEOPLE if code == "too_large" else sentence
    headers = [
        (b"content-type", b"application/json" if for_agents else b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
