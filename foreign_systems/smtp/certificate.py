"""The certificate that a server shows, for somebody who may decide to trust it."""

from __future__ import annotations

import contextlib
import hashlib
import ssl
from dataclasses import dataclass

from cryptography import x509

from foreign_systems.smtp.answers import Trouble, printable
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.dial import IpAddress, dial
from foreign_systems.smtp.server import Server
from foreign_systems.smtp.wire import Lost, Wire
from foreign_systems.smtp_url import Security


@dataclass(frozen=True)
class Certificate:
    """`sha256` as administrators compare it: AB:CD:…; `until` as "3 Oct 2026"."""

    pem: str
    sha256: str
    subject: str
    until: str

    @classmethod
    def from_der(cls, der: bytes) -> Certificate | None:
        """None for bytes that are no certificate: they come from whoever answered."""
        try:
            read = x509.load_der_x509_certificate(der)
            last, subject = read.not_valid_after_utc, read.subject.rfc4514_string()
        except ValueError:
            return None
        return cls(
            pem=ssl.DER_cert_to_PEM_cert(der),
            sha256=hashlib.sha256(der).digest().hex(":").upper(),
            subject=printable(subject) or "no name",
            until=f"{last.day} {last:%b %Y}",
        )


def shown_certificate(server: Server, deadline: Deadline, peer: IpAddress | None) -> bytes:
    """What the server at `peer` shows in a handshake, in DER; b"" if it cannot be had.

    On a connection of its own that verifies nothing and over which nothing is told: it ends with
    the handshake.
    """
    if peer is None or deadline.over:
        return b""
    with contextlib.suppress(Lost, Trouble, OSError, ValueError):
        connected, _ = dial([peer], server, deadline)
        name = server.ehlo_name or "localhost"
        wire = Wire(connected, peer=str(peer), local_name=name, deadline=deadline)
        try:
            if server.address.security is not Security.IMPLICIT and not _may_encrypt(wire):
                return b""
            wire.start_tls(_unverified(), server.address.host)
            if isinstance(wire.sock, ssl.SSLSocket):
                return wire.sock.getpeercert(binary_form=True) or b""
        finally:
            wire.close()
    return b""


def _may_encrypt(wire: Wire) -> bool:
    wire.begin("the greeting")
    wire.reply()
    wire.begin("EHLO")
    wire.ehlo()
    return wire.ask("STARTTLS", "STARTTLS").code == 220


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
