"""A real SMTP server on a free port that behaves as badly as a test says.

    with ScriptedServer({"RCPT": ["250 ok", "550 no such user"], "end": HANG}) as server:
        ...connect to 127.0.0.1, server.port...
    assert server.messages == [...]

A script names steps: greeting, EHLO, HELO, STARTTLS, AUTH, MAIL, RCPT, DATA, body (after 354,
before reading the message), end (after the final dot), RSET, NOOP, QUIT. Each is answered by a
text, a fault below, or a list of these, of which the last one stays.
"""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import struct
import threading
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from foreign_systems.smtp import Answer, Connection, Server


@dataclass(frozen=True)
class Fault:
    """Something other than an answer. `text` is sent first."""

    kind: str
    text: str = ""
    pause: float = 0.0


HANG = Fault("hang")  # says nothing until the server ends
CLOSE = Fault("close")
RESET = Fault("reset")


def close_after(text: str) -> Fault:
    return Fault("close", text)


def drip(text: str, *, pause: float = 0.02) -> Fault:
    """One byte, a pause, one byte, …"""
    return Fault("drip", text, pause)


def deliver(server: Server, mail_from: str, recipient: str, data: bytes) -> Answer:
    """Send one message over a connection of its own."""
    connection = Connection(server)
    try:
        return connection.deliver(mail_from, recipient, data)
    finally:
        connection.close()


Action = str | Fault
Script = dict[str, Action | list[Action]]

DEFAULTS: Script = {
    "greeting": "220 scripted.example ESMTP",
    "EHLO": "250-scripted.example\n250 8BITMIME",
    "HELO": "250 scripted.example",
    "STARTTLS": "220 go ahead",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 sender ok",
    "RCPT": "250 2.1.5 recipient ok",
    "DATA": "354 go on",
    "end": "250 2.0.0 taken as ABC123",
    "RSET": "250 2.0.0 reset",
    "NOOP": "250 2.0.0 ok",
    "QUIT": "221 2.0.0 bye",
}


class _HungUp(Exception):
    """The script ended this connection."""


class ScriptedServer:
    """`commands` and `messages` are what arrived, over all connections, in order.

    `pieces` are the bytes as they came.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        smtps: bool = False,
    ) -> None:
        merged = DEFAULTS | (script or {})
        self._script = {step: [a] if not isinstance(a, list) else a for step, a in merged.items()}
        self._tls, self._smtps = tls, smtps
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self.pieces: list[bytes] = []
        self.connections = 0
        self.encrypted = False  # the newest connection
        self._uses: dict[str, int] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._conversations: list[_Conversation] = []

    def __enter__(self) -> "ScriptedServer":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for conversation in self._conversations:
            conversation.hear_no_more()
        for thread in self._threads:
            thread.join(5)

    def _start(self, target, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                connected, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._start(self._serve, connected)

    def _serve(self, connected: socket.socket) -> None:
        conversation = _Conversation(self, connected)
        self._conversations.append(conversation)
        with contextlib.suppress(OSError, _HungUp):
            conversation.run()
        conversation.close()

    def next_action(self, step: str) -> Action:
        with self._lock:
            actions = self._script.get(step, ["502 5.5.2 no such command"])
            use = self._uses.get(step, 0)
            self._uses[step] = use + 1
            return actions[min(use, len(actions) - 1)]

    def note(self, message: bytes, action: Action) -> None:
        """What becomes of a message: `action` is what its final dot gets. For who counts them."""


class _Conversation:
    def __init__(self, server: ScriptedServer, connected: socket.socket) -> None:
        self._server, self._socket = server, connected
        self._socket.settimeout(5)
        self._buffer = b""

    def run(self) -> None:
        if self._server._smtps:
            self._encrypt()
        else:
            self._server.encrypted = False
        self._act("greeting")
        while True:
            line = self._until(b"\r\n").decode(errors="replace")
            self._server.commands.append(line)
            verb = line.split(" ")[0].split(":")[0].upper()
            answer = self._act(verb)
            if verb == "STARTTLS" and answer.startswith("220"):
                self._encrypt()
            elif verb == "AUTH" and answer.startswith("334"):
                self._challenges()
            elif verb == "DATA" and answer.startswith("354"):
                self._data()
            elif verb == "QUIT":
                return

    def _challenges(self) -> None:
        answer = "334"
        while answer.startswith("334"):
            self._server.commands.append(self._until(b"\r\n").decode())
            answer = self._act("AUTH")

    def _data(self) -> None:
        if "body" in self._server._script:
            self._act("body")
        message = self._until(b"\r\n.\r\n") + b"\r\n"
        self._server.messages.append(message)
        action = self._server.next_action("end")
        self._server.note(message, action)
        self._do(action)

    def _encrypt(self) -> None:
        assert self._server._tls is not None
        self._socket = self._server._tls.wrap_socket(self._socket, server_side=True)
        self._server.encrypted = True

    def _until(self, end: bytes) -> bytes:
        while end not in self._buffer:
            data = self._socket.recv(65_536)
            if not data:
                raise _HungUp
            self._server.pieces.append(data)
            self._buffer += data
        found, _, self._buffer = self._buffer.partition(end)
        return found

    def _act(self, step: str) -> str:
        return self._do(self._server.next_action(step))

    def _do(self, action: Action) -> str:
        if isinstance(action, str):
            self._say(action)
            return action
        if action.kind == "drip":
            for byte in action.text.encode():
                self._socket.sendall(bytes([byte]))
                if self._server._ending.wait(action.pause):
                    raise _HungUp
            return action.text
        if action.text:
            self._say(action.text)
        if action.kind == "hang":
            self._server._ending.wait()
        if action.kind == "reset":
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise _HungUp

    def _say(self, text: str) -> None:
        data = text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")
        self._socket.sendall(data + b"\r\n")

    def hear_no_more(self) -> None:
        """What has come is read; a client that keeps its connection isn't waited for."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RD)  # of TLS too, which goes on

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()


def certificate(
    folder: Path, *, name: str = "127.0.0.1", days: int = 30
) -> tuple[ssl.SSLContext, str]:
    """A server's TLS context with a fresh self-signed certificate, and that as PEM to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=60))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = built.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / f"{name}{days}.pem"
    path.write_bytes(private + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, pem.decode()
