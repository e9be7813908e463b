"""What the SMTP client sends when all goes well, and what a probe shows."""

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foreign_systems.smtp import Answer, Connection, Kind, Server
from foreign_systems.smtp.answers import Reply, answer_of, printable
from foreign_systems.smtp.transaction import crlf_lines
from foreign_systems.smtp_url import parse
from tests.foreign_systems.scripted_server import ScriptedServer, deliver

SENDER, DANA = "pm@c.example", "dana@a.example"
MESSAGE = b"Subject: x\r\n\r\nhello\r\n"


def server_at(port: int, scheme: str = "smtp", **settings) -> Server:
    values = {"timeout": 1.0, "total_timeout": 3.0} | settings
    return Server(parse(f"{scheme}://127.0.0.1:{port}"), **values)


def sent(message: bytes = MESSAGE, to: str = DANA, sender: str = SENDER, ehlo: str = "250 x"):
    with ScriptedServer({"EHLO": ehlo}) as it:
        answer = deliver(server_at(it.port), sender, to, message)
    return answer, it


def test_a_sent_message_carries_the_servers_own_words():
    answer, _ = sent()
    assert (answer.kind, answer.code) == (Kind.SENT, 250)
    assert str(answer) == "250 2.0.0 taken as ABC123"


def test_the_message_arrives_as_it_is():
    assert sent()[1].messages == [MESSAGE]


def test_a_leading_dot_is_doubled_on_the_wire():
    assert sent(b"x: y\r\n\r\n.\r\n.a\r\nb.\r\n")[1].messages == [
        b"x: y\r\n\r\n..\r\n..a\r\nb.\r\n"
    ]


@given(st.binary() | st.lists(st.sampled_from([b"\r", b"\n", b".", b"a"])).map(b"".join))
@example(b"")
@example(b"a\r\r\n.\n")
def test_only_crlf_ends_lines_and_no_text_is_lost(message):
    lines = crlf_lines(message)
    assert lines.endswith(b"\r\n")
    assert b"\r" not in lines.replace(b"\r\n", b"")
    assert b"\n" not in lines.replace(b"\r\n", b"")
    assert lines.translate(None, b"\r\n") == message.translate(None, b"\r\n")
    assert crlf_lines(lines) == lines


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=200).filter(bytes.isascii))
def test_no_message_can_end_itself_early(aiosmtpd_server, message):
    assert aiosmtpd_server.deliver(SENDER, DANA, message).kind is Kind.SENT


@pytest.fixture(scope="module")
def aiosmtpd_server():
    """A kept connection to a real server."""
    controller = Controller(Sink(), hostname="127.0.0.1", port=_free_port())
    controller.start()
    connection = Connection(server_at(controller.port))
    yield connection
    connection.close()
    controller.stop()


def _free_port() -> int:
    with ScriptedServer() as unused:
        return unused.port


def test_the_null_sender_is_sent_as_such():
    assert "MAIL FROM:<>" in sent(sender="")[1].commands


def test_size_is_declared_where_it_is_offered():
    commands = sent(ehlo="250-x\n250 SIZE 1000")[1].commands
    assert f"MAIL FROM:<{SENDER}> SIZE={len(MESSAGE)}" in commands


def test_an_international_domain_is_sent_as_idna():
    assert "RCPT TO:<dana@xn--mller-kva.example>" in sent(to="dana@müller.example")[1].commands


def test_an_international_name_needs_smtputf8():
    answer, it = sent(to="jürgen@a.example")
    assert (answer.kind, it.messages) == (Kind.FAILED, [])
    assert "jürgen@a.example has letters beyond a to z" in answer.text
    assert "doesn't offer SMTPUTF8" in answer.text
    assert not any(command.startswith("MAIL") for command in it.commands)
    answer, it = sent(to="jürgen@a.example", ehlo="250-x\n250 SMTPUTF8")
    assert answer.kind is Kind.SENT
    assert f"MAIL FROM:<{SENDER}> SMTPUTF8" in it.commands


def test_a_name_that_is_no_unicode_text_is_refused_not_raised():
    assert sent(to="ä\ud800@a.example", ehlo="250-x\n250 SMTPUTF8")[0].kind is Kind.FAILED


def test_smtputf8_is_not_asked_for_without_need():
    assert f"MAIL FROM:<{SENDER}>" in sent(ehlo="250-x\n250 SMTPUTF8")[1].commands


def test_a_header_that_holds_such_an_address_needs_smtputf8_too():
    message = "From: jürgen@a.example\r\n\r\nhello\r\n".encode()
    answer, it = sent(message)
    assert (answer.kind, it.messages) == (Kind.FAILED, [])
    answer, it = sent(message, ehlo="250-x\n250-8BITMIME\n250 SMTPUTF8")
    assert (answer.kind, it.messages) == (Kind.SENT, [message])
    assert f"MAIL FROM:<{SENDER}> BODY=8BITMIME SMTPUTF8" in it.commands


def test_8_bit_lines_need_8bitmime():
    assert sent("ä\r\n".encode())[0].kind is Kind.FAILED
    answer, it = sent("ä\r\n".encode(), ehlo="250 8BITMIME")
    assert answer.kind is Kind.FAILED  # the only line is the greeting, not an extension
    answer, it = sent("ä\r\n".encode(), ehlo="250-x\n250 8BITMIME")
    assert answer.kind is Kind.SENT
    assert f"MAIL FROM:<{SENDER}> BODY=8BITMIME" in it.commands


@pytest.mark.parametrize(
    "address",
    ["", "dana", "dana@", "@a.example", "a@b@c.example", "a b@c.example", "a>@c.example",
     "a@c.example\r\nDATA", "a@c.example\n", "a@c.example> SIZE=1", "a\0@c.example",
     "a@c\uff1e.example", "ä\ud800@c.example"],
)  # fmt: skip
def test_what_is_no_address_never_gets_onto_the_wire(address):
    answer, it = sent(to=address)
    assert answer.kind is Kind.FAILED
    assert not any(command.startswith("RCPT") for command in it.commands)
    answer, it = sent(sender=address or "x")
    assert answer.kind is Kind.FAILED
    assert not any(command.startswith("MAIL") for command in it.commands)


def test_a_server_without_ehlo_is_greeted_with_helo():
    with ScriptedServer({"EHLO": "502 5.5.1 what?"}) as it:
        assert deliver(server_at(it.port), SENDER, DANA, MESSAGE).kind is Kind.SENT
        assert any(command.startswith("helo") for command in it.commands)


def test_a_kept_connection_sends_many_messages():
    with ScriptedServer() as it:
        connection = Connection(server_at(it.port))
        for _ in range(5):
            assert connection.deliver(SENDER, DANA, MESSAGE).kind is Kind.SENT
        connection.close()
        assert (it.connections, len(it.messages)) == (1, 5)
        assert "RSET" not in it.commands


@pytest.mark.parametrize("refused", [{"RCPT": ["550 no", "250 ok"]}, {"DATA": ["451 x", "354 ok"]}])
def test_a_transaction_left_open_is_reset_before_the_next(refused):
    with ScriptedServer(refused) as it:
        connection = Connection(server_at(it.port))
        connection.deliver(SENDER, DANA, MESSAGE)
        assert connection.deliver(SENDER, DANA, MESSAGE).kind is Kind.SENT
        connection.close()
        assert it.connections == 1
        assert it.commands.count("RSET") == 1


# Reading answers.


@given(st.integers(200, 599), st.text())
def test_every_reply_becomes_an_answer_of_bounded_printable_text(code, text):
    answer = answer_of(Reply(code, text))
    assert isinstance(answer, Answer)
    assert len(answer.text) <= 1_000
    assert answer.text == printable(answer.text)
    assert (answer.kind is Kind.SENT) == (200 <= code <= 299)


# PIPELINING (RFC 2920).

PIPELINING = {"EHLO": "250-x\n250 PIPELINING"}


def delivered(script, count: int = 2):
    """What became of messages over one connection, and the server that got them."""
    with ScriptedServer(PIPELINING | script) as it:
        connection = Connection(server_at(it.port))
        answers = [connection.deliver(SENDER, DANA, MESSAGE) for _ in range(count)]
        connection.close()
    return answers, it


def test_where_pipelining_is_offered_the_envelope_and_data_come_in_one_piece():
    answers, it = delivered({}, 1)
    assert answers[0].kind is Kind.SENT
    assert it.messages == [MESSAGE]
    (envelope,) = [piece for piece in it.pieces if piece.startswith(b"MAIL FROM:")]
    assert envelope.endswith(b"DATA\r\n")


def test_without_the_offer_each_command_waits_for_its_answer():
    _, it = sent()
    assert not [piece for piece in it.pieces if piece.count(b"\r\n") > 1 and b"RCPT" in piece]


@pytest.mark.parametrize(
    "refused",
    [
        {"MAIL": ["550 no", "250 ok"], "RCPT": ["503 no", "250 ok"], "DATA": ["503 no", "354 go"]},
        {"RCPT": ["550 no", "250 ok"], "DATA": ["554 nobody", "354 go"]},
        {"DATA": ["451 later", "354 go"]},
    ],
)
def test_a_refused_message_leaves_the_connection_to_the_next(refused):
    (first, second), it = delivered(refused)
    assert first.kind is not Kind.SENT
    assert second.kind is Kind.SENT
    assert (it.connections, it.messages) == (1, [MESSAGE])


def test_a_server_that_awaits_a_message_for_nobody_is_left_and_gets_none():
    (first, second), it = delivered({"RCPT": ["550 no such user", "250 ok"]})
    assert (first.kind, first.code) == (Kind.FAILED, 550)
    assert second.kind is Kind.SENT
    assert (it.connections, it.messages) == (2, [MESSAGE])


def test_a_server_that_ends_after_what_was_sent_ahead_has_no_message():
    (first, second), it = delivered({"MAIL": ["421 4.3.2 closing", "250 ok"]})
    assert (first.kind, first.code) == (Kind.DEFERRED, 421)
    assert second.kind is Kind.SENT
    assert it.messages == [MESSAGE]
