"""The listener as an LMTP server (RFC 2033), and how often one peer may come."""

import smtplib
import socket
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from approvals.inbox.listener import Limits, Listener, Received
from approvals.inbox.rates import MAX_PEERS, Rate
from tests.approvals.inbox.listening import MESSAGE, OURS, Kept, Raw, client, listening

OTHER = "reply+def@replies.example"


def lines(raw: Raw, count: int) -> list[str]:
    return [raw.line()[:9] for _ in range(count)]


def to_data(raw: Raw) -> None:
    """Three recipients, of which the second is refused."""
    raw.line()
    assert raw.say(b"LHLO a\r\n").startswith("250")
    assert raw.say(b"MAIL FROM:<d@a.example>\r\n").startswith("250")
    answers = [
        raw.say(f"RCPT TO:<{each}>\r\n".encode())[:3] for each in (OURS, "x@replies.example", OTHER)
    ]
    assert answers == ["250", "550", "250"]
    assert raw.say(b"DATA\r\n").startswith("354")


def is_ours(address: str) -> bool:
    return address in {OURS, OTHER}


def test_each_accepted_recipient_gets_an_answer() -> None:
    kept = Kept()
    with listening(kept.append, lmtp=True, known=is_ours) as listener, Raw(listener) as raw:
        to_data(raw)
        raw.socket.sendall(MESSAGE + b".\r\nNOOP\r\n")
        assert lines(raw, 3) == ["250 2.0.0", "250 2.0.0", "250 OK\r\n"]
    assert (kept.one.raw, kept.one.recipients) == (MESSAGE, (OURS, OTHER))


@pytest.mark.parametrize(
    ("message", "answer"),
    [(MESSAGE, "451 4.3.0"), (b"x" * 1_200 + b"\r\n", "552 5.3.4"), (b"a\nb\r\n", "550 5.6.0")],
    ids=["not stored", "too large", "bare line feed"],
)
def test_what_is_not_taken_is_said_for_each_recipient(message: bytes, answer: str) -> None:
    def full(received: Received) -> None:
        raise OSError("disk full")

    settings = {"known": is_ours, "limits": Limits(size=1_000)}
    with listening(full, lmtp=True, **settings) as listener, Raw(listener) as raw:
        to_data(raw)
        raw.socket.sendall(message + b".\r\nNOOP\r\n")
        assert lines(raw, 3) == [answer, answer, "250 OK\r\n"]


@pytest.mark.parametrize(("lmtp", "greeting"), [(True, b"EHLO a"), (False, b"LHLO a")])
def test_each_protocol_has_its_own_greeting(lmtp: bool, greeting: bytes) -> None:
    with listening(print, lmtp=lmtp) as listener, Raw(listener) as raw:
        raw.line()
        assert raw.say(greeting + b"\r\n").startswith("500")
        assert raw.say(b"MAIL FROM:<d@a.example>\r\n").startswith("503")


def test_lmtp_on_a_unix_socket(tmp_path: Path) -> None:
    kept, path = Kept(), str(tmp_path / "s")
    with (
        listening(kept.append, peers=(), unix_socket=path, lmtp=True),
        smtplib.LMTP(path, local_hostname="test") as lmtp,
    ):
        lmtp.sendmail("dana@a.example", [OURS], MESSAGE)
    assert kept.one.peer == "unix"


def test_a_socket_at_which_somebody_answers_is_left_alone_and_a_dead_one_is_replaced(
    tmp_path: Path,
) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(path)
    with listening(print, peers=(), unix_socket=path):
        second = Listener(unix_socket=path, known=bool, store=print)
        with pytest.raises(OSError, match="in use"):
            second.start()
        smtplib.LMTP(path, local_hostname="test").close()


def test_lmtp_beyond_this_machine_is_refused() -> None:
    with pytest.raises(CommandError, match="LMTP is for this machine alone"):
        call_command("receive_mail", host="192.0.2.1", lmtp=True)


def test_who_connects_too_often_is_told_to_come_back_and_loses_nothing() -> None:
    kept = Kept()
    told = "421 4.7.0 Too many connections in a minute from this host, try again later\r\n"
    limits = Limits(connections_a_minute=1)
    with (
        listening(kept.append, limits=limits) as listener,
        client(listener) as first,
        Raw(listener) as second,
    ):
        assert second.line() == told
        first.sendmail("dana@a.example", [OURS], MESSAGE)
    assert len(kept) == 1


def test_who_sends_too_much_is_told_to_come_back_and_loses_nothing() -> None:
    kept = Kept()
    limits = Limits(messages_a_minute=1)
    with listening(kept.append, limits=limits) as listener, client(listener) as smtp:
        smtp.sendmail("dana@a.example", [OURS], MESSAGE)
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            smtp.sendmail("dana@a.example", [OURS], MESSAGE)
    assert refused.value.smtp_code == 451
    assert b"Too many messages in a minute" in refused.value.smtp_error
    assert len(kept) == 1


def test_a_pause_earns_what_it_would_have_taken_and_peers_count_apart() -> None:
    now = [0.0]
    rate = Rate(2, clock=lambda: now[0])
    assert [rate.allows("a") for _ in range(3)] == [True, True, False]
    assert rate.allows("b")
    now[0] = 30.0
    assert [rate.allows("a") for _ in range(2)] == [True, False]
    now[0] = 1_000.0
    assert [rate.allows("a") for _ in range(3)] == [True, True, False]
    assert all(Rate(0).allows("a") for _ in range(5))


def test_only_so_many_peers_are_remembered() -> None:
    rate = Rate(1, clock=lambda: 0.0)
    assert all(rate.allows(str(number)) for number in range(MAX_PEERS + 1))
    assert rate.allows("0")  # forgotten
    assert not rate.allows(str(MAX_PEERS))
