"""A listener on a free port, and two ways to talk to it: by smtplib, and by hand."""

import contextlib
import smtplib
import socket
from collections.abc import Callable, Iterator

from approvals.inbox.listener import Listener, Peer, Received

OURS = "reply+abc@replies.example"
MESSAGE = b"From: dana@a.example\r\nSubject: Re: [PM-1]\r\n\r\nAPPROVE\r\n"
LOCAL = (Peer("127.0.0.1/32", verifies_senders=True),)


class Kept(list[Received]):
    """What was stored."""

    @property
    def one(self) -> Received:
        assert len(self) == 1
        return self[0]


@contextlib.contextmanager
def listening(store: Callable[[Received], None], **settings) -> Iterator[Listener]:
    settings = {"peers": LOCAL, "known": OURS.__eq__} | settings
    listener = Listener(store=store, **settings)
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()


def client(listener: Listener) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", listener.port, local_hostname="test", timeout=5)


class Raw:
    """A conversation typed by hand."""

    def __init__(self, listener: Listener) -> None:
        self.socket = socket.create_connection(("127.0.0.1", listener.port), 5)
        self.file = self.socket.makefile("rb")

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.socket.close()

    def line(self) -> str:
        return self.file.readline().decode()

    def say(self, data: bytes) -> str:
        self.socket.sendall(data)
        line = self.line()
        while line[3:4] == "-":
            line = self.line()
        return line

    def to_data(self) -> None:
        self.line()
        for command in (b"EHLO a", b"MAIL FROM:<d@a.example>", b"RCPT TO:<" + OURS.encode() + b">"):
            assert self.say(command + b"\r\n").startswith("250")
        assert self.say(b"DATA\r\n").startswith("354")

    def rest(self) -> bytes:
        with contextlib.suppress(ConnectionResetError):
            return self.file.read()
        return b""
