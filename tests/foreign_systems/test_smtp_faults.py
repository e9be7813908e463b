"""What the SMTP client makes of servers that refuse, hang, lie or vanish."""

import socket
import threading

import pytest

from foreign_systems.smtp import Answer, Blame, Connection, Kind, Server
from foreign_systems.smtp_url import parse
from tests.foreign_systems.scripted_server import (
    CLOSE,
    HANG,
    RESET,
    Script,
    ScriptedServer,
    close_after,
    deliver,
    drip,
)

SENDER, DANA = "pm@c.example", "dana@a.example"
MESSAGE = b"Subject: x\r\n\r\nhello\r\n"


def server_at(port: int, **settings) -> Server:
    values = {"timeout": 0.3, "total_timeout": 1.0, "loopback_only": True} | settings
    return Server(parse(f"smtp://127.0.0.1:{port}"), **values)


def outcome(script: Script, **settings) -> Answer:
    with ScriptedServer(script) as it:
        return deliver(server_at(it.port, **settings), SENDER, DANA, MESSAGE)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return unused.getsockname()[1]


D, F, U = Kind.DEFERRED, Kind.FAILED, Kind.UNKNOWN
HERE, THERE = Blame.MESSAGE, Blame.DESTINATION

ANSWERED = [  # script; kind, blame, code, alert, wait at least
    ({"greeting": "421 4.3.2 busy"}, (D, THERE, 421, False, None)),
    ({"greeting": "554 5.7.1 go away"}, (D, THERE, 554, True, None)),
    ({"EHLO": "421 4.3.2 busy"}, (D, THERE, 421, False, None)),
    ({"EHLO": "554 5.7.1 no"}, (D, THERE, 554, True, None)),
    ({"MAIL": "421 4.7.0 too many"}, (D, THERE, 421, False, None)),
    ({"MAIL": "451 4.3.0 later"}, (D, HERE, 451, False, 60)),
    ({"MAIL": "530 5.7.0 sign in first"}, (D, THERE, 530, True, None)),
    ({"MAIL": "550 5.7.1 sender not allowed"}, (F, HERE, 550, False, None)),
    ({"RCPT": "450 4.2.0 greylisted"}, (D, HERE, 450, False, 60)),
    ({"RCPT": "451 4.7.1 greylisted"}, (D, HERE, 451, False, 60)),
    ({"RCPT": "452 4.3.1 disk full"}, (D, HERE, 452, False, None)),
    ({"RCPT": "452 4.5.3 too many recipients"}, (D, HERE, 452, False, None)),
    ({"RCPT": "550 5.1.1 no such user"}, (F, HERE, 550, False, None)),
    ({"RCPT": "552 5.2.2 mailbox full"}, (D, HERE, 552, False, 900.0)),
    ({"RCPT": "552 message too large"}, (F, HERE, 552, False, None)),
    ({"RCPT": "421 4.3.2 closing"}, (D, HERE, 421, False, None)),
    ({"DATA": "451 4.3.0 later"}, (D, HERE, 451, False, 60)),
    ({"DATA": "554 5.5.1 no"}, (F, HERE, 554, False, None)),
    ({"DATA": "250 what?"}, (D, HERE, None, False, None)),
    ({"body": close_after("552 5.3.4 too big")}, (F, HERE, 552, False, None)),
    ({"end": "421 4.3.2 closing"}, (D, HERE, 421, False, None)),
    ({"end": "452 4.3.1 disk full"}, (D, HERE, 452, False, None)),
    ({"end": "552 5.3.4 too big"}, (F, HERE, 552, False, None)),
    ({"end": "554 5.7.1 spam"}, (F, HERE, 554, False, None)),
]


@pytest.mark.parametrize(("script", "expected"), ANSWERED, ids=str)
def test_a_refusal_is_read_for_what_it_is(script, expected):
    answer = outcome(script)
    read = (answer.kind, answer.blame, answer.code, answer.alert, answer.wait_at_least)
    assert read == expected


@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL"])
@pytest.mark.parametrize("fault", [HANG, CLOSE, RESET, "garbage", "\x00\x01", "99 x", "700 x"])
def test_a_fault_up_to_mail_is_the_destinations(step, fault):
    answer = outcome({step: fault})
    assert (answer.kind, answer.blame, answer.code) == (D, THERE, None)


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize("fault", [HANG, CLOSE, RESET, "garbage"])
def test_a_fault_from_rcpt_on_holds_up_only_its_message(step, fault):
    answer = outcome({step: fault})
    assert (answer.kind, answer.blame, answer.code) == (D, HERE, None)


@pytest.mark.parametrize(
    ("step", "shown"),
    [("greeting", "the greeting"), ("EHLO", "EHLO"), ("RCPT", "RCPT TO"), ("DATA", "DATA")],
)
def test_a_timeout_names_its_step(step, shown):
    assert outcome({step: HANG}).text == f"No complete answer to {shown} in time."


@pytest.mark.parametrize("fault", [HANG, CLOSE, RESET, "garbage", "354 go on"])
def test_no_valid_answer_to_the_final_dot_leaves_the_outcome_unknown(fault):
    with ScriptedServer({"end": fault}) as it:
        answer = deliver(server_at(it.port), SENDER, DANA, MESSAGE)
        assert len(it.messages) == 1
    assert (answer.kind, answer.blame) == (U, HERE)


def test_the_final_dot_may_be_answered_later_than_other_steps():
    answer = outcome({"end": drip("250 ok\r\n", pause=0.05)}, timeout=0.2, total_timeout=5)
    assert answer.kind is Kind.SENT


@pytest.mark.parametrize("fault", [CLOSE, RESET])
def test_a_connection_that_ends_within_a_big_message_is_deferred_since_no_dot_was_sent(fault):
    big = b"Subject: x\r\n\r\n" + b"0123456789abcdef\r\n" * 1_000_000
    with ScriptedServer({"body": fault}) as it:
        answer = deliver(server_at(it.port, timeout=2, total_timeout=5), SENDER, DANA, big)
        assert it.messages == []
    assert (answer.kind, answer.blame) == (D, HERE)


def test_a_server_that_stops_reading_a_message_gets_a_timeout():
    big = b"Subject: x\r\n\r\n" + b"0123456789abcdef\r\n" * 1_000_000
    with ScriptedServer({"body": HANG}) as it:
        answer = deliver(server_at(it.port), SENDER, DANA, big)
    assert (answer.kind, answer.text) == (D, "No complete answer to the message in time.")


@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL", "RCPT"])
def test_a_dripping_server_is_given_up_after_the_step_not_after_each_byte(step):
    answer = outcome({step: drip("250-" + "x" * 500)})
    assert (answer.kind, answer.code) == (D, None)


def test_a_server_slow_at_every_step_is_given_up_at_the_total_deadline():
    slow = {
        step: drip(f"{code} ok\r\n")
        for step, code in (
            ("greeting", 220),
            ("EHLO", 250),
            ("MAIL", 250),
            ("RCPT", 250),
            ("DATA", 354),
        )
    }
    assert outcome(slow, timeout=5.0, total_timeout=0.5).kind is D


@pytest.mark.parametrize(
    "huge",
    ["550 " + "x" * 100_000, "550-x\n" * 100_000 + "550 x", "x" * 100_000],
    ids=["line", "lines", "garbage"],
)
def test_a_huge_answer_is_cut_and_temporary(huge):
    answer = outcome({"greeting": huge})
    assert answer.kind is D
    assert len(answer.text) <= 1_000


def test_long_words_are_cut_at_1000_characters():
    assert outcome({"RCPT": "550 " + "x" * 3_000}).text == "x" * 999 + "…"


def test_control_and_bidi_characters_of_an_answer_are_visible():
    answer = outcome({"RCPT": "550-no\x07\u202e way\n550 \x1b[31mred"})
    assert answer.text == "no[U+0007][U+202E] way [U+001B][31mred"


def test_a_refused_connection_is_the_destinations():
    answer = deliver(server_at(free_port()), SENDER, DANA, MESSAGE)
    assert (answer.kind, answer.blame, answer.alert) == (D, THERE, False)
    assert "Connection refused" in answer.text


@pytest.mark.parametrize(
    ("number", "alert"),
    [(socket.EAI_NONAME, True), (socket.EAI_AGAIN, False), (socket.EAI_FAIL, False)],
)
def test_only_a_name_that_does_not_exist_alerts(number, alert):
    def resolver(host: str) -> list[str]:
        raise socket.gaierror(number, "said the resolver")

    server = Server(parse("smtp://mail.example.com"), resolve=resolver)
    answer = deliver(server, SENDER, DANA, MESSAGE)
    assert (answer.kind, answer.blame, answer.alert) == (D, THERE, alert)
    assert "mail.example.com" in answer.text


def test_a_name_server_that_hangs_is_given_up(hanging):
    server = Server(parse("smtp://mail.example.com"), resolve=hanging, timeout=0.1)
    answer = deliver(server, SENDER, DANA, MESSAGE)
    assert (answer.kind, answer.blame, answer.alert) == (D, THERE, False)


@pytest.fixture
def hanging():
    end = threading.Event()

    def resolver(host: str) -> list[str]:
        end.wait(5)
        return []

    yield resolver
    end.set()


def test_a_message_over_the_announced_size_fails_before_mail():
    with ScriptedServer({"EHLO": "250-x\n250 SIZE 10"}) as it:
        answer = deliver(server_at(it.port), SENDER, DANA, MESSAGE)
        assert not any(command.startswith("MAIL") for command in it.commands)
    assert (answer.kind, answer.code) == (F, 552)
    assert "at most 10" in answer.text


@pytest.mark.parametrize("fault", [CLOSE, RESET, "421 4.4.2 idle", close_after("421 4.4.2 idle")])
def test_a_kept_connection_that_has_ended_is_replaced_unnoticed(fault):
    with ScriptedServer({"MAIL": ["250 ok", fault, "250 ok"]}) as it:
        connection = Connection(server_at(it.port))
        for _ in range(2):
            assert connection.deliver(SENDER, DANA, MESSAGE).kind is Kind.SENT
        assert it.connections == 2
        connection.close()


def test_an_unasked_answer_is_never_taken_for_the_answer_to_the_next_command():
    answer = outcome({"RCPT": "550 5.1.1 no\n250 ok"})
    assert answer.kind is F
    for step, words in (("greeting", "220 ok\n250 ok"), ("EHLO", "250 ok\n250 ok")):
        assert outcome({step: words}).kind is D
    assert outcome({"MAIL": "250 ok\n250 ok"}).kind is D
