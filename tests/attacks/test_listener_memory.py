"""A peer that wants the listener for himself: all its connections, or all of the machine's memory."""

import os
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from approvals.inbox.listener import Limits, Listener, Peer, Received

LOCAL = (Peer("127.0.0.0/8"),)
OURS = "reply+abc@replies.example"
# A listener of the size that `receive_mail` has, which encrypts what comes as storing does. It says
# its port, and at the end by how many megabytes its memory has grown at most.
LISTENER = """
import resource, sys
from approvals.inbox.listener import Listener
from cryptography.fernet import Fernet
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
fernet, stored = Fernet(Fernet.generate_key()), []
listener = Listener(known=bool, store=lambda m: stored.append(len(fernet.encrypt(m.raw)) > 0))
listener.start()
begin = peak()
print(listener.port, flush=True)
sys.stdin.readline()
listener.stop()
print(len(stored), peak() - begin, flush=True)
"""


class Child:
    """The listener in a process of its own, so that its memory alone is measured."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", LISTENER],
            env={**os.environ, "PYTHONPATH": os.getcwd()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.port = int(self.process.stdout.readline())

    def end(self) -> tuple[int, int]:
        """How many messages were stored, and the growth in MB."""
        stored, grown = self.process.communicate("\n", timeout=60)[0].split()
        return int(stored), int(grown)


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child()
    yield child
    child.process.kill()
    child.process.communicate()


def begin_data(port: int, source: str = "127.0.0.1") -> socket.socket:
    """A connection in the middle of handing a message over."""
    peer = socket.create_connection(("127.0.0.1", port), 60, source_address=(source, 0))
    peer.recv(1000)
    for command in ("HELO a", "MAIL FROM:<a@a.example>", f"RCPT TO:<{OURS}>", "DATA"):
        peer.sendall(f"{command}\r\n".encode())
        assert peer.recv(1000)[:1] in b"23"
    return peer


def send_much(peer: socket.socket, piece: bytes) -> None:
    for _ in range(600_000_000 // len(piece)):
        peer.sendall(piece)


def send_all(port: int, messages: list[bytes]) -> None:
    """All at once, each over a connection of its own."""

    def send(message: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", port, "test", timeout=100) as smtp:
            smtp.sendmail("a@a.example", [OURS], message)

    threads = [threading.Thread(target=send, args=(message,)) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_twelve_large_messages_at_once_are_all_stored_and_take_no_hundreds_of_megabytes(
    child: Child,
) -> None:
    line = b"x" * 898 + b"\r\n"
    send_all(child.port, [b"Subject: x\r\n\r\n" + line * 10_000] * 12)
    stored, grown = child.end()
    assert stored == 12
    assert grown < 150


def test_a_message_of_nothing_but_line_ends_takes_no_more_than_its_size(child: Child) -> None:
    send_all(child.port, [b"\r\n" * 1_000_000] * 3)
    stored, grown = child.end()
    assert stored == 3
    assert grown < 80


@pytest.mark.parametrize("piece", [b"x" * 1_000_000, b"y" * 998 + b"\r\n", b".\r" * 500_000])
def test_data_without_end_is_cut(child: Child, piece: bytes) -> None:
    """Told at the limit, and hung up on where the peer goes on regardless."""
    with begin_data(child.port) as peer:
        sent, answer = 0, b""
        peer.settimeout(0)
        while sent < 100_000_000 and len(answer) < 3:
            peer.settimeout(30)
            peer.sendall(piece)
            sent += len(piece)
            peer.settimeout(0)
            try:
                answer += peer.recv(1000)
            except BlockingIOError:
                continue
        assert answer[:3] in {b"552", b"500"}
        assert sent < 20_000_000
        peer.settimeout(30)
        with pytest.raises(OSError, match="reset|pipe"):
            send_much(peer, piece)
    stored, grown = child.end()
    assert stored == 0
    assert grown < 60


def test_half_sent_messages_that_wait_do_not_add_up(child: Child) -> None:
    with ExitStack() as open_ones:
        peers = [open_ones.enter_context(begin_data(child.port)) for _ in range(30)]
        line = b"x" * 998 + b"\r\n"
        for peer in peers:
            peer.setblocking(False)
            for _ in range(9_000):
                try:
                    peer.send(line)
                except BlockingIOError:  # it waits for its turn
                    break
        small = b"Subject: x\r\n\r\nAPPROVE\r\n"
        send_all(child.port, [small] * 3)  # and keeps nobody out
    stored, grown = child.end()
    assert stored == 3
    assert grown < 100


def greeting(port: int, source: str, stack: ExitStack) -> socket.socket:
    peer = socket.create_connection(("127.0.0.1", port), 10, source_address=(source, 0))
    return stack.enter_context(peer)


@pytest.fixture
def crowded() -> Iterator[Listener]:
    limits = Limits(connections=5, connections_of_peer=3)
    listener = Listener(peers=LOCAL, known=bool, store=print, limits=limits)
    listener.start()
    yield listener
    listener.stop()


def test_of_many_connections_only_the_excess_is_turned_away(crowded: Listener) -> None:
    with ExitStack() as stack:
        sources = [f"127.0.0.{number}" for number in (1, 2, 3, 1, 2, 3, 1, 2, 3)]
        peers = [greeting(crowded.port, source, stack) for source in sources]
        codes = [peer.recv(1000)[:3] for peer in peers]
        assert codes == [b"220"] * 5 + [b"421"] * 4
        peers[0].sendall(b"NOOP\r\n")
        assert peers[0].recv(1000).startswith(b"250")


def test_one_peer_cannot_take_all_connections(crowded: Listener) -> None:
    with ExitStack() as stack:
        greedy = [greeting(crowded.port, "127.0.0.1", stack) for _ in range(9)]
        assert [peer.recv(1000)[:3] for peer in greedy] == [b"220"] * 3 + [b"421"] * 6
        assert greeting(crowded.port, "127.0.0.2", stack).recv(1000)[:3] == b"220"


def test_who_hangs_up_while_his_message_is_stored_gets_no_room_for_the_next() -> None:
    storing, release = threading.Event(), threading.Event()

    def store(received: Received) -> None:
        storing.set()
        assert release.wait(30)

    limits = Limits(connections=1, connections_of_peer=1)
    listener = Listener(peers=LOCAL, known=bool, store=store, limits=limits)
    listener.start()
    try:
        with begin_data(listener.port) as peer:
            peer.sendall(b"Subject: x\r\n\r\n.\r\n")
            assert storing.wait(30)
        with ExitStack() as stack:
            assert greeting(listener.port, "127.0.0.1", stack).recv(1000)[:3] == b"421"
    finally:
        release.set()
        listener.stop()
