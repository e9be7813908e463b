"""The address of a mail server as an administrator writes it.

`smtp://` uses STARTTLS when the server offers it, `smtp+starttls://` insists on it,
`smtps://` speaks TLS from the first byte (RFC 8314). Ports default to 25, 587 and 465; those of
`imap://`, `imap+starttls://` and `imaps://` to 143, 143 and 993, those of `syslog+tls://` and
`syslog://` to 6514 and 601.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from core.addresses import BadAddress, ascii_host

MAX_URL: Final = 2_000

_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_NUMBER: Final = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")


class Security(StrEnum):
    """When the connection is encrypted."""

    OPPORTUNISTIC = "opportunistic"
    REQUIRED = "required"
    IMPLICIT = "implicit"


@dataclass(frozen=True)
class Protocol:
    """What may stand before `://`, with its security and usual port, and a URL that shows it."""

    schemes: dict[str, tuple[Security, int]]
    example: str


SMTP: Final = Protocol(
    {
        "smtp": (Security.OPPORTUNISTIC, 25),
        "smtp+starttls": (Security.REQUIRED, 587),
        "smtps": (Security.IMPLICIT, 465),
    },
    "smtp://mail.example.com:25",
)
IMAP: Final = Protocol(
    {
        "imap": (Security.OPPORTUNISTIC, 143),
        "imap+starttls": (Security.REQUIRED, 143),
        "imaps": (Security.IMPLICIT, 993),
    },
    "imaps://mail.example.com:993",
)
SYSLOG: Final = Protocol(
    {
        "syslog+tls": (Security.IMPLICIT, 6514),  # RFC 5425
        "syslog": (Security.OPPORTUNISTIC, 601),  # RFC 3195's port, which RFC 6587 is used on
    },
    "syslog+tls://logs.example.com:6514",
)
EXAMPLE: Final = SMTP.example
_SCHEMES: Final = SMTP.schemes | IMAP.schemes | SYSLOG.schemes


class SmtpUrlError(ValueError):
    """The URL can't be used; the message says why and shows one that can."""


@dataclass(frozen=True)
class SmtpAddress:
    """Where a server is. `host` is ASCII (IDNA), an IPv6 address has no brackets.

    `username` and `password` are None unless they stood in the URL.
    """

    scheme: str
    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def security(self) -> Security:
        return _SCHEMES[self.scheme][0]

    @property
    def server(self) -> str:
        """What stands there, in words."""
        return "SysLog server" if self.scheme in SYSLOG.schemes else "mail server"

    def __str__(self) -> str:
        """Return the canonical URL, without account name and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parse(
    url: str, *, credentials: bool = False, what: str = "Base URL", protocol: Protocol = SMTP
) -> SmtpAddress:
    """Read `url`. Raise SmtpUrlError, which never repeats a password, if it is not usable.

    `credentials` allows `user:password@` (percent-encoded) before the host; `what` is the
    name under which the user knows the value.
    """
    try:
        return _parse(url.strip(), credentials, what, protocol)
    except SmtpUrlError as error:
        scheme = protocol.example.partition("://")[0]
        raise SmtpUrlError(f"{error} Write {scheme}://…, for example {protocol.example}") from None


def _parse(url: str, credentials: bool, what: str, protocol: Protocol) -> SmtpAddress:
    if not url:
        raise SmtpUrlError(f"{what} is empty.")
    if len(url) > MAX_URL:
        raise SmtpUrlError(f"{what} is longer than {MAX_URL} characters.")
    if any(c.isspace() or unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in url):
        raise SmtpUrlError(f"{what} contains a space or a control character.")
    known = [f"{scheme}://" for scheme in protocol.schemes]
    scheme, separator, _ = url.partition("://")
    if not separator or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]{0,30}", scheme):
        raise SmtpUrlError(f"{what} doesn't begin with {', '.join(known[:-1])} or {known[-1]}.")
    if scheme.lower() not in protocol.schemes:
        raise SmtpUrlError(f"{what} can't begin with {scheme}://…")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise SmtpUrlError(f"{what} has square brackets that don't hold an IPv6 address.") from None
    if "\\" in url or parts.path not in {"", "/"} or "?" in url or "#" in url:
        raise SmtpUrlError(f"{what} has something after the server's name and port.")
    scheme = scheme.lower()
    address = SmtpAddress(scheme, _host(parts, what), _port(parts, scheme, what))
    return _with_credentials(address, parts, credentials, what)


def _host(parts: SplitResult, what: str) -> str:
    netloc = parts.netloc.rpartition("@")[2]
    if netloc.startswith("["):
        return _ipv6(netloc, what)
    host = netloc.partition(":")[0]
    if not host:
        raise SmtpUrlError(f"{what} names no server.")
    # What stands before a misplaced @ may be a password, so it is not repeated.
    shown = f" “{host}”" if "@" not in parts.geturl() and len(host) < 300 else ""
    try:
        name = host.removesuffix(".").lower()
        name = name if name.isascii() else ascii_host(name)
    except BadAddress:
        raise SmtpUrlError(f"{what} names a server{shown} that isn't a valid name.") from None
    labels = name.split(".")
    if _NUMBER.match(labels[-1]):
        # "127.1" and "0x7f.0.0.1" would be addresses to the resolver, but not to a reader.
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            raise SmtpUrlError(
                f"{what} names a server{shown} that isn't a complete IPv4 address."
            ) from None
    if len(name) > 253 or not all(_LABEL.match(label) for label in labels):
        raise SmtpUrlError(f"{what} names a server{shown} that isn't a valid name.")
    return name


def _ipv6(netloc: str, what: str) -> str:
    literal, closed, rest = netloc[1:].partition("]")
    try:
        if not closed or "%" in literal or (rest and not rest.startswith(":")):
            raise ValueError
        return str(ipaddress.IPv6Address(literal))
    except ValueError:
        raise SmtpUrlError(f"{what} has square brackets that don't hold an IPv6 address.") from None


def _port(parts: SplitResult, scheme: str, what: str) -> int:
    netloc = parts.netloc.rpartition("@")[2]
    text = netloc.rpartition("]")[2].partition(":")[2]
    if not text:
        return _SCHEMES[scheme][1]
    if not (re.fullmatch(r"[0-9]{1,5}", text) and 1 <= int(text) <= 65_535):
        raise SmtpUrlError(f"{what} has a port that isn't a number from 1 to 65535.")
    return int(text)


def _with_credentials(
    address: SmtpAddress, parts: SplitResult, credentials: bool, what: str
) -> SmtpAddress:
    userinfo, separator, _ = parts.netloc.rpartition("@")
    if not separator:
        return address
    if not credentials:
        raise SmtpUrlError(f"{what} holds an account name. Choose a credential for it instead.")
    name, colon, password = userinfo.partition(":")
    if not name or not colon:
        raise SmtpUrlError(f"{what} needs both an account name and a password before the @.")
    return replace(address, username=unquote(name), password=unquote(password))
