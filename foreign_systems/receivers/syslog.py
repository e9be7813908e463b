"""SysLog: RFC 5424 messages over TCP or TLS, each with its length in front (RFC 6587, RFC 5425)."""

import contextlib
import re
import socket
import ssl
from collections.abc import Callable, Iterable
from datetime import UTC
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from foreign_systems.kinds import SyslogSettings
from foreign_systems.receivers.events import Event
from foreign_systems.receivers.trouble import DeliveryTrouble, cut_off
from foreign_systems.smtp.answers import Trouble
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.dial import dial, resolve
from foreign_systems.smtp.server import Server
from foreign_systems.smtp.tls import tls_context
from foreign_systems.smtp_url import SYSLOG, Security, parse

PRIORITY: Final = 13 * 8 + 5  # facility log audit, severity notice
MAX_WRITE: Final = 20.0  # seconds for a whole batch


def message(event: Event) -> bytes:
    """The event with header and length. MSG is JSON in ASCII, so it needs no byte order mark."""
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    host = urlsplit(settings.PUBLIC_URL).hostname or "-"
    name = re.sub(r"[^!-~]", "_", event.verb)[:32] or "-"
    said = f"<{PRIORITY}>1 {at} {host} pmconsole - {name} - ".encode("ascii") + event.body
    return b"%d %s" % (len(said), said)


def send(
    typed: SyslogSettings,
    events: Iterable[Event],
    tell: Callable[[str, str], None] = lambda who, text: None,
) -> None:
    """Write the events over one connection and see it closed without complaint.

    SysLog has no answers. What tells most is the end: a receiver that dies before it has read all
    resets the connection. One that just stays is believed after the time-out. Raises DeliveryTrouble.
    """
    address = parse(typed.base_url, protocol=SYSLOG)
    stays_here = settings.TRIAL and not settings.REAL_MAIL
    server = Server(address, timeout=typed.timeout, loopback_only=stays_here)
    deadline = Deadline(step=typed.timeout, total=MAX_WRITE)
    try:
        connected, peer = dial(resolve(server, deadline), server, deadline)
        tell("", f"Connected to {peer} port {address.port}")
        with contextlib.closing(connected), cut_off(connected, MAX_WRITE):
            connected.settimeout(typed.timeout)
            if address.security is Security.IMPLICIT:
                context = tls_context(typed.ca or None)
                with context.wrap_socket(connected, server_hostname=address.host) as encrypted:
                    tell("", f"{encrypted.version()}, certificate accepted")
                    with cut_off(encrypted, MAX_WRITE):
                        _write(encrypted, events, tell)
                        _end_tls(encrypted)
            else:
                _write(connected, events, tell)
                connected.shutdown(socket.SHUT_WR)
                _see_the_end(connected)
    except Trouble as trouble:
        raise DeliveryTrouble(str(trouble.answer.text)) from trouble
    except ssl.SSLCertVerificationError as error:
        raise DeliveryTrouble(
            f"The receiver's certificate isn't accepted: {error.verify_message}."
        ) from error
    except TimeoutError as error:
        raise DeliveryTrouble("The receiver didn't take everything in time.") from error
    except OSError as error:
        raise DeliveryTrouble(f"The connection was lost: {error.strerror or error}.") from error


def _write(
    connected: socket.socket, events: Iterable[Event], tell: Callable[[str, str], None]
) -> None:
    for event in events:
        data = message(event)
        connected.sendall(data)
        tell("C", data.decode("ascii"))


def _see_the_end(connected: socket.socket) -> None:
    with contextlib.suppress(TimeoutError):
        while connected.recv(4096):
            pass


def _end_tls(encrypted: ssl.SSLSocket) -> None:
    """Say goodbye; a receiver that ends without an answer to that has read everything as well."""
    try:
        encrypted.unwrap()
    except ConnectionError:
        raise
    except OSError:  # also an SSLError or a time-out: it ended, or stays, without goodbye
        return
