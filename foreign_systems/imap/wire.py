"""Bytes to and from an IMAP server: imaplib's commands under a deadline for each whole step.

imaplib trusts the server with sizes and waits for each read anew. Here a command and all that answers
it has one deadline, lines and literals are bounded, and what is said can be recorded without secrets.
"""

from __future__ import annotations

import contextlib
import imaplib
import select
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, Final

from foreign_systems.smtp.blot import blotter
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.wire import Lost, Record

MAX_LINE: Final = 16 * 1024 * 1024  # bytes; a first SEARCH of a large folder is one line
MAX_LITERAL: Final = 32 * 1024 * 1024  # bytes; larger messages aren't fetched
MAX_ANSWER: Final = 64 * 1024 * 1024  # bytes of all that answers one command
_BLOCK: Final = 65_536
_LOOK: Final = 1.0  # seconds between two looks at whether to go on waiting
_MASK: Final = "********"


class Wire(imaplib.IMAP4):
    """A connected IMAP conversation; making one reads the greeting. Any Lost ends it: close it then.

    `host` is the name that the certificate is for, `peer` the IP address at the other end. Raises
    imaplib's `error` for what the server refuses, its `abort` for what isn't IMAP, and Lost.
    """

    def __init__(
        self,
        connected: socket.socket,
        *,
        host: str,
        peer: str,
        deadline: Deadline,
        record: Record | None = None,
    ) -> None:
        self._connected = connected
        self.peer, self.deadline = peer, deadline
        self._buffer = bytearray()
        self._answered = 0  # bytes since the last command
        self._record = record or (lambda who, text: None)
        self._mask_after = 0  # words of a command that aren't secret; 0: none is
        self._blot: Callable[[bytes], bytes] = lambda said: said
        super().__init__(host)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._connected

    @property
    def encrypted(self) -> bool:
        return isinstance(self.sock, ssl.SSLSocket)

    # What imaplib reads and writes with.

    def read(self, size: int) -> bytes:
        if size > MAX_LITERAL:
            raise Lost(f"The server sends {size:,} bytes at once, which is too much.")
        self.deadline.step()  # a large message may take as long as a command
        while len(self._buffer) < size:
            self._receive()
        self._record("S", f"[{size:,} bytes]")
        return self._taken(size)

    def readline(self) -> bytes:
        looked_at = 0
        while (end := self._buffer.find(b"\n", looked_at)) < 0:
            looked_at = len(self._buffer)
            if looked_at > MAX_LINE:
                raise Lost("The server sends a line that doesn't end.")
            self._receive()
        line = self._blot(self._taken(end + 1))
        self._record("S", line[: 2 * _BLOCK].decode("utf-8", "replace").rstrip("\r\n"))
        return line

    def send(self, data: Any) -> None:
        self.deadline.step()
        self._answered = 0
        if data.strip():
            self._record("C", self._shown(bytes(data)))
        try:
            self.sock.settimeout(self.deadline.left())
            self.sock.sendall(data)
        except OSError as error:
            raise Lost("The server closed the connection.") from error

    def shutdown(self) -> None:
        """Close the connection without a word; imaplib's own waits for nothing either."""
        with contextlib.suppress(OSError):
            self.sock.close()

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _receive(self) -> None:
        try:
            self.sock.settimeout(self.deadline.left())
            data = self.sock.recv(_BLOCK)
        except TimeoutError as error:
            raise Lost("The server didn't answer in time.") from error
        except OSError as error:
            raise Lost("The server closed the connection.") from error
        if not data:
            raise Lost("The server closed the connection.")
        self._buffer += data
        self._answered += len(data)
        if self._answered > MAX_ANSWER:
            raise Lost("The server sends an answer that doesn't end.")
        if self.deadline.step_over and not data.endswith(b"\n"):
            raise Lost("The server didn't finish its answer in time.") from TimeoutError()

    # Secrets.

    @contextlib.contextmanager
    def hiding(self, password: str, *encoded: str, words: int) -> Any:
        """Within, record only so many words of what we send, and … where the server repeats secrets."""
        self._mask_after, self._blot = words, blotter(password, encoded)
        try:
            yield
        finally:
            self._mask_after = 0

    def _shown(self, data: bytes) -> str:
        text = data.decode("utf-8", "replace").rstrip("\r\n")
        if not self._mask_after:
            return text
        words = text.split(" ")
        if self._is_tag(words[0]):  # a command; else it answers a challenge
            return " ".join(
                [*words[: self._mask_after], *[_MASK] * (len(words) > self._mask_after)]
            )
        return _MASK

    def _is_tag(self, word: str) -> bool:
        prefix = bytes(self.tagpre).decode()  # type: ignore[arg-type]  # typeshed: a str
        return word.startswith(prefix) and word[len(prefix) :].isdigit()

    # What imaplib lacks, or does less carefully.

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Speak TLS from here on (RFC 3501, 6.2.1). Raises ssl.SSLError and OSError."""
        typ, data = self._simple_command("STARTTLS")
        if typ != "OK":
            raise self.error(_text(data))
        if self._buffer:
            raise Lost("The server sent something in clear after it agreed to encrypt.")
        self.sock.settimeout(self.deadline.left())
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        # What was said in clear counts for nothing.
        self.untagged_responses.clear()
        self._get_capabilities()

    def sign_in(self, name: str, password: str) -> tuple[str, list[bytes]]:
        """LOGIN; imaplib's own quotes the password alone."""
        return self.login(self._quote(name), password)

    def idle(self, seconds: float, *, stopped: Callable[[], bool]) -> None:
        """IDLE until the server says something, `seconds` are over, or `stopped` says so."""
        tag = self._command("IDLE")
        while self._get_response():  # None: it lets us idle
            if refused := self.tagged_commands[tag]:
                raise self.error(_text(refused[1:]))
        end = time.monotonic() + seconds
        while not (self._says_something(end - time.monotonic()) or stopped()):
            if time.monotonic() >= end:
                break
        self.send(b"DONE\r\n")
        typ, data = self._command_complete("IDLE", tag)
        if typ != "OK":
            raise self.error(_text(data))

    def _says_something(self, within: float) -> bool:
        """Whether something has come, or comes within a second at most."""
        if self._buffer or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            return True
        poll = select.poll()
        poll.register(self.sock.fileno(), select.POLLIN)
        return bool(poll.poll(max(min(within, _LOOK), 0) * 1000))


def _text(data: Any) -> str:
    data = data[0] if data and isinstance(data[0], list) else data
    return b" ".join(each for each in data if isinstance(each, bytes)).decode("utf-8", "replace")
