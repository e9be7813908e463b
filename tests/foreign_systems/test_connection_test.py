"""What Test Connection and Send Test E-mail say of a server, in plain words and in its own."""

import base64
import datetime
import hashlib
import socket
import ssl
import threading
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis.strategies import integers

from foreign_systems import connection_test_words
from foreign_systems.connection_report import ConnectionReport
from foreign_systems.connection_test import check_connection, send_test
from foreign_systems.smtp import Server
from foreign_systems.smtp.certificate import Certificate
from foreign_systems.smtp.progress import Obstacle
from foreign_systems.smtp.transcript import TranscriptLine
from foreign_systems.smtp_url import parse
from tests.foreign_systems.scripted_server import (
    CLOSE,
    HANG,
    RESET,
    Script,
    ScriptedServer,
    certificate,
    close_after,
    drip,
)
from tests.foreign_systems.test_smtp_any_server import scripts

HOST, SENDER, DANA = "mail.example.com", "approvals@c.example", "dana@a.example"
MESSAGE = b"Subject: Test\n\nIt works, says the body.\n"
SIGN_IN = {"username": "pm-relay", "password": "hunter2 ä"}
OFFERS_TLS = "250-x\n250 STARTTLS"
OFFERS_AUTH = "250-x\n250 AUTH PLAIN"
FIVE = ["Name", "Connection", "Encryption", "Sign-in", "Sender"]


def server_at(port: int, scheme: str = "smtp", **values) -> Server:
    defaults = {"timeout": 0.5, "total_timeout": 3.0, "resolve": lambda _: ["127.0.0.1"]}
    return Server(parse(f"{scheme}://{HOST}:{port}"), **defaults | values)


def try_script(
    script: Script, scheme: str = "smtp", *, tls=None, smtps=False, **values
) -> ConnectionReport:
    with ScriptedServer(script, tls=tls, smtps=smtps) as it:
        tried = check_connection(server_at(it.port, scheme, **values), mail_from=SENDER)
        assert it.messages == []
        return tried


def send_script(script: Script, *, recipient: str = DANA, **values) -> ConnectionReport:
    with ScriptedServer(script) as it:
        server = server_at(it.port, **values)
        return send_test(server, mail_from=SENDER, recipient=recipient, data=MESSAGE)


def step(tried: ConnectionReport, label: str) -> tuple[str, str]:
    return next((one.tone, one.text) for one in tried.steps if one.label == label)


def tones(tried: ConnectionReport) -> str:
    """One letter a step, such as ggbooo."""
    return "".join(one.tone[0] for one in tried.steps)


def failed(tried: ConnectionReport) -> list[str]:
    return [f"{line.who} {line.text}" for line in tried.transcript if line.failed]


def spoken(tried: ConnectionReport) -> list[str]:
    return [f"{line.who} {line.text}" for line in tried.transcript]


def signed_certificate(folder, *, starts: int = -1) -> tuple[ssl.SSLContext, str]:
    """A TLS context whose certificate an authority signed, and that authority as PEM.

    `starts`: the first day it is valid, counted from today.
    """
    now = datetime.datetime.now(datetime.UTC)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in ("Our CA", HOST)]
    signed = []
    for name, key, is_ca, first_day in zip(names, keys, (True, False), (-9, starts), strict=True):
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(names[0])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=first_day))
            .not_valid_after(now + datetime.timedelta(days=first_day + 90))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        )
        signed.append(built.sign(keys[0], hashes.SHA256()))
    private = keys[1].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pems = [one.public_bytes(serialization.Encoding.PEM) for one in signed]
    path = folder / f"signed{starts}.pem"
    path.write_bytes(private + pems[1])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, pems[0].decode()


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("good"), name=HOST)


# All is well.


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


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return unused.getsockname()[1]


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


# Before a word is said.


def fails(number: int):
    def resolver(host: str) -> list[str]:
        raise socket.gaierror(number, "said the resolver")

    return resolver


@pytest.mark.parametrize(
    ("values", "headline", "advice"),
    [
        ({"resolve": fails(socket.EAI_NONAME)}, "No server has this name", "typing error"),
        ({"resolve": fails(socket.EAI_AGAIN)}, "The name server isn't answering", "Try again"),
        (
            {"resolve": lambda _: ["169.254.169.254"]},
            "This can't be a mail server's address",
            "169.254.169.254",
        ),
        (
            {"resolve": lambda _: ["192.0.2.1"], "loopback_only": True},
            "A trial doesn't connect to other machines",
            "start it with --real-mail",
        ),
        (
            {"resolve": fails(socket.EAI_NONAME), "loopback_only": True},
            "A trial doesn't connect to other machines",
            "connects to this machine only",
        ),
    ],
)
def test_a_name_that_leads_nowhere(values, headline, advice):
    tried = check_connection(server_at(25, **values), mail_from=SENDER)
    assert (tried.ok, tried.headline, tones(tried)) == (False, headline, "boooo")
    assert advice in tried.advice
    assert tried.transcript == ()
    assert step(tried, "Sender") == ("off", "not tried")


def test_a_name_server_that_hangs_is_given_up_in_time():
    end = threading.Event()

    def resolver(host: str) -> list[str]:
        end.wait(5)
        return []

    tried = check_connection(server_at(25, resolve=resolver, timeout=0.1), mail_from=SENDER)
    end.set()
    assert (tried.headline, tones(tried)) == ("The name server isn't answering", "boooo")
    assert tried.milliseconds < 1_000


def test_a_port_at_which_nothing_listens():
    port = closed_port()
    tried = check_connection(server_at(port), mail_from=SENDER)
    assert (tried.headline, tones(tried)) == ("The connection was refused", "gbooo")
    assert f"nothing is listening on port {port}" in tried.advice


def test_a_machine_that_does_not_answer():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as waiting:
        waiting.connect(full.getsockname())  # and nobody accepts it, so that the next has to wait
        port = full.getsockname()[1]
        tried = check_connection(server_at(port, timeout=0.2), mail_from=SENDER)
    assert (tried.headline, tones(tried)) == ("The connection timed out", "gbooo")
    assert "firewall" in tried.advice


def test_a_network_without_a_way_there():
    server = server_at(25, resolve=lambda _: ["255.255.255.255"])
    tried = check_connection(server, mail_from=SENDER)
    assert (tried.headline, tones(tried)) == ("The server can't be reached", "gbooo")


# The wrong protocol.


def test_a_tls_port_that_is_spoken_to_in_clear_is_recognised(good):
    with ScriptedServer(tls=good[0], smtps=True) as it:
        tried = check_connection(server_at(it.port), mail_from=SENDER)
        assert f"Use smtps://{HOST}:{it.port} instead" in tried.advice
    assert (tried.headline, tones(tried)) == ("This port speaks TLS from the first byte", "gbooo")


def test_a_clear_port_that_is_spoken_to_in_tls_is_recognised():
    with ScriptedServer() as it:
        tried = check_connection(server_at(it.port, "smtps"), mail_from=SENDER)
        assert f"Use smtp+starttls://{HOST}:{it.port} instead" in tried.advice
    assert f"smtps://{HOST}:465" in tried.advice
    assert (tried.headline, tones(tried)) == ("This port doesn't start with TLS", "ggboo")


@pytest.mark.parametrize(
    ("greeting", "headline", "marked"),
    [
        (HANG, "The server sends no greeting", []),
        (close_after("22"), "Something other than a mail server answered", ["S 22"]),
        (CLOSE, "The server hung up before its greeting", []),
        (RESET, "The server hung up before its greeting", []),
        ("SSH-2.0-x", "Something other than a mail server answered", ["S SSH-2.0-x"]),
    ],
)
def test_what_listens_is_no_mail_server(greeting, headline, marked):
    tried = try_script({"greeting": greeting}, timeout=0.2)
    assert (tried.headline, tones(tried)) == (headline, "gbooo")
    assert failed(tried) == marked


@pytest.mark.parametrize("fault", [HANG, CLOSE])
def test_a_handshake_that_goes_nowhere(fault):
    tried = try_script({"greeting": fault}, "smtps", timeout=0.2)
    assert (tried.headline, tones(tried)) == ("TLS couldn't be negotiated", "ggboo")


# Certificates and encryption.


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
@pytest.mark.parametrize(
    ("made", "trusted", "headline", "advice"),
    [
        (
            lambda folder: certificate(folder, name=HOST),
            False,
            "The server's certificate is self-signed",
            "into Certificate Authority",
        ),
        (
            signed_certificate,
            False,
            "The server's certificate is from an unknown authority",
            "into Certificate Authority",
        ),
        (
            lambda folder: certificate(folder, name="other.example"),
            True,
            "The server's certificate is for another name",
            f"isn't valid for {HOST}",
        ),
        (
            lambda folder: certificate(folder, name=HOST, days=-1),
            True,
            "The server's certificate has expired",
            "renew",
        ),
        (
            lambda folder: signed_certificate(folder, starts=2),
            True,
            "The server's certificate isn't valid yet",
            "clock",
        ),
    ],
    ids=["self-signed", "unknown", "misnamed", "expired", "early"],
)
def test_a_certificate_that_does_not_hold(tmp_path, scheme, made, trusted, headline, advice):
    context, ca = made(tmp_path)
    tried = try_script(
        {"EHLO": OFFERS_TLS},
        scheme,
        tls=context,
        smtps=scheme == "smtps",
        ca=ca if trusted else None,
        **SIGN_IN,
    )
    assert (tried.headline, tones(tried)) == (headline, "ggboo")
    assert advice in tried.advice
    assert failed(tried) == []


def test_a_pasted_authority_is_enough(tmp_path):
    context, ca = signed_certificate(tmp_path)
    assert try_script({"EHLO": [OFFERS_TLS, "250 x"]}, tls=context, ca=ca).ok


def test_an_authority_that_is_not_readable(good):
    tried = try_script({"EHLO": OFFERS_TLS}, tls=good[0], ca="-----BEGIN CERTIFICATE-----\nx")
    assert (tried.headline, tones(tried)) == ("The Certificate Authority can't be read", "ggboo")


@pytest.mark.parametrize(
    ("scheme", "values", "headline"),
    [
        ("smtp+starttls", {}, "The server offers no encryption"),
        ("smtp", {"requires_tls": True}, "The server no longer offers encryption"),
    ],
)
def test_starttls_that_is_missing(scheme, values, headline):
    tried = try_script({}, scheme, **values)
    assert (tried.headline, tones(tried)) == (headline, "ggboo")


def test_starttls_that_is_offered_and_refused():
    tried = try_script({"EHLO": OFFERS_TLS, "STARTTLS": "501 5.5.4 no"})
    assert (tried.headline, tones(tried)) == ("The server refused to encrypt", "ggboo")
    assert step(tried, "Encryption")[1] == "STARTTLS: refused (501)"
    assert failed(tried) == ["S 501 5.5.4 no"]


def test_text_slipped_in_behind_the_reply_to_starttls_is_shown(good):
    script = {"EHLO": OFFERS_TLS, "STARTTLS": "220 go ahead\n250 AUTH PLAIN"}
    tried = try_script(script, tls=good[0], ca=good[1], **SIGN_IN)
    assert (tried.headline, tones(tried)) == ("No usable answer to STARTTLS", "ggboo")
    assert "Unencrypted data" in tried.advice
    assert failed(tried)[-1] == "S 250 AUTH PLAIN"


# Refusals.

SIGNS_IN = {"EHLO": OFFERS_AUTH}
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


# The transcript.


def test_a_transcript_has_at_most_200_lines_the_last_ones_among_them():
    tried = try_script({"EHLO": "250-x\n" * 1_000 + "250 x", "MAIL": "550 no"})
    assert len(tried.transcript) == 200
    assert [line.text for line in tried.transcript if not line.who] == [
        "[808 lines are left out here]"
    ]
    assert failed(tried) == ["S 550 no"]


def test_a_line_has_at_most_1000_characters():
    tried = try_script({"MAIL": "550 " + "x" * 5_000})
    assert max(len(line.text) for line in tried.transcript) == 1_000
    assert len(tried.advice) < 1_000


def test_control_and_bidi_characters_are_visible_everywhere():
    tried = try_script({"MAIL": "550 no\x07\u202e \x1b[31mway"})
    assert failed(tried) == ["S 550 no[U+0007][U+202E] [U+001B][31mway"]
    everything = repr(tried) + tried.headline + tried.advice
    assert not {"\x07", "\u202e", "\x1b"} & set(everything)


def test_an_endless_line_that_is_no_reply_is_shown_cut():
    tried = try_script({"greeting": "x" * 100_000})
    assert tried.transcript == (TranscriptLine("S", "x" * 999 + "…", failed=True),)


# Secrets.

PASSWORD = "Correct  horse ä 7!"
TOGETHER = base64.b64encode(f"\0pm-relay\0{PASSWORD}".encode()).decode()
ALONE = base64.b64encode(PASSWORD.encode()).decode()
ECHOES = [
    PASSWORD,
    PASSWORD.upper().replace("Ä", "ä"),
    PASSWORD.replace("  ", " "),
    TOGETHER,
    TOGETHER.rstrip("="),
    TOGETHER[:-6],
    TOGETHER[12:],
    ALONE,
    ALONE.rstrip("="),
    f"AUTH PLAIN {TOGETHER}",
]
AT = [
    ("AUTH", "535 5.7.8 what is {}?"),
    ("AUTH", "535-5.7.8 what is\n535 {}?"),
    ("AUTH", "what is {}?"),  # no SMTP reply at all
    ("AUTH", "235 hello {}\n250 {}"),  # and something unasked
    ("MAIL", "550 5.7.1 after {} no"),
    ("RCPT", "550 5.7.1 after {} no"),
    ("end", "250 2.0.0 {} it was"),
]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize(("name", "words"), AT, ids=str)
@pytest.mark.parametrize("echo", ECHOES)
def test_no_secret_is_in_any_text_whatever_the_server_repeats(mechanism, name, words, echo):
    script = {
        "EHLO": f"250-x\n250 AUTH {mechanism}",
        "AUTH": ["334 VXNlcg==", "334 UGFzcw==", "235 ok"] if mechanism == "LOGIN" else "235 ok",
    }
    said = words.replace("{}", echo)
    script[name] = [*script["AUTH"][:2], said] if (name, mechanism) == ("AUTH", "LOGIN") else said
    tried = send_script(script, username="pm-relay", password=PASSWORD)
    everything = " ".join(
        [repr(tried), tried.headline, tried.advice, *spoken(tried), *map(str, tried.steps)]
    ).lower()
    for secret in (PASSWORD, PASSWORD.replace("  ", " "), echo, ALONE, TOGETHER, ALONE[:-2]):
        assert secret.lower() not in everything
    assert not any(TOGETHER[at : at + 8].lower() in everything for at in range(len(TOGETHER) - 7))
    assert any("********" in line.text for line in tried.transcript if line.who == "C")
    assert "…" in everything


def test_a_password_split_over_lines_is_not_put_together_again():
    script = SIGNS_IN | {"AUTH": "534-open\n534 sesame"}
    tried = try_script(script, username="pm-relay", password="open sesame")
    assert "“534 …”" in tried.advice
    assert "open sesame" not in repr(tried)


def test_a_password_that_looks_like_a_code_does_not_spoil_the_conversation():
    assert try_script(SIGNS_IN, username="pm-relay", password="235").ok


def test_half_a_password_of_a_server_that_hangs_up_is_not_shown():
    script = SIGNS_IN | {"AUTH": drip("535 what is Correct  horse")}
    tried = try_script(script, username="pm-relay", password=PASSWORD, timeout=0.7)
    assert "horse" not in repr(tried)


@settings(max_examples=60, deadline=None)
@given(scripts)
def test_whatever_a_server_says_there_is_a_result_of_bounded_printable_text(script):
    with ScriptedServer(script) as it:
        server = server_at(
            it.port, username="alice", password="hunter2", timeout=0.1, total_timeout=0.3
        )
        tried = send_test(server, mail_from=SENDER, recipient=DANA, data=MESSAGE)
        assert not tried.ok or len(it.messages) == 1
    assert [one.label for one in tried.steps] == [*FIVE, "Recipient", "Message"]
    assert tried.ok == ("bad" not in {one.tone for one in tried.steps})
    assert tried.headline
    assert tried.advice
    texts = [tried.headline, tried.advice, *(one.text for one in tried.steps)]
    texts += [line.text for line in tried.transcript]
    assert all(text.isprintable() and len(text) <= 1_000 for text in texts)
    assert "hunter2" not in repr(tried)


# A self-signed certificate may be trusted by itself.


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_self_signed_certificate_is_shown_and_trusted_alone(tmp_path, scheme):
    context, pem = certificate(tmp_path, name=HOST)
    script = {"EHLO": [OFFERS_TLS, "250 x"]}
    with ScriptedServer(script, tls=context, smtps=scheme == "smtps") as it:
        shown = check_connection(server_at(it.port, scheme), mail_from=SENDER).certificate
    assert shown is not None
    assert shown.pem.split() == pem.split()
    assert shown.sha256 == ":".join(f"{b:02X}" for b in hashlib.sha256(der_of(pem)).digest())
    assert HOST in shown.subject
    assert try_script(script, scheme, tls=context, smtps=scheme == "smtps", ca=shown.pem).ok
    (tmp_path / "other").mkdir()
    other, _ = certificate(tmp_path / "other", name=HOST)
    tried = try_script(script, scheme, tls=other, smtps=scheme == "smtps", ca=shown.pem)
    assert (tried.ok, tones(tried)) == (False, "ggboo")
    assert tried.headline == "The server's certificate isn't the trusted one"
    assert "someone else is answering in its place" in tried.advice
    assert tried.certificate is not None  # it may have been renewed
    assert tried.certificate.sha256 != shown.sha256


def test_nothing_but_a_handshake_is_sent_to_see_it(tmp_path):
    context, _ = certificate(tmp_path, name=HOST)
    with ScriptedServer({"EHLO": [OFFERS_TLS, "250 x"]}, tls=context) as it:
        check_connection(server_at(it.port, **SIGN_IN), mail_from=SENDER)
        said = " ".join(it.commands).upper()
    assert "AUTH" not in said
    assert "MAIL" not in said


def test_what_an_authority_signed_is_not_offered_to_be_trusted_alone(tmp_path):
    tried = try_script({"EHLO": OFFERS_TLS}, tls=signed_certificate(tmp_path)[0])
    assert tried.certificate is None
    assert "the server's own isn't enough" in tried.advice


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
@pytest.mark.parametrize(
    ("made", "headline"),
    [
        ({"name": "other.example"}, "The server's certificate is for another name"),
        ({"name": HOST, "days": -1}, "The server's certificate has expired"),
    ],
)
def test_a_self_signed_one_that_does_not_hold_anyway_is_not_offered(
    tmp_path, scheme, made, headline
):
    context, _ = certificate(tmp_path, **made)
    tried = try_script({"EHLO": OFFERS_TLS}, scheme, tls=context, smtps=scheme == "smtps")
    assert (tried.headline, tones(tried), tried.certificate) == (headline, "ggboo", None)
    assert "self-signed" not in step(tried, "Encryption")[1]


@pytest.mark.parametrize("greeting", [CLOSE, HANG, "554 no more connections"])
def test_where_it_cannot_be_fetched_nothing_is_offered_and_it_is_said(good, greeting):
    script = {"greeting": ["220 x", greeting], "EHLO": OFFERS_TLS}
    tried = try_script(script, tls=good[0], timeout=0.3)
    assert (tried.headline, tones(tried)) == ("The server's certificate is self-signed", "ggboo")
    assert tried.certificate is None
    assert "couldn't be fetched" in tried.advice
    assert tried.milliseconds < 1_500


def test_a_server_that_dawdles_once_the_certificate_is_asked_for_is_given_up_in_time(good):
    script = {"greeting": ["220 x", drip(f"220 {'x' * 500}\r\n")], "EHLO": OFFERS_TLS}
    tried = try_script(script, tls=good[0], timeout=5.0, total_timeout=0.5)
    assert tried.certificate is None
    assert tried.milliseconds < 1_200


def test_one_that_could_not_be_tried_out_is_shown_all_the_same(good):
    script = {"greeting": ["220 x", "220 x", CLOSE], "EHLO": OFFERS_TLS}
    tried = try_script(script, tls=good[0])
    assert tried.certificate is not None
    assert tried.certificate.pem.split() == good[1].split()


def test_a_certificate_of_no_known_version_is_not_shown(tmp_path):
    """Its signature does not hold then; of a self-signed one nobody looks at that."""
    context, _ = certificate(tmp_path, name=HOST)
    (path,) = tmp_path.glob("*.pem")
    private = path.read_text().partition("-----BEGIN CERTIFICATE-----")[0]
    der = der_of(path.read_text().removeprefix(private))
    version = b"\xa0\x03\x02\x01"
    assert der.count(version + b"\x02") == 1
    odd = ssl.DER_cert_to_PEM_cert(der.replace(version + b"\x02", version + b"\x07"))
    path.write_text(private + odd)
    context.load_cert_chain(path)
    tried = try_script({"EHLO": OFFERS_TLS}, tls=context)
    assert (tried.ok, tones(tried), tried.certificate) == (False, "ggboo", None)
    assert Certificate.from_der(ssl.PEM_cert_to_DER_cert(odd)) is None


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@settings(max_examples=300, deadline=None)
@given(at=integers(0, 200), byte=integers(0, 255))
def test_whatever_bytes_come_as_a_certificate_are_read_or_not(good, at, byte):
    der = bytearray(der_of(good[1]))
    der[at] = byte
    read = Certificate.from_der(bytes(der))
    assert read is None or read.subject.isprintable()


def test_a_subject_is_printable_and_of_bounded_length(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    units = [
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"\u202e\n{n}" + "x" * 50)
        for n in range(20)
    ]
    made = (
        x509.CertificateBuilder(x509.Name(units), x509.Name(units), key.public_key(), 7)
        .not_valid_before(datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2026, 10, 3, tzinfo=datetime.UTC))
        .sign(key, hashes.SHA256())
    )
    read = Certificate.from_der(made.public_bytes(serialization.Encoding.DER))
    assert read is not None
    assert (len(read.subject), read.until) == (300, "3 Oct 2026")
    assert read.subject.isprintable()


def der_of(pem: str) -> bytes:
    return ssl.PEM_cert_to_DER_cert(pem)
