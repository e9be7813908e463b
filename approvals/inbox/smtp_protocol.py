"""One connection of the listener: aiosmtpd's SMTP, made strict and bounded."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from approvals.inbox.connections import TOO_MANY, Connections
from approvals.inbox.peers import UNIX, Peer
from approvals.inbox.rates import TOO_MANY_A_MINUTE, Rate
from approvals.inbox.strict_reader import StrictReader
from approvals.reply.limits import MAX_MESSAGE

_LINE_TOO_LONG = "500 5.5.2 Line too long"

# aiosmtpd logs commands at INFO and message lines at DEBUG: secret reply addresses among them.
logging.getLogger("mail.log").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Limits:
    """Bytes, counts and seconds. `idle` starts anew with each command, `connection` never.

    Of messages over `small` bytes, only `large` are in memory at a time, from their first byte to
    their storing; the others wait for their turn at the sender's. So all connections together hold
    `connections` times `small` and `large` times `size` bytes at most, and what storing those takes.
    """

    size: int = MAX_MESSAGE
    small: int = 500_000
    large: int = 2
    recipients: int = 100
    connections: int = 50
    connections_of_peer: int = 40
    connections_a_minute: int = 0  # of a peer, and so are messages; 0: no limit
    messages_a_minute: int = 0
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


class Protocol(SMTP):
    """An SMTP conversation with one peer.

    `handler` has aiosmtpd's hooks. `peer_of` finds the peer of a socket's name; None is a stranger.
    `login` decides on a name and password; without it, AUTH isn't offered. `conversations` holds all
    that aren't closed yet, `connections` counts those that may go on. Large messages take their
    turns at `large`. `new_connections` limits how often a peer may connect. `tls` offers STARTTLS.
    """

    line_length_limit = 65_536  # RFC 5321 says 1,000; refusing a reply for it would lose it

    def __init__(
        self,
        *,
        handler: object,
        limits: Limits,
        peer_of: Callable[[object], Peer | None],
        login: Callable[[str, str], bool] | None,
        conversations: set[Protocol],
        connections: Connections,
        new_connections: Rate,
        large: asyncio.Semaphore,
        tls: ssl.SSLContext | None,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(
            handler,
            data_size_limit=limits.size,
            hostname=socket.gethostname(),
            ident="pmconsole",
            timeout=limits.idle,
            enable_SMTPUTF8=True,  # for replies from addresses that need it
            tls_context=tls,
            auth_require_tls=login is None,
            auth_exclude_mechanism=() if login else ("PLAIN", "LOGIN"),
            authenticator=self._authenticate_by_login,
            loop=loop,
        )
        self._limits, self._peer_of, self._login = limits, peer_of, login
        self._conversations, self._connections, self._large = conversations, connections, large
        self._new_connections = new_connections
        self._refusal = ""
        self._storing: asyncio.Task[str] | None = None
        self.answer: asyncio.Future[None] | None = None  # done when a stored message is answered
        self.peer_name = UNIX
        self._peer: Peer | None = None
        self._time_limit: asyncio.TimerHandle | None = None

    def _create_envelope(self) -> ReceivingEnvelope:
        return ReceivingEnvelope()

    def _cb_client_connected(self, reader: Any, writer: Any) -> None:
        self._strict = StrictReader(reader)
        super()._cb_client_connected(cast(asyncio.StreamReader, self._strict), writer)

    def connection_made(self, transport: Any) -> None:
        if self._original_transport is not None:  # the same connection, which now speaks TLS
            # aiosmtpd drops what came in clear, and looks for it where it left its own reader.
            self._reader = self._strict.plain
            super().connection_made(transport)
            self._reader = cast(asyncio.StreamReader, self._strict)
            return
        self._conversations.add(self)
        self._time_limit = self.loop.call_later(self._limits.connection, transport.abort)
        name = transport.get_extra_info("peername")
        self._peer = self._peer_of(name)
        self.peer_name = str(name[0]) if isinstance(name, tuple) else UNIX
        if self._peer is None:
            self._refusal = "554 5.7.1 This host may not hand mail over here"
        elif not self._new_connections.allows(self.peer_name):
            self._refusal = f"421 4.7.0 {TOO_MANY_A_MINUTE.format('connections')}"
        elif not self._connections.admit(self):
            self._refusal = TOO_MANY
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._conversations.discard(self)
        if self._storing is not None and not self._storing.done():
            self._storing.add_done_callback(lambda _: self._connections.forget(self))
        else:
            self._connections.forget(self)
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

    def turn_away(self, words: str) -> None:
        """Say `words` and close the connection, whatever the peer is saying."""
        if isinstance(self.transport, asyncio.Transport) and not self.transport.is_closing():
            self._strict.hung_up = True
            self.transport.write(words.encode() + b"\r\n")
            self.transport.close()

    @property
    def is_signed_in(self) -> bool:
        return bool(self.session and self.session.authenticated)

    async def _handle_client(self) -> None:
        if self._refusal:
            self.turn_away(self._refusal)
        else:
            await super()._handle_client()

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        """Begin TLS (RFC 3207), unless something in clear is waiting to be taken for encrypted."""
        if self._tls_protocol is not None:
            await self.push("503 5.5.1 TLS is on already")
        elif self._strict.has_more:
            self.turn_away("503 5.5.1 Nothing may follow STARTTLS before its answer")
        else:
            await super().smtp_STARTTLS(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        """Take a message (RFC 5321, 4.1.1.4). It is cut where it becomes too large, at once."""
        if await self.check_helo_needed():
            return
        if arg or not self.envelope or not self.envelope.rcpt_tos:
            await self.push("501 Syntax: DATA" if arg else "503 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        async with contextlib.AsyncExitStack() as turn:
            content = await self._message(turn)
            if content is not None:
                self.envelope.content = self.envelope.original_content = bytes(content)
                # Who hangs up now neither stops the storing nor makes room for the next message.
                self._storing = self.loop.create_task(self._stored(turn.pop_all()))
                del content
                self.answer = self.loop.create_future()
                try:
                    status = await asyncio.shield(self._storing)
                    await self.answer_message(status)
                    self.envelope = self._create_envelope()
                finally:
                    self.answer.set_result(None)
                return
        self.envelope = self._create_envelope()

    async def _stored(self, turn: contextlib.AsyncExitStack) -> str:
        async with turn:
            return str(await self._call_handler_hook("DATA"))

    async def _message(self, turn: contextlib.AsyncExitStack) -> bytearray | None:
        """The message that follows, None if it was refused; a large one takes its turn first.

        A refusal is said as soon as it is certain, while the sender may still be sending. What he
        goes on to send is dropped, as long as it isn't endless.
        """
        content, received, refused = bytearray(), 0, False
        begins, is_large = True, False  # whether a line begins here
        while True:
            line = await self._strict.data_line()
            if begins and line == b".\r\n":
                return None if refused else content
            received += len(line)
            if refused:
                if received > 2 * self._limits.size:
                    self.turn_away("421 4.3.4 Too much mail data")
                    await asyncio.Event().wait()  # until the closing connection ends this
            elif received > self._limits.size or not line.endswith(b"\r\n"):
                refused = True
                content.clear()
                await turn.aclose()
                too_large = received > self._limits.size
                await self.answer_message(
                    "552 5.3.4 Too much mail data" if too_large else _LINE_TOO_LONG
                )
            else:
                content += line[1:] if begins and line.startswith(b".") else line
            if not is_large and not refused and received > self._limits.small:
                is_large = True
                await turn.enter_async_context(self._large)
                self._reset_timeout()
            begins = line.endswith(b"\r\n")

    async def answer_message(self, status: str) -> None:
        """Say what became of the message."""
        await self.push(status)

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

    def received(self, envelope: Envelope, recipients: tuple[str, ...]) -> Received:
        """The message of this envelope, for these of its recipients."""
        sender = envelope.mail_from or ""
        return Received(
            raw=bytes(envelope.original_content or b""),
            mail_from="" if sender == "<>" else sender,
            recipients=recipients,
            peer=self.peer_name,
            verifies_senders=self._peer is not None and self._peer.verifies_senders,
            signed_in=self.is_signed_in,
        )


__all__ = ["Limits", "Protocol", "Received", "ReceivingEnvelope", "Session"]
