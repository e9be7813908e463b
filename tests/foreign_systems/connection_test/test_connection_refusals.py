"""What servers refuse, in plain words, at its step and with its line."""

import socket
import threading

import pytest

from foreign_systems import connection_test_words
from foreign_systems.connection_test import check_connection, send_test
from foreign_systems.smtp.progress import Obstacle
from tests.foreign_systems.connection_test.trying import (
    DANA,
    OFFERS_AUTH,
    SENDER,
    SIGN_IN,
    SIGNS_IN,
    failed,
    send_script,
    server_at,
    spoken,
    step,
    tones,
    try_script,
)
from tests.foreign_systems.scripted_server import CLOSE, HANG, RESET, ScriptedServer, drip

REFUSALS = [  # script, signs in; headline, the failed step
    ({"greeting": "554 5.7.1 go away"}, False, "The server refused the connection", "Connection"),
    ({"greeting": "421 4.3.2 busy"}, False, "The server is busy", "Connection"),
    ({"EHLO": "554 5.7.1 no"}, False, "The server refused the connection", "Connection"),
    (SIGNS_IN | {"AUTH": "535 5.7.8 no"}, True, "The server refused the sign-in", "Sign-in"),
    (SIGNS_IN | {"AUTH": "534 5.7.9 weak"}, True, "The server refused the sign-in", "Sign-in"),
    (
        SIGNS_IN | {"AUTH": "454 4.7.0 later"},
        True,
        "The server can't check sign-ins right now",
        "Sign-in",
    ),
    ({"MAIL": "530 5.7.0 sign in first"}, False, "The server requires sign-in", "Sign-in"),
    (
        {"MAIL": "530 5.7.0 Must issue a STARTTLS command first"},
        False,
        "The server requires encryption",
        "Encryption",
    ),
    (SIGNS_IN | {"AUTH": "538 5.7.11 no"}, True, "The server requires encryption", "Encryption"),
    ({"MAIL": "550 5.7.1 not yours"}, False, "The server refused the sender", "Sender"),
    ({"MAIL": "421 4.7.0 too many"}, False, "The server is busy", "Sender"),
    ({"MAIL": "451 4.3.0 later"}, False, "The server isn't accepting mail right now", "Sender"),
    ({"RCPT": "550 5.1.1 no such user"}, False, "The server refused the recipient", "Recipient"),
    ({"RCPT": "554 5.7.1 Relay denied"}, False, "The server refused the recipient", "Recipient"),
    ({"RCPT": "450 4.2.0 greylisted"}, False, "The server isn't accepting mail right now", "Recipient"),
    ({"DATA": "554 5.5.1 no"}, False, "The server refused the test email", "Message"),
    ({"end": "554 5.7.1 spam"}, False, "The server refused the test email", "Message"),
    ({"end": "452 4.3.1 disk full"}, False, "The server isn't accepting mail right now", "Message"),
]  # fmt: skip


_OFF = "The provider has switched off sign-in by password"
_NOT_AS = "The account may not send as this address"
KNOWN = [  # as providers word them; headline, the step to put right, what the advice names
    (
        "AUTH",
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the "
        "Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.",
        _OFF,
        "Sign-in",
        "Authenticated SMTP",
    ),
    (
        "AUTH",
        "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
        _OFF,
        "Sign-in",
        "XOAUTH2",
    ),
    (
        "AUTH",
        "550 5.7.30 Basic authentication is not supported for Client Submission.",
        _OFF,
        "Sign-in",
        "XOAUTH2",
    ),
    (
        "AUTH",
        "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.",
        "The server refused the sign-in",
        "Sign-in",
        "Correct them",
    ),
    (
        "AUTH",
        "535 5.7.3 Authentication unsuccessful [AM0PR01CA0001.eurprd01.prod.exchangelabs.com]",
        "Exchange refused the sign-in",
        "Sign-in",
        "switched off",
    ),
    (
        "AUTH",
        "534-5.7.9 Application-specific password required. For more information, go to\n"
        "534 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor x - gsmtp",
        "Google accepts an app password only",
        "Sign-in",
        "App passwords",
    ),
    (
        "AUTH",
        "535-5.7.8 Username and Password not accepted. For more information, go to\n"
        "535 5.7.8 https://support.google.com/mail/?p=BadCredentials x - gsmtp",
        "Google refused the sign-in",
        "Sign-in",
        "app password",
    ),
    (
        "MAIL",
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        _NOT_AS,
        "Sender",
        SENDER,
    ),
    (
        "RCPT",
        "553 5.7.1 <approvals@c.example>: Sender address rejected: not owned by user pm-relay",
        _NOT_AS,
        "Sender",
        "pm-relay",
    ),
    (
        "end",
        "554 5.2.252 SendAsDenied; pm@c.example not allowed to send as approvals@c.example; "
        "STOREDRV.Submission.Exception:SendAsDeniedException",
        _NOT_AS,
        "Sender",
        "Send As",
    ),
]


@pytest.mark.parametrize(
    ("place", "said", "headline", "label", "advice"), KNOWN, ids=[case[1][:30] for case in KNOWN]
)
def test_what_providers_are_known_to_mean_has_words_of_its_own(
    place, said, headline, label, advice
):
    tried = send_script({**SIGNS_IN, place: said}, **SIGN_IN)
    assert (tried.ok, tried.headline) == (False, headline)
    assert advice in tried.advice
    assert [one.label for one in tried.steps if one.tone == "bad"] == [label]
    assert said[:3] in step(tried, label)[1]


def test_a_recipient_that_does_not_exist_is_not_taken_for_a_sender_that_may_not_send():
    tried = send_script({"RCPT": "553 5.1.8 mailbox name not valid"})
    assert tried.headline == "The server refused the recipient"


@pytest.mark.parametrize(("script", "signs_in", "headline", "label"), REFUSALS, ids=str)
def test_a_refusal_has_its_step_its_headline_and_its_line(script, signs_in, headline, label):
    tried = send_script(script, **(SIGN_IN if signs_in else {}))
    assert (tried.ok, tried.headline) == (False, headline)
    assert [one.label for one in tried.steps if one.tone == "bad"] == [label]
    refusal = next(words for words in script.values() if words != OFFERS_AUTH)
    assert failed(tried) == [f"S {refusal}"]
    assert refusal[:3] in step(tried, label)[1]


def test_a_refused_sign_in_names_account_and_code_and_what_was_not_tried():
    tried = try_script(SIGNS_IN | {"AUTH": "535 5.7.8 no"}, **SIGN_IN)
    assert step(tried, "Sign-in") == ("bad", "AUTH PLAIN as pm-relay: refused (535)")
    assert step(tried, "Sender") == ("off", "not tried")
    assert "pm-relay" in tried.advice


def test_every_line_of_a_reply_that_refuses_is_marked():
    tried = try_script({"MAIL": "550-5.7.1 no\n550 5.7.1 never"})
    assert failed(tried) == ["S 550-5.7.1 no", "S 550 5.7.1 never"]
    assert spoken(tried)[-2:] == ["C QUIT", "S 221 2.0.0 bye"]


def test_no_mechanism_that_we_know():
    tried = try_script({"EHLO": "250-x\n250 AUTH XOAUTH2"}, **SIGN_IN)
    assert (tried.headline, tones(tried)) == ("The server offers no sign-in by password", "gggbo")
    assert "XOAUTH2" in tried.advice


def _address_of_this_machine() -> str:
    """One that is not loopback; no packet leaves."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return asking.getsockname()[0]


@pytest.mark.skipif(not _address_of_this_machine(), reason="this machine has no network")
def test_no_secret_is_sent_in_clear_to_another_address():
    address = _address_of_this_machine()
    with ScriptedServer(SIGNS_IN) as it, socket.create_server((address, 0)) as outside:
        port = outside.getsockname()[1]
        threading.Thread(target=_relay, args=(outside, it.port), daemon=True).start()
        server = server_at(port, resolve=lambda _: [address], **SIGN_IN)
        tried = check_connection(server, mail_from=SENDER)
        assert not any(command.startswith("AUTH") for command in it.commands)
    assert (tried.headline, tones(tried)) == ("Signing in isn't safe here", "gggbo")


def _relay(outside: socket.socket, port: int) -> None:
    """Let one client of `outside` talk to the server at `port`, a line there and a reply back."""
    client, _ = outside.accept()
    with client, socket.create_connection(("127.0.0.1", port)) as server:
        while data := server.recv(4_096):
            client.sendall(data)
            if not (command := client.recv(4_096)):
                return
            server.sendall(command)


@pytest.mark.parametrize(
    ("values", "headline", "label"),
    [
        ({"mail_from": "no address"}, "The sender's address can't be used", "Sender"),
        ({"recipient": "x>\r\nDATA@a.example"}, "The recipient's address can't be used", "Recipient"),
        ({"data": b"x" * 101}, "The server can't accept this test email", "Message"),
        ({"data": "ä".encode()}, "The server can't accept this test email", "Message"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_explained_and_no_line_is_at_fault(values, headline, label):
    asked = {"mail_from": SENDER, "recipient": DANA, "data": b"x"} | values
    with ScriptedServer({"EHLO": "250-x\n250 SIZE 100"}) as it:
        tried = send_test(server_at(it.port), **asked)
        assert it.messages == []
    assert tried.headline == headline
    assert [one.label for one in tried.steps if one.tone == "bad"] == [label]
    assert failed(tried) == []


@pytest.mark.parametrize("fault", [HANG, CLOSE, RESET, "garbage"])
@pytest.mark.parametrize(
    ("name", "headline", "label"),
    [
        ("EHLO", "No usable answer to our greeting", "Connection"),
        ("AUTH", "No usable answer to the sign-in", "Sign-in"),
        ("MAIL", "No usable answer to the sender", "Sender"),
        ("RCPT", "No usable answer to the recipient", "Recipient"),
        ("DATA", "No usable answer to the test email", "Message"),
        ("end", "It's unknown whether the test email was accepted", "Message"),
    ],
)
def test_a_fault_without_an_answer_names_its_step(fault, name, headline, label):
    tried = send_script(SIGNS_IN | {name: fault}, timeout=0.3, total_timeout=1.0, **SIGN_IN)
    assert tried.headline == headline
    assert [one.label for one in tried.steps if one.tone == "bad"] == [label]
    assert len(failed(tried)) == 1
    assert ("garbage" in failed(tried)[0]) == (fault == "garbage")


def test_a_server_slow_at_every_step_is_given_up_at_the_total_time():
    slow = {"greeting": drip("220 ok\r\n"), "EHLO": drip("250 ok\r\n"), "MAIL": drip("250 ok\r\n")}
    tried = try_script(slow, timeout=5.0, total_timeout=0.3)
    assert not tried.ok
    assert tried.milliseconds < 1_000


@pytest.mark.parametrize("name", ["RSET", "QUIT"])
@pytest.mark.parametrize("fault", [HANG, CLOSE, "500 no"])
def test_what_a_server_does_at_the_goodbye_changes_nothing(name, fault):
    assert try_script({name: fault}, timeout=0.2).ok


def test_each_obstacle_has_its_words():
    assert set(connection_test_words.OBSTACLES) == set(Obstacle)
