"""The certificate that a server shows, for somebody who may decide to trust it."""

from __future__ import annotations

import contextlib
import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509

from foreign_systems.smtp.answers import Trouble, destination_trouble, printable
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.dial import IpAddress, dial
from foreign_systems.smtp.server import Server
from foreign_systems.smtp.wire import Lost, Wire
from foreign_systems.smtp_url import Security

# Shakes hands with the server at `peer`, on a connection of its own; the certificate in DER, or b"".
Handshake = Callable[[Server, Deadline, IpAddress | None, ssl.SSLContext], bytes]
MAX_SUBJECT = 300  # characters, of a text that may be as long as whoever made it likes


@dataclass(frozen=True)
class Certificate:
    """`sha256` as administrators compare it: AB:CD:…; `until` as "3 Oct 2026"."""

    pem: str
    sha256: str
    subject: str
    until: str

    @classmethod
    def from_der(cls, der: bytes) -> Certificate | None:
        """None for bytes that are no certificate, or one whose subject is no text.

        They come from whoever answered; the parser gives up on them in more ways than one.
        """
        try:
            read = x509.load_der_x509_certificate(der)
            last, subject = read.not_valid_after_utc, read.subject.rfc4514_string()
        except (ValueError, TypeError, x509.InvalidVersion):
            return None
        return cls(
            pem=ssl.DER_cert_to_PEM_cert(der),
            sha256=hashlib.sha256(der).digest().hex(":").upper(),
            subject=printable(subject)[:MAX_SUBJECT] or "no name",
            until=f"{last.day} {last:%b %Y}",
        )


def not_accepted(error: ssl.SSLCertVerificationError) -> Trouble:
    """The trouble that a certificate is which does not hold, in OpenSSL's words."""
    why = error.verify_message.rstrip(".")
    return destination_trouble(
        f"Nothing was sent: the server's certificate isn't accepted: {why}.", alert=True
    )


def shown_certificate(
    server: Server,
    deadline: Deadline,
    peer: IpAddress | None,
    handshake: Handshake,
) -> bytes:
    """What the server at `peer` shows in a handshake, in DER; b"" if it cannot be had.

    On a connection of its own that verifies nothing and over which nothing is told: it ends with
    the handshake.
    """
    unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    with contextlib.suppress(Lost, Trouble, OSError, ValueError):
        return handshake(server, deadline, peer, unverified)
    return b""


def what_else_is_wrong(
    server: Server,
    deadline: Deadline,
    peer: IpAddress | None,
    der: bytes,
    handshake: Handshake,
) -> ssl.SSLCertVerificationError | None:
    """Why the server would not be accepted even if the certificate `der` alone were trusted.

    None if it would be, or if that cannot be found out; by another handshake like the one above,
    since OpenSSL tells of a certificate's authority before it looks at name and dates.
    """
    try:
        handshake(server, deadline, peer, ssl.create_default_context(cadata=der))
    except ssl.SSLCertVerificationError as error:
        return error
    except (Lost, Trouble, OSError, ValueError):
        return None
    return None


def smtp_handshake(
    server: Server, deadline: Deadline, peer: IpAddress | None, context: ssl.SSLContext
) -> bytes:
    if peer is None or deadline.over:
        return b""
    connected, _ = dial([peer], server, deadline)
    name = server.ehlo_name or "localhost"
    wire = Wire(connected, peer=str(peer), local_name=name, deadline=deadline)
    try:
        if server.address.security is not Security.IMPLICIT and not _may_encrypt(wire):
            return b""
        wire.start_tls(context, server.address.host)
        encrypted = wire.sock
        assert isinstance(encrypted, ssl.SSLSocket)
        return encrypted.getpeercert(binary_form=True) or b""
    finally:
        wire.close()


def _may_encrypt(wire: Wire) -> bool:
    wire.begin("the greeting")
    if not wire.reply().positive:
        return False
    wire.begin("EHLO")
    wire.ehlo()
    return wire.ask("STARTTLS", "STARTTLS").code == 220
