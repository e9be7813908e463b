"""A lying IMAP server: what can be no message or number ends the conversation, and fills no memory."""

import contextlib
import itertools
import socket
import threading
from collections.abc import Callable, Iterable, Iterator

import pytest

from foreign_systems.imap import wire
from foreign_systems.imap.session import Session
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.wire import Lost

LITERAL = b"* 1 FETCH (UID 1 BODY[] {9}\r\n123456789)\r\n"


@contextlib.contextmanager
def saying(answers: Iterable[bytes]) -> Iterator[Session]:
    """A conversation in an open folder; what is asked is answered with these, before its OK."""
    ours, theirs = socket.socketpair()

    def serve() -> None:
        with contextlib.suppress(OSError), theirs, theirs.makefile("rwb") as lines:
            lines.write(b"* PREAUTH ready\r\n")
            lines.flush()
            while line := lines.readline():
                tag, _, command = line.partition(b" ")
                is_asked = command.strip() != b"CAPABILITY"
                lines.writelines(answers if is_asked else [b"* CAPABILITY IMAP4rev1\r\n"])
                lines.write(tag + b" OK done\r\n")
                lines.flush()

    threading.Thread(target=serve, daemon=True).start()
    deadline = Deadline(step=5, total=50)
    with ours:
        session = Session(wire.Wire(ours, host="x", peer="127.0.0.1", deadline=deadline))
        session.wire.state = "SELECTED"
        yield session


@pytest.mark.parametrize(
    ("answer", "ask"),
    [
        (b"* 1 FETCH (UID 1 BODY[] 30000000000)\r\n", lambda session: session.message(1)),
        (
            b"* 1 FETCH (UID 1 RFC822.SIZE 5 BODY[HEADER]<0> 30000000000)\r\n",
            lambda session: session.heads([1]),
        ),
        (b"* SEARCH 7 99999999999999999999\r\n", lambda session: session.uids_after(5)),
        (
            b"* OK [UIDVALIDITY 99999999999999999999] x\r\n",
            lambda session: session.open_folder("INBOX"),
        ),
    ],
    ids=["a message", "its header", "a UID", "UIDVALIDITY"],
)
def test_a_number_that_can_not_be_one_ends_the_conversation(
    answer: bytes, ask: Callable[[Session], object]
) -> None:
    with saying([answer]) as session, pytest.raises(Lost):
        ask(session)


def test_an_answer_of_literals_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with saying([LITERAL]) as session:
        assert session.message(1) == b"123456789"
    monkeypatch.setattr(wire, "MAX_ANSWER", 300_000)
    with saying(itertools.repeat(LITERAL)) as session, pytest.raises(Lost, match="doesn't end"):
        session.message(1)
