"""Ports of this machine: which are free, and who answers on them."""

import http.client
import socket

LOOPBACK = "127.0.0.1"


class PortRefused(Exception):
    """The port cannot be used; the message says why."""


def check_port(port: int) -> None:
    """Raise PortRefused if nothing could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        # As servers do: a connection of an earlier run that is still closing is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except PermissionError:
            raise PortRefused(f"Port {port} is reserved for the system.") from None
        except OSError:
            raise PortRefused(f"Port {port} is in use by another program.") from None


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether something accepts connections on this port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def answers(port: int, path: str) -> bool:
    """Whether a web server answers there with anything but an error of its own."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
