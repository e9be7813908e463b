"""The listener's certificate and key for STARTTLS, and what is wrong with them in words."""

import contextlib
import os
import ssl
from datetime import datetime
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_CERTIFICATE, _KEY = "LISTENER_TLS_CERTIFICATE", "LISTENER_TLS_KEY"
log = structlog.get_logger(__name__)


class UnusableTls(ValueError):
    """Certificate or key can't be used: a sentence that names the setting and what to do."""


def tls_context(certificate: str, key: str) -> ssl.SSLContext:
    """TLS 1.2 or newer with the chain and the key in these PEM files. Raises UnusableTls."""
    if not (certificate and key):
        given, missing = (_KEY, _CERTIFICATE) if key else (_CERTIFICATE, _KEY)
        raise UnusableTls(f"{given} is set, but {missing} isn't. Set both, or neither.")
    chain = _certificates(certificate)
    written = _content(_KEY, key)
    try:
        private = load_pem_private_key(written, password=None)
    except TypeError:
        raise UnusableTls(f"{_KEY}: {key} needs a password. Give a key without one.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise UnusableTls(f"{_KEY}: {key} doesn't hold a private key in PEM form.") from None
    if private.public_key() != chain[0].public_key():
        raise UnusableTls(
            f"{_KEY}: {key} isn't the key of the first certificate in {certificate}. "
            "The server's own certificate has to come first, those of authorities below it."
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:  # such as a key that is too short
        raise UnusableTls(f"{_CERTIFICATE}: OpenSSL refuses it: {error.reason}.") from None
    return context


class RenewedTls:
    """The TLS of these files as they are now: who renews them has nothing to restart."""

    def __init__(self, certificate: str, key: str) -> None:
        """Raises UnusableTls."""
        self._files = certificate, key
        self._seen = self._stamp()
        self._context = tls_context(certificate, key)

    def current(self) -> ssl.SSLContext:
        """For a new connection. While the files can't be used, what they held before; the log says so
        once for each change of them.
        """
        seen = self._stamp()
        if seen != self._seen:
            self._seen = seen
            try:
                self._context = tls_context(*self._files)
                log.info("listener_certificate_renewed", certificate=self._files[0])
            except UnusableTls as error:
                log.error("listener_certificate_unusable", error=str(error), keeps="the former one")
        return self._context

    def _stamp(self) -> list[tuple[int, int, int]]:
        """What changes with the files, also where a link to them is set anew."""
        found = []
        for path in self._files:
            with contextlib.suppress(OSError):
                state = os.stat(path)
                found.append((state.st_mtime_ns, state.st_ino, state.st_size))
        return found


def out_of_date(certificate: str, now: datetime) -> str:
    """A sentence if the server's certificate in this file isn't valid at `now`; "" if it is."""
    own = _certificates(certificate)[0]
    if now > own.not_valid_after_utc:
        return f"{_CERTIFICATE}: {certificate} expired on {own.not_valid_after_utc:%Y-%m-%d}. Renew it."
    if now < own.not_valid_before_utc:
        begin = own.not_valid_before_utc
        return f"{_CERTIFICATE}: {certificate} isn't valid before {begin:%Y-%m-%d %H:%M} UTC."
    return ""


def _certificates(path: str) -> list[x509.Certificate]:
    written = _content(_CERTIFICATE, path)
    try:
        return x509.load_pem_x509_certificates(written)
    except ValueError:
        raise UnusableTls(
            f"{_CERTIFICATE}: {path} doesn't hold a certificate in PEM form."
        ) from None


def _content(setting: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UnusableTls(f"{setting}: {path} can't be read: {error.strerror}.") from None
