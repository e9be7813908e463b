"""Bytes to and from an SMTP server: smtplib's commands under a deadline for each whole step.

smtplib reads line by line with a time-out for each read and sends a whole message in one piece.
Here a whole reply has one deadline, its size is bounded, and all but the last block of a message
leaves before the final dot, so that a fault before it is known to be before it.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from foreign_systems.smtp.answers import MAX_TEXT, Reply, Trouble, destination_trouble
from foreign_systems.smtp.blot import blotter
from foreign_systems.smtp.clock import Deadline

MAX_REPLY: Final = 65_536  # bytes of all lines together
MAX_LINE: Final = 8_192  # RFC 5321 says 512; some servers write whole stories
_BLOCK: Final = 65_536  # bytes of a message sent under one step's time-out
_REPLY_LINE: Final = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?\Z", re.DOTALL)

# Told each line as it passes: "C" (we) or "S" (the server), and what was said.
Record = Callable[[str, str], None]


class Lost(Exception):
    """The connection ended or fell silent in a step; the message says how and in which.

    `reply`: what the server said before it hung up on us while we were still sending.
    """

    reply: Reply | None = None


class Wire(smtplib.SMTP):
    """A connected SMTP conversation. Any Lost or Trouble ends it: close it then.

    `peer` is the IP address at the other end, `step` what is being done, as a fault names it.
    """

    def __init__(
        self,
        connected: socket.socket,
        *,
        peer: str,
        local_name: str,
        deadline: Deadline,
        record: Record | None = None,
    ) -> None:
        super().__init__(local_hostname=local_name)
        self.sock: socket.socket | None = connected
        self.deadline = deadline
        self.peer = peer
        self.needs_reset = False  # a transaction was begun and has not ended with the final dot
        self.step = "the connection"
        self._buffer = bytearray()
        self._ahead: deque[str] = deque()  # commands whose replies nobody has asked for yet
        self._last_block = b""  # of the message; it leaves with the final dot
        self._record = record
        self._blot: Callable[[bytes], bytes] | None = None

    def begin(self, what: str) -> None:
        """Begin a step, named as it will be shown when it fails, with a time-out of its own."""
        self.step = what
        self.deadline.step()

    def hide(self, password: str, *encoded: str) -> None:
        """From here on put … where the server repeats the password, or a piece of `encoded`."""
        self._blot = blotter(password, encoded)

    def stop_hiding(self) -> None:
        """Take the server's words as they are again, unless they are being recorded."""
        if self._record is None:
            self._blot = None

    def ask(
        self, what: str, command: str, *, shown: str = "", followed_by: Sequence[str] = ()
    ) -> Reply:
        """Send one command, if it hasn't been sent along before, and return its reply.

        `shown` is recorded in a secret command's place. `followed_by` are the commands that will be
        asked next: they are sent along in one piece (PIPELINING, RFC 2920).
        """
        self.begin(what)
        if self._ahead:
            if self._ahead.popleft() != command:
                raise RuntimeError(f"{what} isn't what was sent ahead")
            return self.reply()
        try:
            if followed_by:
                self._refuse_unasked()
                self.send("".join(f"{line}\r\n" for line in (command, *followed_by)))
                self._ahead.extend(followed_by)
            else:
                self.putcmd(command, shown=shown)
        except Lost as lost:
            if lost.reply is None:
                raise
            return lost.reply
        return self.reply()

    @property
    def awaits_replies(self) -> bool:
        """Whether commands were sent ahead that nobody has asked for."""
        return bool(self._ahead)

    def settle(self) -> None:
        """Read the replies to what was sent ahead in vain; end a conversation that awaits a message."""
        try:
            while self._ahead:
                self._ahead.popleft()
                if 300 <= self.reply().code <= 399:
                    raise Lost
        except (Lost, Trouble):
            self.close()

    def reply(self) -> Reply:
        code, text = self.getreply()
        return Reply(code, text.decode("utf-8", "replace"))

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Speak TLS from here on. Raises ssl.SSLError, or OSError when the connection ends."""
        if self._buffer:
            self._record_rest()
            # Sent in clear behind the server's "ready": somebody in between wants it read as
            # if it had come encrypted.
            raise destination_trouble(
                "Unencrypted data followed the reply to STARTTLS.", alert=True
            )
        self.begin("the TLS handshake")
        raw = self._socket()
        raw.settimeout(self.deadline.left())
        self.sock = context.wrap_socket(raw, server_hostname=host)
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    @property
    def encrypted(self) -> bool:
        return isinstance(self.sock, ssl.SSLSocket)

    def send_body(self, message: bytes) -> None:
        """Send a message, made of lines that end in CR LF, with leading dots doubled.

        Its last block, and with it a small message as a whole, waits for the final dot.
        """
        if self._record is not None:
            self._record("C", f"[the message, {len(message):,} bytes]")
        body = message.replace(b"\r\n.", b"\r\n..")
        if body.startswith(b"."):
            body = b"." + body
        last = (len(body) - 1) // _BLOCK * _BLOCK
        for start in range(0, last, _BLOCK):
            self.begin("the message")
            self.send(body[start : start + _BLOCK])
        self._last_block = body[last:]

    def send_final_dot(self) -> None:
        self.step = "the final dot"
        self.deadline.last_step()
        if self._record is not None:
            self._record("C", ".")
        self.send(self._last_block + b".\r\n")

    def has_spoken(self) -> bool:
        """Whether the server said something unasked, or hung up (which raises Lost)."""
        if self._buffer:
            return True
        connected = self._socket()
        connected.setblocking(False)
        try:
            self._receive(connected)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError as error:
            raise self._lost(error) from error
        return True

    # What smtplib calls underneath its commands.

    def close(self) -> None:
        self._ahead.clear()
        super().close()

    def putcmd(self, cmd: str, args: str = "", *, shown: str = "") -> None:
        self._refuse_unasked()
        self._socket()
        if self._record is not None:
            self._record("C", shown or f"{cmd} {args}".rstrip())
        super().putcmd(cmd, args)

    def send(self, s: Any) -> None:
        data = memoryview(s.encode(self.command_encoding) if isinstance(s, str) else s)
        connected = self._socket()
        try:
            while data:
                if self.deadline.step_over:
                    raise TimeoutError
                connected.settimeout(self.deadline.left())
                data = data[connected.send(data) :]
        except OSError as error:
            parting = self._parting_words(connected)
            lost = self._lost(error)
            lost.reply = parting
            raise lost from error

    def _refuse_unasked(self) -> None:
        """What was said unasked must not be taken for the answer to the next command."""
        if self._buffer:
            self._record_rest()
            raise self._garbage(bytes(self._buffer))

    def _parting_words(self, connected: socket.socket) -> Reply | None:
        """What a server that hung up in the middle of our sending had said before (552, say)."""
        with contextlib.suppress(OSError):
            connected.setblocking(False)
            self._receive(connected)
        last = self._blotted(bytes(self._buffer).rstrip(b"\r\n").rpartition(b"\n")[2])
        matched = _REPLY_LINE.match(last)
        if matched is None or matched[2] == b"-":
            return None
        return Reply(int(matched[1]), (matched[3] or b"").decode("utf-8", "replace").strip())

    def getreply(self) -> tuple[int, bytes]:
        lines: list[bytes] = []
        size = 0
        while True:
            line = self._read_line()
            size += len(line)
            matched = _REPLY_LINE.match(line)
            if matched is None or size > MAX_REPLY:
                raise self._garbage(line)
            lines.append((matched[3] or b"").strip())
            if matched[2] != b"-":
                # Once more: the lines together may say what none of them said.
                text = b"\n".join(lines)
                return int(matched[1]), self._blot(text) if self._blot is not None else text

    def _read_line(self) -> bytes:
        connected = self._socket()
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > MAX_LINE:
                self._record_rest()
                raise self._garbage(bytes(self._buffer))
            try:
                if self.deadline.step_over:
                    raise TimeoutError
                connected.settimeout(self.deadline.left())
                self._receive(connected)
            except OSError as error:
                raise self._lost(error) from error
        line = self._blotted(bytes(self._buffer[:end]).rstrip(b"\r"))
        del self._buffer[: end + 1]
        if self._record is not None:
            self._record("S", line.decode("utf-8", "backslashreplace"))
        return line

    def _blotted(self, line: bytes) -> bytes:
        if self._blot is None:
            return line
        code = 4 if _REPLY_LINE.match(line) else 0  # a password may be 235, and so may a code
        return line[:code] + self._blot(line[code:])

    def _record_rest(self) -> None:
        """Record what was said unasked, or without a line's end."""
        if self._record is None:
            return
        *lines, unfinished = bytes(self._buffer).split(b"\n")
        if self._blot is None:  # half a line may hold half a password, which nothing recognises
            lines.append(unfinished)
        for line in filter(None, lines):
            self._record("S", self._blotted(line.rstrip(b"\r")).decode("utf-8", "backslashreplace"))

    def _receive(self, connected: socket.socket) -> None:
        data = connected.recv(4_096)
        if not data:
            raise ConnectionError("closed")
        self._buffer += data

    def _socket(self) -> socket.socket:
        if self.sock is None:
            raise Lost("The connection is closed.")
        return self.sock

    def _lost(self, error: OSError) -> Lost:
        self._record_rest()
        with contextlib.suppress(OSError):
            self.close()
        if isinstance(error, TimeoutError):
            return Lost(f"No complete answer to {self.step} in time.")
        how = "reset" if isinstance(error, ConnectionResetError | BrokenPipeError) else "closed"
        return Lost(f"The connection was {how} by the server at {self.step}.")

    def _garbage(self, words: bytes) -> Trouble:
        with contextlib.suppress(OSError):
            self.close()
        text = self._blotted(words)[:MAX_TEXT].decode("utf-8", "replace")
        return destination_trouble(f"Not an SMTP reply to {self.step}: {text}")
