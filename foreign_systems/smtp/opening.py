"""From a server's settings to a conversation that can take mail: dialled, encrypted, signed in.

Every refusal is a Trouble that blames the destination. Nothing is sent in clear, neither an
account name nor mail, where encryption was promised, expected or offered.
"""

from __future__ import annotations

import base64
import ipaddress
import re
import socket
import ssl
from functools import lru_cache
from typing import Final

from foreign_systems.smtp.answers import Reply, Trouble, destination_trouble, refused_session
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.dial import dial, resolve
from foreign_systems.smtp.server import Server
from foreign_systems.smtp.wire import Lost, Wire
from foreign_systems.smtp_url import Security

_FULL_NAME: Final = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")


class Progress:
    """The steps that went well, with the server's own words, and the one now being tried."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.current = ""

    def begin(self, step: str) -> None:
        self.current = step

    def end(self, text: str) -> None:
        self.done.append((self.current, text))


def open_wire(
    server: Server, deadline: Deadline, progress: Progress | None = None
) -> tuple[Wire, bool]:
    """Return a conversation that is ready for MAIL, and whether STARTTLS was offered.

    Raises Trouble; `progress` then tells at which step.
    """
    progress = progress or Progress()
    progress.begin("Resolve")
    addresses = resolve(server, deadline)
    progress.end(f"{server.address.host} is {', '.join(map(str, addresses))}")
    progress.begin("Connect")
    connected, address = dial(addresses, server, deadline)
    progress.end(f"Connected to {address} port {server.address.port}")
    local_name = server.ehlo_name or _local_name(connected)
    wire = Wire(connected, peer=str(address), local_name=local_name, deadline=deadline)
    try:
        offered = _greet_and_encrypt(wire, server, progress)
        if server.username is not None:
            _sign_in(wire, server, progress)
    except Lost as lost:
        wire.close()
        raise destination_trouble(str(lost)) from lost
    except BaseException:
        wire.close()
        raise
    return wire, offered


def _local_name(connected: socket.socket) -> str:
    """Our full name, or an address literal where there is none (RFC 5321, section 4.1.4)."""
    name = socket.gethostname()
    if _FULL_NAME.match(name):
        return name
    address = ipaddress.ip_address(connected.getsockname()[0].partition("%")[0])
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"


def _greet_and_encrypt(wire: Wire, server: Server, progress: Progress) -> bool:
    if server.address.security is Security.IMPLICIT:
        _encrypt(wire, server, progress)
    progress.begin("Greeting")
    wire.begin("the greeting")
    greeting = wire.reply()
    if not greeting.positive:
        raise refused_session(greeting)
    progress.end(str(greeting))
    _hello(wire, progress)
    if server.address.security is Security.IMPLICIT:
        return False
    offered = wire.has_extn("starttls")
    progress.begin("TLS")
    if offered:
        _starttls(wire, server, progress)
    elif server.address.security is Security.REQUIRED:
        raise _stripped("The server does not offer STARTTLS, which smtp+starttls:// requires.")
    elif server.requires_tls:
        raise _stripped("The server offered STARTTLS before and does not offer it now.")
    return offered


def _hello(wire: Wire, progress: Progress) -> None:
    progress.begin("EHLO")
    wire.begin("EHLO")
    reply = _as_reply(wire.ehlo())
    if reply.code in {500, 501, 502, 504, 550}:  # a server older than ESMTP
        wire.begin("HELO")
        reply = _as_reply(wire.helo())
    if not reply.positive:
        raise refused_session(reply)
    progress.end(str(reply))


def _as_reply(answered: tuple[int, bytes]) -> Reply:
    return Reply(answered[0], answered[1].decode("utf-8", "replace"))


def _stripped(sentence: str) -> Trouble:
    return destination_trouble(
        f"{sentence} Nothing was sent: somebody between here and there may be removing it.",
        alert=True,
    )


def _starttls(wire: Wire, server: Server, progress: Progress) -> None:
    reply = wire.ask("STARTTLS", "STARTTLS")
    if reply.code != 220:
        raise refused_session(reply)
    _encrypt(wire, server, progress)
    _hello(wire, progress)  # what was offered in clear counts for nothing (RFC 3207, section 4.2)


def _encrypt(wire: Wire, server: Server, progress: Progress) -> None:
    progress.begin("TLS")
    try:
        wire.start_tls(_context(server.ca), server.address.host)
    except ssl.SSLCertVerificationError as error:
        raise destination_trouble(
            f"Nothing was sent: the server's certificate is not accepted: {error.verify_message}.",
            alert=True,
        ) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise destination_trouble("The server ended the TLS handshake.") from error
    except ssl.SSLError as error:
        reason = (error.reason or "unknown").replace("_", " ").lower()
        raise destination_trouble(f"TLS failed: {reason}.", alert=True) from error
    except TimeoutError as error:
        raise destination_trouble("The TLS handshake did not end in time.") from error
    except OSError as error:
        raise destination_trouble(f"TLS failed: {error}.") from error
    progress.end(_tls_facts(wire))


@lru_cache(maxsize=32)
def _context(ca: str | None) -> ssl.SSLContext:
    """Certificates and names are always verified; a pasted CA replaces the system's."""
    try:
        return ssl.create_default_context(cadata=ca or None)
    except (ssl.SSLError, ValueError, TypeError) as error:
        raise destination_trouble(
            "The certificate authority of this SMTP Server is not readable PEM.", alert=True
        ) from error


def _tls_facts(wire: Wire) -> str:
    if not isinstance(wire.sock, ssl.SSLSocket):
        return ""
    certificate = wire.sock.getpeercert() or {}
    names = [str(entry[1]) for entry in certificate.get("subjectAltName", ())]
    until = certificate.get("notAfter", "?")
    return f"{wire.sock.version()}, certificate for {', '.join(names)}, valid until {until}"


def _sign_in(wire: Wire, server: Server, progress: Progress) -> None:
    """AUTH by one mechanism only: trying several after a refusal locks accounts."""
    progress.begin("AUTH")
    if not sign_in_is_safe(encrypted=wire.encrypted, peer=wire.peer):
        raise destination_trouble(
            "Not signed in: without TLS the password would travel in clear. Use "
            "smtp+starttls:// or smtps://, or a server that offers STARTTLS.",
            alert=True,
        )
    name, password = server.username or "", server.password or ""
    offered = wire.esmtp_features.get("auth", "").upper().split()
    encoded = _base64(f"\0{name}\0{password}")
    if "PLAIN" in offered:
        reply = wire.ask("AUTH", f"AUTH PLAIN {encoded}")
        if reply.code == 334:  # a server that takes no initial response
            reply = wire.ask("AUTH", encoded)
    elif "LOGIN" in offered:
        reply = wire.ask("AUTH", "AUTH LOGIN")
        for secret in (name, password):
            if reply.code == 334:
                reply = wire.ask("AUTH", _base64(secret))
    else:
        raise destination_trouble(
            "The server offers no signing in by password "
            f"(it offers: {' '.join(offered) or 'nothing'}).",
            alert=True,
        )
    reply = _without_secrets(reply, password, encoded, _base64(password))
    if not reply.positive:
        raise refused_session(reply)
    progress.end(str(reply))


def sign_in_is_safe(*, encrypted: bool, peer: str) -> bool:
    """Whether a password may be sent to the IP address `peer`: by TLS, or within this machine."""
    return encrypted or ipaddress.ip_address(peer.partition("%")[0]).is_loopback


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


def _without_secrets(reply: Reply, *secrets: str) -> Reply:
    """Some servers repeat the command that they refuse; its words get into logs and pages."""
    text = reply.text
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    return Reply(reply.code, text)
