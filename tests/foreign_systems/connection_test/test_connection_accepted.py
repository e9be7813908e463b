"""Test Connection and Send Test E-mail where all is well: each step is shown."""

import datetime
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult

from foreign_systems.connection_test import check_connection, send_test
from foreign_systems.smtp import Server
from foreign_systems.smtp_url import parse
from tests.foreign_systems.connection_test.trying import (
    DANA,
    FIVE,
    HOST,
    MESSAGE,
    OFFERS_AUTH,
    OFFERS_TLS,
    SENDER,
    SIGN_IN,
    closed_port,
    failed,
    send_script,
    server_at,
    spoken,
    step,
    tones,
    try_script,
)
from tests.foreign_systems.scripted_server import ScriptedServer


def test_a_server_that_takes_our_mail_is_shown_step_by_step(good):
    context, ca = good
    script = {"EHLO": [OFFERS_TLS, OFFERS_AUTH]}
    with ScriptedServer(script, tls=context) as it:
        tried = check_connection(server_at(it.port, ca=ca, **SIGN_IN), mail_from=SENDER)
        assert it.commands[-3:] == [f"MAIL FROM:<{SENDER}>", "RSET", "QUIT"]
        assert it.messages == []
        port = it.port
    assert (tried.ok, tried.headline) == (True, "The server accepts our mail")
    assert [one.label for one in tried.steps] == FIVE
    assert tones(tried) == "ggggg"
    assert step(tried, "Name")[1] == f"{HOST} is 127.0.0.1"
    connection = step(tried, "Connection")[1]
    assert connection.startswith(f"port {port} answered in ")
    assert connection.endswith(" ms")
    day = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)
    assert step(tried, "Encryption")[1] == (
        f"STARTTLS, TLS 1.3; certificate for {HOST}, valid until {day.day} {day:%b %Y}"
    )
    assert step(tried, "Sign-in")[1] == "AUTH PLAIN as pm-relay"
    assert step(tried, "Sender")[1] == f"{SENDER} is accepted"
    assert 0 <= tried.milliseconds < 3_000


def test_the_transcript_holds_all_that_was_said_in_order(good):
    context, ca = good
    script = {"EHLO": [OFFERS_TLS, "250-x\n250-SIZE 1000\n250 AUTH PLAIN"]}
    tried = try_script(script, tls=context, ca=ca, ehlo_name="pm.example.com", **SIGN_IN)
    assert spoken(tried) == [
        "S 220 scripted.example ESMTP",
        "C ehlo pm.example.com",
        "S 250-x",
        "S 250 STARTTLS",
        "C STARTTLS",
        "S 220 go ahead",
        "C ehlo pm.example.com",
        "S 250-x",
        "S 250-SIZE 1000",
        "S 250 AUTH PLAIN",
        "C AUTH PLAIN ********",
        "S 235 2.7.0 welcome",
        f"C MAIL FROM:<{SENDER}>",
        "S 250 2.1.0 sender ok",
        "C RSET",
        "S 250 2.0.0 reset",
        "C QUIT",
        "S 221 2.0.0 bye",
    ]
    assert failed(tried) == []


def test_smtps_is_named_as_such(good):
    tried = try_script({}, "smtps", tls=good[0], smtps=True, ca=good[1])
    assert tones(tried) == "gggog"
    assert step(tried, "Encryption")[1].startswith("from the first byte, TLS 1.3; certificate for")


def test_without_encryption_and_credential_it_is_said_that_there_is_none():
    tried = try_script({})
    assert tried.ok
    encryption = ("good", "not encrypted: the server offers no STARTTLS")
    assert step(tried, "Encryption") == encryption
    assert step(tried, "Sign-in") == ("off", "not needed: no credential is chosen")


def test_a_server_named_by_its_address_has_no_name_to_look_up():
    with ScriptedServer() as it:
        tried = check_connection(Server(parse(f"smtp://127.0.0.1:{it.port}")), mail_from=SENDER)
    assert step(tried, "Name") == (
        "good",
        "127.0.0.1 is an address, so there is no name to look up",
    )


def test_a_test_email_is_really_sent_and_the_servers_last_answer_shown():
    with ScriptedServer({"end": "250 2.0.0 Ok: queued as 7F2"}) as it:
        tried = send_test(
            server_at(it.port), mail_from=SENDER, recipient=DANA, data=b"Subject: x\n\n.dot\n"
        )
        assert it.messages == [b"Subject: x\r\n\r\n..dot\r\n"]
    assert (tried.ok, tried.headline) == (True, "The test email was accepted")
    assert "queued as 7F2" in tried.advice
    assert [one.label for one in tried.steps] == [*FIVE, "Recipient", "Message"]
    assert step(tried, "Recipient") == ("good", f"{DANA} is accepted")
    assert step(tried, "Message") == ("good", "250 2.0.0 Ok: queued as 7F2")


def test_the_transcript_of_a_test_email_tells_its_size_and_not_its_body():
    tried = send_script({})
    assert spoken(tried)[-7:] == [
        "C DATA",
        "S 354 go on",
        f"C [the message, {len(MESSAGE) + 3} bytes]",
        "C .",
        "S 250 2.0.0 taken as ABC123",
        "C QUIT",
        "S 221 2.0.0 bye",
    ]
    assert "says the body" not in repr(tried)


@pytest.fixture
def real_server(good):
    """aiosmtpd, which takes mail only after STARTTLS and from pm-relay with its secret."""

    def check(server, session, envelope, mechanism, data):
        right = (data.login, data.password) == (b"pm-relay", b"s3cret word")
        return AuthResult(success=right, handled=False)

    controller = Controller(
        Sink(),
        hostname="127.0.0.1",
        port=closed_port(),
        tls_context=good[0],
        require_starttls=True,
        auth_required=True,
        authenticator=check,
    )
    controller.start()
    yield server_at(controller.port, ca=good[1], timeout=5, total_timeout=10)
    controller.stop()


@pytest.mark.parametrize(
    ("account", "headline", "expected"),
    [
        (("pm-relay", "s3cret word"), "The test email was accepted", "ggggggg"),
        (("pm-relay", "wrong"), "The server refused the sign-in", "gggbooo"),
        ((None, None), "The server requires sign-in", "gggbooo"),
    ],
)
def test_a_real_server_with_tls_and_sign_in(real_server, account, headline, expected):
    server = replace(real_server, username=account[0], password=account[1])
    tried = send_test(server, mail_from=SENDER, recipient=DANA, data=MESSAGE)
    assert (tried.headline, tones(tried)) == (headline, expected)
    assert "wrong" not in repr(tried)
