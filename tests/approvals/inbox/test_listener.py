"""The listener that takes replies: real sockets, and what it stores."""

import smtplib
import threading

import pytest

from approvals.inbox.listener import Peer, Received
from tests.approvals.inbox.listening import MESSAGE, OURS, Kept, Raw, client, listening


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


def test_the_log_holds_no_secret_address(kept, caplog):
    with caplog.at_level("DEBUG"), listening(kept.append) as listener, client(listener) as smtp:
        smtp.sendmail("dana@a.example", [OURS], MESSAGE)
    assert OURS not in caplog.text
