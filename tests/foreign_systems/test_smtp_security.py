"""What the SMTP client says in clear (nothing, wherever it can be helped) and whom it believes."""

import base64
from ipaddress import ip_address

import pytest

from foreign_systems.smtp import Answer, Blame, Connection, Kind, Server
from foreign_systems.smtp.dial import may_dial
from foreign_systems.smtp.opening import sign_in_is_safe
from foreign_systems.smtp_url import parse
from tests.foreign_systems.scripted_server import CLOSE, HANG, ScriptedServer, certificate, deliver

SENDER, DANA = "pm@c.example", "dana@a.example"
MESSAGE = b"Subject: x\r\n\r\nhello\r\n"
OFFERS_TLS = "250-x\n250 STARTTLS"
SIGN_IN = {"username": "alice", "password": "hunter2 ä"}


def server_at(port: int, scheme: str = "smtp", **settings) -> Server:
    values = {"timeout": 0.5, "total_timeout": 2.0} | settings
    return Server(parse(f"{scheme}://127.0.0.1:{port}"), **values)


def send(server: Server) -> Answer:
    return deliver(server, SENDER, DANA, MESSAGE)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("good"))


@pytest.fixture(scope="module")
def expired(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("expired"), days=-1)


@pytest.fixture(scope="module")
def misnamed(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("misnamed"), name="other.example")


def assert_stopped_before_mail(answer: Answer, server: ScriptedServer, words: str) -> None:
    assert (answer.kind, answer.blame, answer.alert) == (Kind.DEFERRED, Blame.DESTINATION, True)
    assert words in answer.text
    verbs = {command.split(" ")[0] for command in server.commands}
    assert not verbs & {"AUTH", "MAIL", "RCPT", "DATA"}


@pytest.mark.parametrize("scheme", ["smtp", "smtp+starttls"])
def test_starttls_is_used_when_offered(good, scheme):
    context, ca = good
    with ScriptedServer({"EHLO": [OFFERS_TLS, "250 x"]}, tls=context) as it:
        assert send(server_at(it.port, scheme, ca=ca)).kind is Kind.SENT
        assert it.encrypted
        assert [command.split(" ")[0] for command in it.commands[:4]] == [
            "ehlo",
            "STARTTLS",
            "ehlo",
            "MAIL",
        ]


def test_smtps_is_encrypted_from_the_first_byte(good):
    context, ca = good
    with ScriptedServer(tls=context, smtps=True) as it:
        assert send(server_at(it.port, "smtps", ca=ca)).kind is Kind.SENT
        assert it.encrypted


def test_an_offer_of_starttls_is_remembered_for_the_caller(good):
    context, ca = good
    with ScriptedServer({"EHLO": OFFERS_TLS}, tls=context) as it:
        connection = Connection(server_at(it.port, ca=ca))
        assert connection.deliver(SENDER, DANA, MESSAGE).kind is Kind.SENT
        assert connection.saw_starttls
        connection.close()


@pytest.mark.parametrize(
    ("scheme", "settings"), [("smtp+starttls", {}), ("smtp", {"requires_tls": True})]
)
def test_stripped_starttls_stops_everything(scheme, settings):
    with ScriptedServer({"EHLO": "250 AUTH PLAIN"}) as it:
        answer = send(server_at(it.port, scheme, **SIGN_IN, **settings))
        assert_stopped_before_mail(answer, it, "STARTTLS")


def test_starttls_that_was_offered_and_refused_is_not_done_without():
    with ScriptedServer({"EHLO": OFFERS_TLS, "STARTTLS": "501 no"}) as it:
        assert_stopped_before_mail(send(server_at(it.port)), it, "no")


def test_starttls_that_is_out_of_order_for_now_is_temporary_without_alert():
    with ScriptedServer({"EHLO": OFFERS_TLS, "STARTTLS": "454 4.3.0 later"}) as it:
        answer = send(server_at(it.port))
    assert (answer.kind, answer.code, answer.alert) == (Kind.DEFERRED, 454, False)


@pytest.mark.parametrize("scheme", ["smtp", "smtp+starttls", "smtps"])
@pytest.mark.parametrize(
    ("which", "trusted", "words"),
    [
        ("good", False, "self-signed"),
        ("expired", True, "expired"),
        ("misnamed", True, "IP address mismatch"),
    ],
)
def test_a_certificate_that_does_not_hold_stops_everything(request, scheme, which, trusted, words):
    context, ca = request.getfixturevalue(which)
    smtps = scheme == "smtps"
    with ScriptedServer({"EHLO": OFFERS_TLS}, tls=context, smtps=smtps) as it:
        answer = send(server_at(it.port, scheme, ca=ca if trusted else None, **SIGN_IN))
        assert_stopped_before_mail(answer, it, words)


def test_a_ca_that_is_no_pem_is_an_alert_not_a_crash(good):
    with ScriptedServer({"EHLO": OFFERS_TLS}, tls=good[0]) as it:
        answer = send(server_at(it.port, ca="-----BEGIN CERTIFICATE-----\nx"))
        assert_stopped_before_mail(answer, it, "isn't readable PEM")


def test_smtps_to_a_server_that_speaks_in_clear_is_an_alert():
    with ScriptedServer() as it:
        answer = send(server_at(it.port, "smtps"))
        assert_stopped_before_mail(answer, it, "TLS failed")


def test_text_injected_behind_the_reply_to_starttls_is_noticed(good):
    script = {"EHLO": OFFERS_TLS, "STARTTLS": "220 go ahead\n250 AUTH PLAIN"}
    with ScriptedServer(script, tls=good[0]) as it:
        answer = send(server_at(it.port, ca=good[1], **SIGN_IN))
        assert_stopped_before_mail(answer, it, "Unencrypted data")


@pytest.mark.parametrize("fault", [HANG, CLOSE])
def test_a_handshake_that_goes_nowhere_is_temporary(fault):
    with ScriptedServer({"greeting": fault}) as it:
        answer = send(server_at(it.port, "smtps"))
    assert (answer.kind, answer.blame, answer.alert) == (Kind.DEFERRED, Blame.DESTINATION, False)


# Signing in.


def test_auth_plain_sends_account_and_password_once():
    with ScriptedServer({"EHLO": "250-x\n250 AUTH CRAM-MD5 LOGIN PLAIN"}) as it:
        assert send(server_at(it.port, **SIGN_IN)).kind is Kind.SENT
        auth = [command for command in it.commands if command.startswith("AUTH")]
    assert auth == ["AUTH PLAIN " + base64.b64encode("\0alice\0hunter2 ä".encode()).decode()]


def test_auth_login_answers_both_questions():
    questions = ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 welcome"]
    with ScriptedServer({"EHLO": "250-x\n250 AUTH LOGIN", "AUTH": questions}) as it:
        assert send(server_at(it.port, **SIGN_IN)).kind is Kind.SENT
        assert base64.b64decode(it.commands[3]).decode() == "hunter2 ä"


def test_auth_plain_also_answers_a_server_that_asks_first():
    script = {"EHLO": "250-x\n250 AUTH PLAIN", "AUTH": ["334 ", "235 welcome"]}
    with ScriptedServer(script) as it:
        assert send(server_at(it.port, **SIGN_IN)).kind is Kind.SENT


@pytest.mark.parametrize(
    ("words", "alert"),
    [("535 5.7.8 wrong", True), ("538 5.7.11 encrypt first", True), ("454 4.7.0 later", False)],
)
def test_a_refused_sign_in_is_the_destinations_and_tried_once(words, alert):
    with ScriptedServer({"EHLO": "250-x\n250 AUTH PLAIN LOGIN", "AUTH": words}) as it:
        answer = send(server_at(it.port, **SIGN_IN))
        assert len([command for command in it.commands if command.startswith("AUTH")]) == 1
    assert (answer.kind, answer.blame) == (Kind.DEFERRED, Blame.DESTINATION)
    assert (answer.code, answer.alert) == (int(words[:3]), alert)


@pytest.mark.parametrize(
    "refusal", ["504 5.5.4 unknown mechanism", "501 5.5.2 cannot", "534 5.7.9 too weak"]
)
def test_a_mechanism_that_is_offered_but_refused_is_followed_by_the_next(refusal):
    script = {"EHLO": "250-x\n250 AUTH PLAIN LOGIN", "AUTH": [refusal, "334 ", "334 ", "235 ok"]}
    with ScriptedServer(script) as it:
        assert send(server_at(it.port, **SIGN_IN)).kind is Kind.SENT


def test_where_every_mechanism_is_refused_an_administrator_is_needed():
    script = {"EHLO": "250-x\n250 AUTH PLAIN LOGIN", "AUTH": "504 5.5.4 unknown mechanism"}
    with ScriptedServer(script) as it:
        answer = send(server_at(it.port, **SIGN_IN))
        assert len([command for command in it.commands if command.startswith("AUTH")]) == 2
    assert (answer.blame, answer.code, answer.alert) == (Blame.DESTINATION, 504, True)


@pytest.mark.parametrize(
    "echo", ["hunter2 ä", base64.b64encode(b"\0alice\0hunter2 \xc3\xa4").decode()]
)
def test_a_server_that_repeats_the_password_does_not_get_it_into_the_answer(echo):
    script = {"EHLO": "250-x\n250 AUTH PLAIN", "AUTH": f"535 what is {echo}?"}
    with ScriptedServer(script) as it:
        assert send(server_at(it.port, **SIGN_IN)).text == "what is …?"


def test_a_server_that_repeats_the_password_in_no_smtp_reply_does_not_get_it_into_the_answer():
    with ScriptedServer({"EHLO": "250-x\n250 AUTH PLAIN", "AUTH": "what is hunter2 ä?"}) as it:
        assert send(server_at(it.port, **SIGN_IN)).text == "Not an SMTP reply to AUTH: what is …?"


def test_a_password_that_looks_like_a_reply_code_signs_in():
    with ScriptedServer({"EHLO": "250-x\n250 AUTH PLAIN"}) as it:
        assert send(server_at(it.port, username="alice", password="235")).kind is Kind.SENT


def test_no_password_mechanism_offered_is_an_alert():
    with ScriptedServer({"EHLO": "250-x\n250 AUTH XOAUTH2"}) as it:
        assert_stopped_before_mail(send(server_at(it.port, **SIGN_IN)), it, "XOAUTH2")


@pytest.mark.parametrize(
    ("encrypted", "peer", "safe"),
    [
        (True, "192.0.2.1", True),
        (False, "127.0.0.1", True),
        (False, "127.8.9.10", True),
        (False, "::1", True),
        (False, "192.0.2.1", False),
        (False, "10.0.0.1", False),
        (False, "fe80::1%eth0", False),
        (False, "::ffff:10.0.0.1", False),
    ],
)
def test_without_tls_signing_in_is_for_loopback_only(encrypted, peer, safe):
    assert sign_in_is_safe(encrypted=encrypted, peer=peer) is safe


def test_the_repr_of_a_server_hides_the_password():
    assert "hunter2" not in repr(server_at(25, **SIGN_IN))


# Where it connects to.


@pytest.mark.parametrize(
    "found", [["192.0.2.1"], ["192.0.2.1", "2001:db8::1"], ["0.0.0.0"], ["::ffff:192.0.2.1"]]
)
def test_a_trial_connects_to_loopback_only_and_says_why(found):
    server = Server(parse("smtp://mail.example.com"), loopback_only=True, resolve=lambda _: found)
    answer = send(server)
    assert (answer.kind, answer.blame) == (Kind.DEFERRED, Blame.DESTINATION)
    assert "--real-mail" in answer.text


def test_the_address_that_was_checked_is_the_one_dialled():
    answers = iter([["127.0.0.1"], ["192.0.2.1"]])
    with ScriptedServer() as it:
        server = Server(
            parse(f"smtp://mail.example.com:{it.port}"),
            loopback_only=True,
            resolve=lambda _: next(answers),
        )
        assert send(server).kind is Kind.SENT
    assert next(answers) == ["192.0.2.1"]


@pytest.mark.parametrize(
    "found",
    [
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "fd20:ce::254",
        "224.0.0.1",
        "fe80::1%2",
        # The same in other dress.
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "::ffff:0:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::6464:64c8",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b:1:a9fe:a9:fe00::",
        "64:ff9b:1:a9:fe:a9fe::",
        "64:ff9b:1::a9:fea9:fe00:0",
        "2002:a9fe:a9fe::1",
        "2001:0:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:5601:5601",
        "2001:db8::5efe:a9fe:a9fe",
        "64:ff9b::e000:1",
    ],
)
def test_metadata_link_local_and_multicast_addresses_are_not_dialled(found):
    answer = send(Server(parse("smtp://mail.example.com"), resolve=lambda _: [found], timeout=0.2))
    assert (answer.kind, answer.alert) == (Kind.DEFERRED, True)
    assert "can't be a mail server's address" in answer.text


@pytest.mark.parametrize(
    "found",
    ["10.0.0.5", "fd00::25", "64:ff9b::a00:5", "64:ff9b:1::a00:5", "2002:c000:201::1", "::1"],
)
def test_addresses_that_carry_an_ordinary_one_may_be_dialled(found):
    assert may_dial(ip_address(found))


def test_the_next_address_is_tried_when_one_refuses():
    with ScriptedServer() as it:
        server = Server(
            parse(f"smtp://mail.example.com:{it.port}"),
            resolve=lambda _: ["127.0.0.2", "127.0.0.1"],
        )
        assert send(server).kind is Kind.SENT
