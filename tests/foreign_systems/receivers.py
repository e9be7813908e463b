"""Real receivers on free ports of this machine: an HTTP server for webhooks, and a SysLog server."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer

from tests.http_server import Handler, serving


@dataclass
class Hook:
    """Answers each POST with the next of `statuses`, of which the last one stays."""

    port: int = 0
    statuses: list[int] = field(default_factory=lambda: [204])
    location: str = ""
    words: str = ""
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?a=1"

    @property
    def keys(self) -> list[str]:
        return [headers["X-Pmconsole-Id"] for headers, _ in self.posts]


@contextlib.contextmanager
def hook(*statuses: int, words: str = "") -> Iterator[Hook]:
    made = Hook(statuses=list(statuses) or [204], words=words)

    class Told(Handler):
        def take(self, body: bytes) -> None:
            made.posts.append((dict(self.headers), body))
            status = made.statuses.pop(0) if len(made.statuses) > 1 else made.statuses[0]
            self.answer(status, made.words.encode(), location=made.location)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    made.port = server.server_port
    with serving(server):
        yield made


@dataclass
class Logs:
    """What came, connection by connection. Those in `resets` are reset before all was read."""

    port: int = 0
    connections: list[bytes] = field(default_factory=list)
    resets: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, count: int = 1) -> bytes:
        """All bytes, once so many connections have ended."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.connections) >= count, timeout=10)
            return b"".join(self.connections)


@contextlib.contextmanager
def logs(tls: ssl.SSLContext | None = None, *, resets: int = 0) -> Iterator[Logs]:
    made, listening = Logs(resets=resets), socket.create_server(("127.0.0.1", 0))
    made.port = listening.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                connected, _ = listening.accept()
            except OSError:
                return
            with contextlib.suppress(OSError):
                _take(made, connected, tls)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield made
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def _take(made: Logs, connected: socket.socket, tls: ssl.SSLContext | None) -> None:
    if made.resets:
        made.resets -= 1
        connected.recv(1)  # closed with the rest unread: that is a reset
        connected.close()
        return
    with tls.wrap_socket(connected, server_side=True) if tls else connected as wire:
        data = b""
        while piece := wire.recv(65536):
            data += piece
    with made.changed:
        made.connections.append(data)
        made.changed.notify_all()


def frames(data: bytes) -> list[str]:
    """The messages of a stream with octet counts (RFC 6587, 3.4.1)."""
    found = []
    while data:
        length, _, rest = data.partition(b" ")
        found.append(rest[: int(length)].decode())
        data = rest[int(length) :]
    return found
