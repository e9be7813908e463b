"""One connection of the listener: aiosmtpd's SMTP, made strict and bounded."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from approvals.inbox.peers import UNIX, Peer

# aiosmtpd logs commands at INFO and message lines at DEBUG: secret reply addresses among them.
logging.getLogger("mail.log").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Limits:
    """Bytes, counts and seconds. `idle` starts anew with each command, `connection` never."""

    size: int = 10_000_000
    recipients: int = 100
    connections: int = 50
    threads: int = 4
    idle: float = 120.0
    connection: float = 900.0


@dataclass(frozen=True)
class Received:
    """A message as it came, with what the envelope and the connection say about it.

    `mail_from` is empty for a delivery report. `peer` is an IP address, or "unix".
    """

    raw: bytes
    mail_from: str
    recipients: tuple[str, ...]
    peer: str
    verifies_senders: bool
    signed_in: bool


class ReceivingEnvelope(Envelope):
    """Remembers which recipients are ours and which are for capture."""

    def __init__(self) -> None:
        super().__init__()
        self.ours: list[str] = []
        self.others: list[str] = []


class BareLineFeed(Exception):
    """A command line that did not end in CR LF."""


class StrictReader:
    """aiosmtpd's reader, except that a command must end in CR LF and none follows a hang-up."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self.hung_up = False

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        if self.hung_up:
            # What was pipelined behind the fault is not read; the closing transport ends this.
            await asyncio.Event().wait()
        line = await self._reader.readuntil(separator)
        return line if separator != b"\n" else self._checked(line)

    async def readline(self) -> bytes:
        return self._checked(await self._reader.readline())

    async def read(self, count: int) -> bytes:
        return await self._reader.read(count)

    def _checked(self, line: bytes) -> bytes:
        if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
            self.hung_up = True
            raise BareLineFeed
        return line


class Protocol(SMTP):
    """An SMTP conversation with one peer.

    `handler` has aiosmtpd's hooks. `peer_of` finds the peer of a socket's name; None is a stranger.
    `login` decides on a name and password; without it, AUTH isn't offered. `connections` holds the
    conversations that are open: this one is in it for as long as it lasts.
    """

    line_length_limit = 65_536  # RFC 5321 says 1,000; refusing a reply for it would lose it

    def __init__(
        self,
        *,
        handler: object,
        limits: Limits,
        peer_of: Callable[[object], Peer | None],
        login: Callable[[str, str], bool] | None,
        connections: set[Protocol],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(
            handler,
            data_size_limit=limits.size,
            hostname=socket.gethostname(),
            ident="pmconsole",
            timeout=limits.idle,
            auth_require_tls=login is None,
            auth_exclude_mechanism=() if login else ("PLAIN", "LOGIN"),
            authenticator=self._authenticate_by_login,
            loop=loop,
        )
        self._limits, self._peer_of, self._login = limits, peer_of, login
        self._connections = connections
        self._peer: Peer | None = None
        self._time_limit: asyncio.TimerHandle | None = None

    def _create_envelope(self) -> ReceivingEnvelope:
        return ReceivingEnvelope()

    def _cb_client_connected(self, reader: Any, writer: Any) -> None:
        self._strict = StrictReader(reader)
        super()._cb_client_connected(cast(asyncio.StreamReader, self._strict), writer)

    def connection_made(self, transport: Any) -> None:
        self._connections.add(self)
        self._time_limit = self.loop.call_later(self._limits.connection, transport.abort)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.discard(self)
        if self._time_limit is not None:
            self._time_limit.cancel()
        super().connection_lost(error)

    def hang_up(self) -> asyncio.Task[None] | None:
        """Close the connection; returns the task that then ends."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.close()
        return self._handler_coroutine

    def cut(self) -> None:
        """Close the connection of a peer that doesn't even read any more."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def _handle_client(self) -> None:
        self._peer = self._peer_of(self.session.peer if self.session else None)
        refusal = None
        if self._peer is None:
            refusal = "554 5.7.1 This host may not hand mail over here"
        elif len(self._connections) > self._limits.connections:
            refusal = "421 4.7.0 Too many connections, try again later"
        if refusal is not None:
            await self.push(refusal)
            self.hang_up()
            return
        await super()._handle_client()

    async def push(self, status: Any) -> None:
        await super().push(status)
        if self._strict.hung_up:
            self.hang_up()

    def _authenticate_by_login(
        self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any
    ) -> AuthResult:
        if self._login is None or not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        name = given.login.decode("utf-8", "replace")
        good = self._login(name, given.password.decode("utf-8", "replace"))
        return AuthResult(success=good, handled=False)

    def received(
        self, session: Session, envelope: Envelope, recipients: tuple[str, ...]
    ) -> Received:
        """The message of this envelope, for these of its recipients."""
        peer: object = session.peer
        sender = envelope.mail_from or ""
        return Received(
            raw=bytes(envelope.original_content or b""),
            mail_from="" if sender == "<>" else sender,
            recipients=recipients,
            peer=str(peer[0]) if isinstance(peer, tuple) else UNIX,
            verifies_senders=self._peer is not None and self._peer.verifies_senders,
            signed_in=bool(session.authenticated),
        )


__all__ = ["Limits", "Protocol", "Received", "ReceivingEnvelope", "Session"]
