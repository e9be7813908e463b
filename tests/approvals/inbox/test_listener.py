"""The listener that takes replies: real sockets, and what it stores."""

import contextlib
import os
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from approvals.inbox.listener import Limits, Listener, Peer, Received
from approvals.reply.limits import MAX_MESSAGE

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


@pytest.fixture
def kept() -> Kept:
    return Kept()


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


def test_a_message_for_a_known_address_is_stored_as_it_came(kept):
    with listening(kept.append) as listener, client(listener) as smtp:
        smtp.sendmail("dana@a.example", [OURS], MESSAGE)
    assert kept.one == Received(MESSAGE, "dana@a.example", (OURS,), "127.0.0.1", True, False)


def test_a_delivery_report_has_an_empty_sender(kept):
    with listening(kept.append) as listener, client(listener) as smtp:
        smtp.sendmail("", [OURS], MESSAGE)
    assert kept.one.mail_from == ""


def test_leading_dots_arrive_as_they_were(kept):
    message = b"Subject: x\r\n\r\n..\r\n.hidden\r\n"
    with listening(kept.append) as listener, client(listener) as smtp:
        smtp.sendmail("dana@a.example", [OURS], message)
    assert kept.one.raw == message


def test_a_reply_from_an_address_beyond_ascii_comes_in(kept):
    raw = "From: пример@a.example\r\n\r\nyes\r\n".encode()
    with listening(kept.append) as listener, client(listener) as smtp:
        smtp.sendmail("пример@a.example", [OURS], raw, ["SMTPUTF8", "BODY=8BITMIME"])
    assert (kept.one.mail_from, kept.one.raw) == ("пример@a.example", raw)


def test_an_unknown_address_is_refused_at_rcpt(kept):
    with listening(kept.append) as listener, client(listener) as smtp:
        smtp.ehlo()
        smtp.mail("dana@a.example")
        assert smtp.rcpt("reply+guess@replies.example")[0] == 550
        assert smtp.docmd("DATA")[0] == 503
    assert kept == []


@pytest.mark.parametrize("command", [b"MAIL FROM:", b"RCPT TO:"])
def test_an_address_with_a_control_character_is_refused(kept, command):
    with listening(kept.append, known=lambda _: True) as listener, Raw(listener) as raw:
        raw.line()
        raw.say(b"EHLO a\r\n")
        if command.startswith(b"RCPT"):
            raw.say(b"MAIL FROM:<dana@a.example>\r\n")
        assert raw.say(command + b"<a\x00b@a.example>\r\n").startswith("553")


def test_a_lookup_that_fails_makes_the_sender_try_again(kept):
    def broken(address: str) -> bool:
        raise RuntimeError("no database")

    with listening(kept.append, known=broken) as listener, client(listener) as smtp:
        smtp.ehlo()
        smtp.mail("dana@a.example")
        code, words = smtp.rcpt(OURS)
    assert code == 451
    assert b"database" not in words


def test_a_message_that_cannot_be_stored_stays_with_the_sender():
    def full(received: Received) -> None:
        raise OSError("disk full")

    with listening(full) as listener, client(listener) as smtp:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            smtp.sendmail("dana@a.example", [OURS], MESSAGE)
        assert refused.value.smtp_code == 451
        assert smtp.noop()[0] == 250


def test_250_comes_only_after_the_message_is_stored(kept):
    stored = threading.Event()

    def store(received: Received) -> None:
        kept.append(received)
        stored.set()

    with listening(store) as listener, client(listener) as smtp:
        smtp.sendmail("dana@a.example", [OURS], MESSAGE)
        assert stored.is_set()


def test_a_slow_message_does_not_stop_the_others(kept):
    release = threading.Event()

    def store(received: Received) -> None:
        if b"slow" in received.raw:
            assert release.wait(5)
        kept.append(received)

    with listening(store) as listener, client(listener) as first, client(listener) as second:
        slow = threading.Thread(
            target=first.sendmail, args=("d@a.example", [OURS], b"Subject: slow\r\n\r\nx\r\n")
        )
        slow.start()
        second.sendmail("d@a.example", [OURS], MESSAGE)
        assert [received.raw for received in kept] == [MESSAGE]
        release.set()
        slow.join()
    assert len(kept) == 2


def test_a_stranger_is_turned_away_at_connect(kept):
    with listening(kept.append, peers=(Peer("192.0.2.0/24"),)) as listener, Raw(listener) as raw:
        assert raw.line().startswith("554")
        assert raw.rest() == b""


def test_the_narrowest_network_says_whether_a_peer_verifies_senders(kept):
    peers = (Peer("127.0.0.0/8", verifies_senders=True), Peer("127.0.0.1/32"))
    with listening(kept.append, peers=peers) as listener, client(listener) as smtp:
        smtp.sendmail("dana@a.example", [OURS], MESSAGE)
    assert not kept.one.verifies_senders


def test_loopback_without_listed_peers_is_accepted_but_not_believed(kept):
    with listening(kept.append, peers=()) as listener, client(listener) as smtp:
        smtp.sendmail("dana@a.example", [OURS], MESSAGE)
    assert not kept.one.verifies_senders


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "mail.example.com", ""])
def test_an_open_door_without_listed_peers_is_refused(host):
    with pytest.raises(ValueError, match="list the peers"):
        Listener(host=host, known=bool, store=print)


def test_a_network_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"10\.0\.0\.999"):
        Listener(peers=(Peer("10.0.0.999"),), known=bool, store=print)


@pytest.mark.parametrize(
    "ending",
    [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r.\r\n"],
    ids=repr,
)
def test_a_smuggled_end_of_message_ends_nothing_and_the_message_is_refused(kept, ending):
    smuggled = b"MAIL FROM:<e@b.example>\r\nRCPT TO:<" + OURS.encode() + b">\r\nDATA\r\nEvil\r\n"
    with listening(kept.append) as listener, Raw(listener) as raw:
        raw.to_data()
        answer = raw.say(b"Subject: x\r\n\r\nfirst" + ending + smuggled + b"\r\n.\r\n")
        assert answer.startswith("550 5.6.0")
    assert kept == []


@pytest.mark.parametrize("command", [b"EHLO a\n", b"EHLO a\rNOOP\r\n"], ids=repr)
def test_a_command_with_a_bare_line_end_closes_the_connection(kept, command):
    with listening(kept.append) as listener, Raw(listener) as raw:
        raw.line()
        assert raw.say(command + b"NOOP\r\nNOOP\r\n").startswith("500 5.5.2")
        assert raw.rest() == b""


def test_starttls_is_not_offered(kept):
    with listening(kept.append) as listener, client(listener) as smtp:
        smtp.ehlo()
        assert not smtp.has_extn("starttls")
        assert smtp.docmd("STARTTLS")[0] == 454


def test_connections_beyond_the_limit_are_told_to_come_back(kept):
    limits = Limits(connections=1)
    with listening(kept.append, limits=limits) as listener:
        with client(listener), Raw(listener) as second:
            assert second.line().startswith("421")
        with client(listener) as third:
            assert third.noop()[0] == 250


def test_the_size_is_announced_and_enforced_at_mail(kept):
    with listening(kept.append, limits=Limits(size=1_000)) as listener, client(listener) as smtp:
        smtp.ehlo()
        assert smtp.esmtp_features["size"] == "1000"
        assert smtp.mail("dana@a.example", ["size=1001"])[0] == 552


def test_the_listener_takes_what_can_be_read_and_no_more(kept):
    with listening(kept.append) as listener, client(listener) as smtp:
        smtp.ehlo()
        assert smtp.esmtp_features["size"] == str(MAX_MESSAGE)


def test_the_size_is_enforced_while_reading(kept):
    with listening(kept.append, limits=Limits(size=1_000)) as listener, Raw(listener) as raw:
        raw.to_data()
        assert raw.say(b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 20 + b".\r\n")[:3] == "552"
    assert kept == []


def test_a_long_line_is_taken(kept):
    message = b"Subject: x\r\n\r\n" + b"y" * 5_000 + b"\r\n"
    with listening(kept.append) as listener, client(listener) as smtp:
        smtp.sendmail("dana@a.example", [OURS], message)
    assert kept.one.raw == message


def test_recipients_beyond_the_limit_are_for_another_transaction(kept):
    limits = Limits(recipients=1)
    settings = {"limits": limits, "known": lambda _: True}
    with listening(kept.append, **settings) as listener, client(listener) as smtp:
        refused = smtp.sendmail("d@a.example", ["a@r.example", "b@r.example"], MESSAGE)
    assert refused["b@r.example"][0] == 452
    assert kept.one.recipients == ("a@r.example",)


@pytest.mark.parametrize("limits", [Limits(idle=0.2), Limits(connection=0.2)], ids=repr)
def test_a_connection_that_lasts_too_long_is_closed(kept, limits):
    with listening(kept.append, limits=limits) as listener, Raw(listener) as raw:
        raw.to_data()
        assert raw.rest() == b""
    assert kept == []


def test_signing_in_marks_the_message(kept):
    def login(name: str, password: str) -> bool:
        return (name, password) == ("trial", "right")

    with listening(kept.append, login=login) as listener, client(listener) as smtp:
        smtp.login("trial", "right")
        smtp.sendmail("dana@a.example", [OURS], MESSAGE)
    assert kept.one.signed_in


@pytest.mark.parametrize("mechanism", ["plain", "login"])
def test_a_wrong_password_does_not_sign_in(kept, mechanism):
    with (
        listening(kept.append, login=lambda name, word: False) as listener,
        client(listener) as smtp,
    ):
        smtp.ehlo()
        smtp.user, smtp.password = "t", "wrong"
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            smtp.auth(mechanism, getattr(smtp, f"auth_{mechanism}"))
        assert refused.value.smtp_code == 535
        smtp.sendmail("dana@a.example", [OURS], MESSAGE)
    assert not kept.one.signed_in


def test_without_login_auth_is_not_offered(kept):
    with listening(kept.append) as listener, client(listener) as smtp:
        smtp.ehlo()
        assert not smtp.has_extn("auth")


def test_mail_for_others_goes_to_capture_and_ours_to_the_store(kept):
    captured = Kept()
    with listening(kept.append, capture=captured.append) as listener, client(listener) as smtp:
        smtp.sendmail("dana@a.example", [OURS, "bob@b.example"], MESSAGE)
    assert (kept.one.recipients, captured.one.recipients) == ((OURS,), ("bob@b.example",))


def test_capture_alone_leaves_the_store_alone(kept):
    captured = Kept()
    with listening(kept.append, capture=captured.append) as listener, client(listener) as smtp:
        smtp.sendmail("dana@a.example", ["bob@b.example"], MESSAGE)
    assert kept == []
    assert captured.one.raw == MESSAGE


def test_reset_forgets_the_recipients_named_before(kept):
    with listening(kept.append, known=lambda _: True) as listener, client(listener) as smtp:
        smtp.ehlo()
        smtp.mail("d@a.example")
        smtp.rcpt("first@r.example")
        smtp.rset()
        smtp.sendmail("d@a.example", ["second@r.example"], MESSAGE)
    assert kept.one.recipients == ("second@r.example",)


def test_a_unix_socket_is_open_to_owner_and_group_only_and_removed_at_the_end(kept, tmp_path):
    path = tmp_path / "s"
    with listening(kept.append, peers=(), unix_socket=str(path)) as listener:
        assert path.stat().st_mode & 0o777 == 0o660
        assert listener.port == 0
        smtp = smtplib.SMTP(local_hostname="test")
        smtp.sock = socket.socket(socket.AF_UNIX)
        smtp.sock.connect(str(path))
        assert smtp.getreply()[0] == 220
        smtp.sendmail("dana@a.example", [OURS], MESSAGE)
        smtp.quit()
    assert kept.one.peer == "unix"
    assert not Path(path).exists()


def test_stopping_answers_the_message_that_is_being_stored(kept):
    storing, release = threading.Event(), threading.Event()

    def store(received: Received) -> None:
        storing.set()
        assert release.wait(5)
        kept.append(received)

    listener = Listener(peers=LOCAL, known=OURS.__eq__, store=store)
    listener.start()
    with Raw(listener) as raw:
        raw.to_data()
        raw.socket.sendall(MESSAGE + b".\r\n")
        assert storing.wait(5)
        stopping = threading.Thread(target=listener.stop)
        stopping.start()
        release.set()
        assert raw.line().startswith("250")
        stopping.join(10)
    assert len(kept) == 1


def test_stopping_does_not_wait_for_idle_connections(kept):
    listener = Listener(peers=LOCAL, known=OURS.__eq__, store=kept.append)
    listener.start()
    with Raw(listener) as idle:
        idle.line()
        listener.stop()
        assert idle.rest() == b""


def test_a_taken_port_is_an_error_at_start(kept):
    with listening(kept.append) as listener:
        second = Listener(port=listener.port, known=bool, store=kept.append)
        with pytest.raises(OSError, match="in use"):
            second.start()


def test_the_log_holds_no_secret_address(kept, caplog):
    with caplog.at_level("DEBUG"), listening(kept.append) as listener, client(listener) as smtp:
        smtp.sendmail("dana@a.example", [OURS], MESSAGE)
    assert OURS not in caplog.text


@pytest.mark.parametrize(
    ("peers", "sentence"),
    [
        ("+127.0.0.1/32", "CommandError: Can't listen on 127.0.0.1 port {port}: "),
        ("nowhere", "LISTENER_PEERS holds 'nowhere', which isn't a network. Enter addresses "),
    ],
)
def test_the_command_says_in_one_line_why_it_cannot_listen(peers: str, sentence: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "manage.py", "receive_mail", "--port", str(port)],
            env={**os.environ, "LISTENER_PEERS": peers},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(sentence.format(port=port))
    assert len(done.stderr.splitlines()) == 1
