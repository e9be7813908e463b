"""What the SMTP client has to know of a server, and the IMAP client too."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from foreign_systems.smtp_url import SmtpAddress

# Host name to IP addresses; raises OSError as socket.getaddrinfo does. It may block: it is run
# on a thread of its own and given up after `Server.timeout`.
Resolver = Callable[[str], list[str]]


def system_resolver(host: str) -> list[str]:
    """Ask the system's resolver; the order is its preference (RFC 6724)."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Tokens(Protocol):
    """Gives access tokens, and asks for another one when a server refused the last."""

    def __call__(self) -> str:
        """Raises smtp.answers.Trouble."""

    def forget(self) -> None: ...


@dataclass(frozen=True)
class Server:
    """A mail server with its credential and its limits.

    `timeout`: seconds for one step (resolve, connect, each command with its whole reply).
    `total_timeout`: seconds for one delivery, opening the connection included; the answer to the
    final dot may take what is left of it, since giving up early there makes duplicates.
    `ca`: PEM of the only certificates to trust; None: the system's.
    `tokens`: those of XOAUTH2, which then stand for the password.
    `requires_tls`: STARTTLS was offered before, so its absence means that somebody removed it.
    `loopback_only`: connect to nothing else (a trial never sends mail to the outside).
    `ehlo_name`: how we introduce ourselves; empty: this host's full name, else its address.
    """

    address: SmtpAddress
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tokens: Tokens | None = field(default=None, repr=False)
    timeout: float = 30.0
    total_timeout: float = 120.0
    ca: str | None = None
    requires_tls: bool = False
    loopback_only: bool = False
    ehlo_name: str = ""
    resolve: Resolver = system_resolver
