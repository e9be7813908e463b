"""Test Connection of a mailbox: each thing that can be wrong has words of its own."""

import base64
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from foreign_systems.imap.opening import sign_in
from foreign_systems.imap.wire import Wire
from foreign_systems.mailbox_test import MailboxReport, Wanted, check_mailbox
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.progress import Progress, Stopped
from foreign_systems.smtp.server import Server
from foreign_systems.smtp_url import IMAP, parse
from tests.foreign_systems.dovecot import ACCOUNT, DOVECOT_PASSWORD, Dovecot, needs_dovecot
from tests.foreign_systems.scripted_imap import ScriptedImap

WANTED = Wanted("INBOX", "Processed", "Failed", "reply@pm.example.com", ("mx.example.com",))
REPLY = (
    b"Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n"
    b"From: dana@example.com\r\nTo: reply+abc@pm.example.com\r\n\r\nYes\r\n"
)


def server(url: str, **values: object) -> Server:
    given = {"username": ACCOUNT, "password": DOVECOT_PASSWORD, "timeout": 2, "total_timeout": 15}
    return Server(parse(url, protocol=IMAP), **{**given, **values})  # type: ignore[arg-type]


def shown(report: MailboxReport) -> dict[str, str]:
    return {step.label: step.tone for step in report.steps}


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as running:
        yield running


def in_clear(dovecot: Dovecot, **values: object) -> Server:
    return server(f"imap+starttls://127.0.0.1:{dovecot.port}", **{"ca": dovecot.ca, **values})


@needs_dovecot
class TestARealServer:
    def test_missing_folders_are_named_and_made_on_request(self, dovecot: Dovecot) -> None:
        report = check_mailbox(in_clear(dovecot), WANTED)
        assert (report.ok, report.headline) == (False, "A folder is missing")
        assert report.missing == ("Processed", "Failed")
        assert check_mailbox(in_clear(dovecot), WANTED, create=True).missing == ()
        assert check_mailbox(in_clear(dovecot), WANTED).ok

    def test_a_mailbox_with_replies_only_is_fine_and_stays_as_it_is(self, dovecot: Dovecot) -> None:
        check_mailbox(in_clear(dovecot), WANTED, create=True)
        dovecot.deliver(REPLY)
        report = check_mailbox(in_clear(dovecot), WANTED)
        assert (report.ok, report.headline) == (True, "The mailbox can be read")
        assert set(shown(report).values()) == {"good"}
        assert dovecot.messages() == [REPLY]

    def test_other_mail_in_it_is_counted(self, dovecot: Dovecot) -> None:
        check_mailbox(in_clear(dovecot), WANTED, create=True)
        dovecot.deliver(REPLY.replace(b"reply+abc", b"info"))
        report = check_mailbox(in_clear(dovecot), WANTED)
        assert report.ok
        assert report.headline == "The mailbox can be read; it is shared with other mail"
        assert "addressed to reply+…@pm.example.com" in report.advice

    def test_results_of_another_name_are_told_with_that_name(self, dovecot: Dovecot) -> None:
        check_mailbox(in_clear(dovecot), WANTED, create=True)
        dovecot.deliver(REPLY)
        report = check_mailbox(
            in_clear(dovecot), replace(WANTED, authserv_ids=("mail.example.com",))
        )
        assert (report.ok, report.headline) == (False, "Replies here couldn't be verified")
        assert "mx.example.com, and Authentication Servers names mail.example.com" in report.advice

    def test_an_inbox_that_does_not_exist_is_never_made(self, dovecot: Dovecot) -> None:
        report = check_mailbox(in_clear(dovecot), replace(WANTED, inbox="Replies"), create=True)
        assert report.headline == "The folder Replies doesn't exist"

    def test_a_wrong_password_is_told_in_the_servers_words(self, dovecot: Dovecot) -> None:
        report = check_mailbox(in_clear(dovecot, password="wrong horse"), WANTED)
        assert report.headline == "The server refused the sign-in"
        assert "“[AUTHENTICATIONFAILED] Authentication failed.”" in report.advice
        assert "wrong horse" not in str(report)

    @pytest.mark.parametrize("scheme", ["imaps", "imap+starttls"])
    def test_a_self_signed_certificate_can_be_trusted(self, dovecot: Dovecot, scheme: str) -> None:
        port = dovecot.tls_port if scheme == "imaps" else dovecot.port
        report = check_mailbox(server(f"{scheme}://127.0.0.1:{port}"), WANTED)
        assert report.headline == "The server's certificate is self-signed"
        assert report.certificate
        assert report.certificate.pem == dovecot.ca
        trusting = server(f"{scheme}://127.0.0.1:{port}", ca=report.certificate.pem)
        assert shown(check_mailbox(trusting, WANTED))["Sign-in"] == "good"

    def test_starttls_taken_for_tls_and_the_other_way_round(self, dovecot: Dovecot) -> None:
        report = check_mailbox(server(f"imaps://127.0.0.1:{dovecot.port}"), WANTED)
        assert report.headline == "This port doesn't start with TLS"
        assert f"imap+starttls://127.0.0.1:{dovecot.port}" in report.advice
        wrong = server(f"imap+starttls://127.0.0.1:{dovecot.tls_port}", timeout=0.5)
        report = check_mailbox(wrong, WANTED)
        assert report.headline == "This port speaks TLS from the first byte"
        assert f"imaps://127.0.0.1:{dovecot.tls_port}" in report.advice


def attempt(script: dict[str, str], host: str = "127.0.0.1", **values: object) -> MailboxReport:
    with ScriptedImap(script) as scripted:
        at_home = {"resolve": lambda name: ["127.0.0.1"], **values}
        return check_mailbox(server(f"imap://{host}:{scripted.port}", **at_home), WANTED)


@pytest.mark.parametrize("refusal", ["NO AUTHENTICATE failed.", "NO LOGIN failed."])
@pytest.mark.parametrize("host", ["outlook.office365.com", "OUTLOOK.OFFICE.COM"])
def test_microsoft_without_passwords_has_words_of_its_own(host: str, refusal: str) -> None:
    report = attempt({"AUTHENTICATE": refusal}, host)
    assert report.headline == "Microsoft doesn't accept passwords for IMAP"
    assert "OAuth 2.0" in report.advice


def test_google_without_app_password_has_words_of_its_own() -> None:
    said = "NO [ALERT] Application-specific password required: https://support.google.com/…"
    report = attempt({"AUTHENTICATE": said}, "imap.gmail.com")
    assert report.headline == "Google wants an app password or OAuth 2.0"


def test_a_server_without_passwords_says_so() -> None:
    report = attempt({"capabilities": "IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2"})
    assert report.headline == "The server doesn't let us sign in this way"
    assert "it offers: XOAUTH2" in report.advice


def test_what_is_no_imap_is_recognised() -> None:
    with ScriptedImap() as scripted:
        scripted.script["greeting"] = "HTTP/1.1 400 Bad Request"
        report = check_mailbox(server(f"imap://127.0.0.1:{scripted.port}"), WANTED)
    assert report.headline == "Something other than an IMAP server answered"


def test_login_is_used_where_the_server_offers_nothing_else_and_its_secret_is_never_shown() -> None:
    with ScriptedImap(
        {"capabilities": "IMAP4rev1", "LOGIN": f"NO {DOVECOT_PASSWORD}?"}
    ) as scripted:
        report = check_mailbox(server(f"imap://127.0.0.1:{scripted.port}"), WANTED)
    assert f'LOGIN "{ACCOUNT}" "{DOVECOT_PASSWORD}"' in scripted.heard
    assert DOVECOT_PASSWORD not in str(report)
    assert "********" in str(report.transcript)


def test_an_account_name_cannot_smuggle_a_command() -> None:
    with ScriptedImap({"capabilities": "IMAP4rev1"}) as scripted:
        name = 'a" "b"\r\nA1 DELETE INBOX'
        check_mailbox(server(f"imap://127.0.0.1:{scripted.port}", username=name), WANTED)
    assert [each for each in scripted.heard if "DELETE" in each] == []


def test_nobody_signs_in_without_tls_but_to_this_machine() -> None:
    with ScriptedImap() as scripted:
        connected = socket.create_connection(("127.0.0.1", scripted.port))
        deadline = Deadline(step=2, total=10)
        wire = Wire(connected, host="mail.example.com", peer="192.0.2.1", deadline=deadline)
        with pytest.raises(Stopped, match="would travel unencrypted"):
            sign_in(wire, server("imap://mail.example.com"), Progress())
        wire.shutdown()
    assert scripted.heard == ["CAPABILITY"]


def test_what_is_said_in_clear_behind_starttls_is_never_read_as_encrypted() -> None:
    script = {
        "capabilities": "IMAP4rev1 STARTTLS AUTH=PLAIN",
        "STARTTLS": "OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN",
    }
    with ScriptedImap(script) as scripted:
        report = check_mailbox(server(f"imap+starttls://127.0.0.1:{scripted.port}"), WANTED)
    assert not report.ok
    assert base64.b64encode(DOVECOT_PASSWORD.encode()).decode() not in str(scripted.heard)
    assert "AUTHENTICATE PLAIN" not in scripted.heard
