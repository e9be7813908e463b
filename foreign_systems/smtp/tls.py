"""TLS of the mail clients: what is trusted, the handshake, and what was agreed on."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from foreign_systems.smtp.answers import destination_trouble
from foreign_systems.smtp.certificate import not_accepted
from foreign_systems.smtp.progress import Obstacle, Progress, Stopped, TlsFacts
from foreign_systems.smtp.wire import Lost

T = TypeVar("T")


def handshake(begin: Callable[[], T]) -> T:
    """What `begin`, a TLS handshake, returns; every way in which it fails as the Trouble that it is."""
    try:
        return begin()
    except ssl.SSLCertVerificationError as error:
        raise not_accepted(error) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise destination_trouble("The server ended the TLS handshake.") from error
    except ssl.SSLError as error:
        reason = (error.reason or "unknown").replace("_", " ").lower()
        raise destination_trouble(f"TLS failed: {reason}.", alert=True) from error
    except TimeoutError as error:
        raise destination_trouble("The TLS handshake didn't end in time.") from error
    except OSError as error:
        raise destination_trouble(f"TLS failed: {error}.") from error


def note_tls(connected: object, progress: Progress) -> None:
    """End the step with what was agreed on. Raises Lost if the connection is closed already."""
    if not isinstance(connected, ssl.SSLSocket):
        raise Lost("The connection is closed.")
    certificate = connected.getpeercert() or {}
    names = tuple(str(entry[1]) for entry in certificate.get("subjectAltName", ()))
    last_day = str(certificate.get("notAfter", "?"))
    progress.tls = TlsFacts(connected.version() or "TLS", names, last_day)
    progress.end(str(progress.tls))


@lru_cache(maxsize=32)
def tls_context(ca: str | None) -> ssl.SSLContext:
    """Certificates and names are always verified; a pasted CA replaces the system's."""
    try:
        return ssl.create_default_context(cadata=ca or None)
    except (ssl.SSLError, ValueError, TypeError) as error:
        raise Stopped(
            Obstacle.AUTHORITY, "The Certificate Authority isn't readable PEM."
        ) from error
