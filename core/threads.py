"""Django's WSGI handler on a fixed set of threads, inside an ASGI process.

Behind Django's own ASGI handler each request has a thread of its own, with a new connection to the
database and to Redis: measured, half of what a request costs. Threads that stay keep theirs. The
body has arrived before (core.bodies); an answer of usual size leaves after its thread is free again,
so that who reads slowly occupies none.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from typing import Any, Final

from core.bodies import Message, Receive, Scope, Send

THREADS: Final = 12  # of one process; each keeps a connection to the database
MAX_WHOLE: Final = 4_000_000  # bytes of an answer that is held until its client has read it
SEND_SECONDS: Final = 60.0  # for one piece of a longer answer
Environ = dict[str, Any]
WsgiApplication = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass
class _Answer:
    """What the application answers: the start, and its body as far as it has been collected."""

    start: Message = field(default_factory=dict)
    body: bytes = b""

    def start_response(self, status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        self.start = {
            "type": "http.response.start",
            "status": int(status[:3]),
            "headers": [
                (name.lower().encode("latin-1"), value.strip().encode("latin-1"))
                for name, value in headers
            ],
        }


class InThreads:
    """An ASGI application (HTTP only) around a WSGI one; see the module's docstring."""

    def __init__(self, application: WsgiApplication, *, threads: int = THREADS) -> None:
        self.application = application
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        loop = asyncio.get_running_loop()
        environ = environ_of(scope, message.get("body", b""))

        async def sent(piece: Message) -> None:
            await send(piece)

        def send_now(piece: Message) -> None:
            asyncio.run_coroutine_threadsafe(sent(piece), loop).result(SEND_SECONDS)

        answer = await loop.run_in_executor(self._pool, self._answer, environ, send_now)
        if answer is not None:
            await send(answer.start)
            await send({"type": "http.response.body", "body": answer.body})

    def _answer(self, environ: Environ, send_now: Callable[[Message], None]) -> _Answer | None:
        """The whole answer; None for a long one, which has been sent piece by piece."""
        answer = _Answer()
        body = self.application(environ, answer.start_response)
        try:
            pieces = iter(body)
            begun, size = [], 0
            for piece in pieces:
                begun.append(piece)
                size += len(piece)
                if size > MAX_WHOLE:
                    self._send_long(answer, chain(begun, pieces), send_now)
                    return None
            answer.body = b"".join(begun)
            return answer
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()

    def _send_long(
        self, answer: _Answer, pieces: Iterator[bytes], send_now: Callable[[Message], None]
    ) -> None:
        """As fast as the client reads. One that stops reading ends it (TimeoutError)."""
        send_now(answer.start)
        for piece in pieces:
            send_now({"type": "http.response.body", "body": piece, "more_body": True})
        send_now({"type": "http.response.body", "body": b""})


def environ_of(scope: Scope, body: bytes) -> Environ:
    """The request as PEP 3333 writes it. Its length is the real one, whatever was declared."""
    host, port = scope.get("server") or ("unknown", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:  # it could be taken for the one with hyphens
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            name = f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        if name in environ:
            value = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{value}"
        environ[name] = value
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ
