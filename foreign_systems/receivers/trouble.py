"""Why nothing was delivered, and the limit on how long a receiver may keep us."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class DeliveryTrouble(Exception):
    """The receiver didn't take it; a sentence that says why, in its own words where it had any."""


@contextlib.contextmanager
def cut_off(connected: socket.socket, seconds: float) -> Iterator[None]:
    """End the connection after so many seconds, even if something drips in all the time."""

    def end() -> None:
        with contextlib.suppress(OSError):
            # Not that of SSLSocket, which another thread must not call.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
