"""A client as light as it can be: several connections that are kept, each with one call at a time."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field


class Connection:
    """One kept connection to 127.0.0.1; knows just enough HTTP for answers with a length."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, message: bytes) -> tuple[int, bytes]:
        """Status and body."""
        self._socket.sendall(message)
        head, _, body = self._until(b"\r\n\r\n")
        lowered = head.lower()
        at = lowered.index(b"content-length:") + len(b"content-length:")
        length = int(lowered[at:].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._receive()
        return int(head[9:12]), body

    def _until(self, end: bytes) -> tuple[bytes, bytes, bytes]:
        received = b""
        while end not in received:
            received += self._receive()
        return received.partition(end)

    def _receive(self) -> bytes:
        piece = self._socket.recv(65_536)
        if not piece:
            raise ConnectionError("the server closed the connection")
        return piece

    def close(self) -> None:
        self._socket.close()


def post(path: str, body: bytes, *, bearer: str = "") -> bytes:
    authorization = f"Authorization: Bearer {bearer}\r\n" if bearer else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@dataclass
class Load:
    """`clients` connections, each calling as fast as it is answered, for `seconds`.

    `messages(client)` gives the next message of a client; `check(message, status, body)` is called for
    each answer after the time is over, so that checking costs the servers nothing.
    """

    port: int
    clients: int
    seconds: float
    messages: Callable[[int], bytes]
    check: Callable[[bytes, int, bytes], None]
    taken: list[float] = field(default_factory=list)  # seconds of each call, of the last turn

    def __call__(self) -> float:
        """Answers a second."""
        self.taken = []
        seen: list[tuple[bytes, int, bytes]] = []
        failed: list[Exception] = []
        start = threading.Barrier(self.clients + 1)

        def client(number: int) -> None:
            connection = Connection(self.port)
            try:
                connection.call(self.messages(number))  # the connection stands, and so do others
                start.wait()
                end = time.perf_counter() + self.seconds
                while (begin := time.perf_counter()) < end:
                    message = self.messages(number)
                    status, body = connection.call(message)
                    self.taken.append(time.perf_counter() - begin)
                    seen.append((message, status, body))
            except Exception as error:  # told below, in the thread that asked
                failed.append(error)
                start.abort()
            finally:
                connection.close()

        threads = [threading.Thread(target=client, args=(n,)) for n in range(self.clients)]
        for thread in threads:
            thread.start()
        with suppress(threading.BrokenBarrierError):  # `failed` says why
            start.wait()
        begin = time.perf_counter()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - begin
        if failed:
            raise failed[0]
        for message, status, body in seen:
            self.check(message, status, body)
        return len(seen) / took
