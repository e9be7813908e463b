"""The listener: takes replies by SMTP from listed peers, and says 250 only when they are stored.

It knows neither Django nor the database; what it needs to ask and where mail goes is handed in.
Smuggling finds no way in: only CR LF ends a line, and nothing in clear counts once TLS has begun.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import signal
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import structlog

from approvals.inbox.connections import Connections
from approvals.inbox.lmtp import LmtpProtocol
from approvals.inbox.peers import Peer, Peers, is_loopback
from approvals.inbox.rates import TOO_MANY_A_MINUTE, Rate
from approvals.inbox.smtp_protocol import Limits, Protocol, Received, ReceivingEnvelope, Session

__all__ = ["Limits", "Listener", "NotTaken", "Peer", "Received"]

MAX_STOPPING: Final = 5.0  # seconds that messages being stored get to be answered
MAX_FAREWELL: Final = 1.0  # seconds for what was already written to leave
_LONE_BREAK: Final = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_T = TypeVar("_T")

log = structlog.get_logger(__name__)


class NotTaken(Exception):
    """Raised by `store`: a message isn't taken, and the text is what the client is told."""


class Listener:
    """Listens on a thread of its own between `start` and `stop`.

    `known(address)`: whether this recipient is ours. `store(received)`: keeps a message for good;
    an exception makes the sender keep it and try again. Both may block: they run on threads.
    `capture`: takes mail for all other recipients, which without it are refused.
    `login(name, password)`: offers AUTH, and captures from who has signed in only; must not block.
    Without `peers` a listener on loopback accepts loopback, whose results do not count. `tls` offers
    STARTTLS, and is asked at each connection; it must not block. `lmtp` speaks LMTP in place of SMTP.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        peers: tuple[Peer, ...] = (),
        known: Callable[[str], bool],
        store: Callable[[Received], None],
        capture: Callable[[Received], None] | None = None,
        login: Callable[[str, str], bool] | None = None,
        unix_socket: str | None = None,
        lmtp: bool = False,
        tls: Callable[[], ssl.SSLContext] | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Raise ValueError for a network that isn't one, or an open door without listed peers."""
        if unix_socket is None and not peers and not is_loopback(host):
            raise ValueError(f"To listen on {host}, list the peers that may hand mail over.")
        self._protocol_type, self._tls = LmtpProtocol if lmtp else Protocol, tls
        self.host, self._wanted_port, self.unix_socket = host, port, unix_socket
        self._known, self._store, self._capture, self._login = known, store, capture, login
        self._limits = limits or Limits()
        self._peers = Peers(peers, on_unix_socket=unix_socket is not None)
        self._conversations: set[Protocol] = set()
        self._connections = Connections(
            most=self._limits.connections,
            most_of_peer=min(self._limits.connections_of_peer, self._limits.connections),
            prefers_signed_in=login is not None,
        )
        self._new_connections = Rate(self._limits.connections_a_minute)
        self._messages = Rate(self._limits.messages_a_minute)
        self._large = asyncio.Semaphore(self._limits.large)
        self._storing: set[asyncio.Task[Any]] = set()
        self.port = 0

    # Starting and stopping.

    def start(self) -> None:
        """Return when connections are accepted; `port` is then known. Raises OSError."""
        self._loop = asyncio.new_event_loop()
        self._threads = ThreadPoolExecutor(self._limits.threads, thread_name_prefix="receive")
        try:
            self._server = self._loop.run_until_complete(self._listen())
        except OSError:
            self._loop.close()
            self._threads.shutdown()
            raise
        if self.unix_socket is None:
            self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, name="listener", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop accepting, let messages that are being stored be answered, and close."""
        asyncio.run_coroutine_threadsafe(self._finish(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._threads.shutdown()
        if self.unix_socket is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.unix_socket)

    def run(self, *, ready: Callable[[], None]) -> None:
        """Listen until SIGTERM or Ctrl+C; `ready` is called once. Main thread only. Raises OSError."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.start()
        ready()
        stop.wait()
        self.stop()

    async def _listen(self) -> asyncio.Server:
        if self.unix_socket is None:
            return await self._loop.create_server(self._protocol, self.host, self._wanted_port)
        with socket.socket(socket.AF_UNIX) as other:
            # What a killed listener left is replaced, one that answers isn't.
            if other.connect_ex(self.unix_socket) == 0:
                raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        server = await self._loop.create_unix_server(self._protocol, self.unix_socket)
        os.chmod(self.unix_socket, 0o660)
        return server

    async def _finish(self) -> None:
        self._server.close()
        answers = {each.answer for each in self._conversations if each.answer is not None}
        if self._storing or answers:
            await asyncio.wait({*self._storing, *answers}, timeout=MAX_STOPPING)
        ending = [task for protocol in list(self._conversations) if (task := protocol.hang_up())]
        if ending:
            await asyncio.wait(ending, timeout=MAX_FAREWELL)
        for protocol in list(self._conversations):
            protocol.cut()
        await self._server.wait_closed()

    def _protocol(self) -> Protocol:
        return self._protocol_type(
            handler=self,
            limits=self._limits,
            peer_of=self._peers.peer_of,
            login=self._login,
            conversations=self._conversations,
            connections=self._connections,
            new_connections=self._new_connections,
            large=self._large,
            tls=self._tls() if self._tls else None,
            loop=self._loop,
        )

    # What aiosmtpd asks of its handler.

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's name
        self,
        protocol: Protocol,
        session: Session,
        envelope: ReceivingEnvelope,
        name: str,
        lines: list[str],
    ) -> list[str]:
        session.host_name = name
        return [line for line in lines if line.rstrip() != "250-AUTH"]  # under TLS, without any way

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self,
        protocol: Protocol,
        session: Session,
        envelope: ReceivingEnvelope,
        address: str,
        options: list[str],
    ) -> str:
        if not address.isprintable():
            return "553 5.1.7 Not an address"  # no database would take a NUL byte, ever
        if not self._messages.allows(protocol.peer_name):
            return f"451 4.7.1 {TOO_MANY_A_MINUTE.format('messages')}"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self,
        protocol: Protocol,
        session: Session,
        envelope: ReceivingEnvelope,
        address: str,
        options: list[str],
    ) -> str:
        if not address.isprintable():
            return "553 5.1.3 Not an address"
        if len(envelope.rcpt_tos) >= self._limits.recipients:
            return "452 4.5.3 Too many recipients"
        try:
            ours = await self._on_thread(self._known, address)
        except Exception:
            log.exception("recipient_not_checked")
            return "451 4.3.0 Cannot look up this address now, try again later"
        if not ours and self._capture is None:
            return "550 5.1.1 No such address"
        if not ours and self._login is not None and not protocol.is_signed_in:
            return "530 5.7.0 Sign in first"
        envelope.rcpt_tos.append(address)
        (envelope.ours if ours else envelope.others).append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, protocol: Protocol, session: Session, envelope: ReceivingEnvelope
    ) -> str:
        raw = envelope.content
        if not isinstance(raw, bytes) or _LONE_BREAK.search(raw):
            return "550 5.6.0 Only CR LF may end a line"
        task = asyncio.current_task()
        assert task is not None
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)
        try:
            for addresses, keep in ((envelope.ours, self._store), (envelope.others, self._capture)):
                if addresses and keep is not None:
                    received = protocol.received(envelope, tuple(addresses))
                    await self._on_thread(keep, received)
        except NotTaken as refusal:
            return str(refusal)
        except Exception:
            log.exception("message_not_stored", size=len(raw))
            return "451 4.3.0 Could not be stored, try again later"
        return "250 2.0.0 Stored"

    async def _on_thread(self, work: Callable[[Any], _T], argument: Any) -> _T:
        """Run blocking work aside, so that one slow message does not stop the others."""
        # A client that hangs up must not cancel what is being stored.
        return await asyncio.shield(self._loop.run_in_executor(self._threads, work, argument))

    async def handle_exception(self, error: Exception) -> str:
        """Answer what went wrong in a conversation, without showing our insides."""
        log.warning("listener_conversation_failed", error=type(error).__name__)
        return "500 5.5.2 Not understood; each line has to end in CR LF"
