"""The console's own HTTP server: uvicorn with what pmconsole needs of it, so that no option is forgotten.

No forwarding header is believed here (TRUSTED_PROXIES alone decides, where addresses count); log lines
take the one form that hides tokens; headers have to arrive in time, and connections are limited.
"""

import asyncio
import socket
from typing import Any, Final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS: Final = 10.0  # for a request's headers, from their first byte (or the connection)
GRACE_SECONDS: Final = 2  # a waiting agent would hold a stop up for a minute; it simply asks again
MAX_CONNECTIONS: Final = 10_000  # of one process; waiting agents count


class TimedProtocol(H11Protocol):
    """Closes a connection whose headers do not arrive in time."""

    header_seconds = HEADER_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._set_deadline()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._drop_deadline()  # the headers are there; core.bodies watches over the body
        elif self._deadline is None:
            self._set_deadline()  # a further request on a kept connection has begun

    def connection_lost(self, exc: Exception | None) -> None:
        self._drop_deadline()
        super().connection_lost(exc)

    def _set_deadline(self) -> None:
        self._deadline = self.loop.call_later(self.header_seconds, self.transport.close)

    def _drop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def check_address(host: str, port: int) -> None:
    """Raise OSError (or OverflowError) if nothing can listen there now: uvicorn notices only when the
    application has started, and says so in the log alone.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    socket.create_server((host, port), family=family).close()


def serve(*, host: str, port: int, processes: int, max_connections: int) -> None:
    """Serve console, agent API and waiting agents until SIGTERM or SIGINT."""
    uvicorn.run(
        "pmconsole.asgi:application",
        host=host,
        port=port,
        workers=processes,
        http=TimedProtocol,
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        log_config=None,
        limit_concurrency=max_connections,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
