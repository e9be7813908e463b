"""Another user of the machine on which a trial runs: he can connect to its mail server too."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import EmailMessage

import pytest
from django.db import connections
from django.test import Client

from approvals.inbox.listener import Listener, Received
from approvals.models import IncomingMail, OutgoingMail
from approvals.outbox import send_due
from foreign_systems.environment import provide_smtp_server
from tests.approvals.replies import address_of
from tests.factories import DANA, LEE, invitation_of, make_request, make_user
from trial import mail_server
from trial.mail_server import trial_listener
from trial.mailbox import Opened
from trial.messages import read_message
from trial.models import CapturedMail
from trial.run import choose_addresses

PASSWORD = "generated+/=:@"
TOKEN = "b" * 26
INJECTED = (
    b"From: approvals@pm.example.com\r\nTo: dana@example.com\r\nSubject: [PM-1] Approval needed\r\n"
    b"\r\nIn a browser: https://evil.example/d/" + TOKEN.encode() + b"\r\n"
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[Listener]:
    """A trial's real mail server."""
    monkeypatch.setenv("TRIAL_MAIL_PASSWORD", PASSWORD)
    listener = trial_listener(0)
    listener.start()
    monkeypatch.setenv("TRIAL_MAIL_PORT", str(listener.port))
    yield listener
    listener.stop()
    connections.close_all()


def make_received(raw: bytes) -> Received:
    return Received(raw, "", (DANA,), "127.0.0.1", verifies_senders=False, signed_in=True)


def client(server: Listener, password: str = "") -> smtplib.SMTP:
    smtp = smtplib.SMTP("127.0.0.1", server.port, "test", timeout=10)
    if password:
        smtp.login("trial", password)
    return smtp


def test_nobody_puts_mail_into_the_trial_mailbox_without_signing_in(server: Listener) -> None:
    with client(server) as smtp:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            smtp.sendmail("approvals@pm.example.com", [DANA, LEE], INJECTED)
        assert set(refused.value.recipients.values()) == {(530, b"5.7.0 Sign in first")}
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login("trial", "guessed")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.sendmail("approvals@pm.example.com", [DANA], INJECTED)
    assert not CapturedMail.objects.exists()


def test_a_reply_address_does_not_open_the_mailbox_of_somebody_else(server: Listener) -> None:
    known = address_of(invitation_of(make_request()))
    with client(server) as smtp:
        refused = smtp.sendmail("approvals@pm.example.com", [known, DANA], INJECTED)
    assert set(refused) == {DANA}
    assert not CapturedMail.objects.exists()
    assert IncomingMail.objects.count() == 1  # and it will be rejected: no finding was added


def test_replies_without_signing_in_fill_no_database(
    server: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has got hold of a reply address: what he sends is stored up to a limit."""
    monkeypatch.setattr(mail_server, "MAX_OF_STRANGERS", 2)
    known = address_of(invitation_of(make_request()))
    with client(server) as smtp:
        for number in range(2):
            smtp.sendmail(DANA, [known], f"Subject: {number}\r\n\r\nAPPROVE".encode())
        with pytest.raises(smtplib.SMTPDataError) as full:
            smtp.sendmail(DANA, [known], b"Subject: one more\r\n\r\nAPPROVE")
        with pytest.raises(smtplib.SMTPDataError) as large:
            smtp.sendmail(DANA, [known], b"\r\n" + (b"x" * 70 + b"\r\n") * 1500)
    assert (full.value.smtp_code, large.value.smtp_code) == (452, 552)
    assert IncomingMail.objects.count() == 2

    with client(server, PASSWORD) as smtp:
        smtp.sendmail(DANA, [known], b"From: dana@example.com\r\n\r\nHm")
    assert IncomingMail.objects.count() == 3


@pytest.mark.parametrize("idle", [60, 200])
def test_idle_connections_do_not_shut_out_the_trials_own_mail(server: Listener, idle: int) -> None:
    with ExitStack() as stack, client(server, PASSWORD) as earlier:
        for _ in range(idle):
            address = ("127.0.0.1", server.port)
            stack.enter_context(socket.create_connection(address, 10))
        with client(server, PASSWORD) as smtp:
            smtp.sendmail("approvals@pm.example.com", [DANA], b"Subject: late\r\n\r\n")
        earlier.sendmail("approvals@pm.example.com", [LEE], b"Subject: kept alive\r\n\r\n")
    assert set(CapturedMail.objects.values_list("subject", flat=True)) == {"late", "kept alive"}


def test_the_trials_own_mail_signs_in(server: Listener, tmp_path, settings) -> None:
    settings.TRIAL, settings.REAL_MAIL = True, False
    chosen = choose_addresses(tmp_path, port=0, real_mail=False, environment={})
    url = chosen["SMTP_URL"].replace(f":{chosen['TRIAL_MAIL_PORT']}", f":{server.port}")
    system = provide_smtp_server(url, from_address="approvals@pm.example.com")
    assert system is not None
    assert PASSWORD not in str(system.settings) + system.environment_url
    make_request()
    send_due()
    assert {mail.state for mail in OutgoingMail.objects.all()} == {"sent"}
    assert set(CapturedMail.objects.values_list("recipient", flat=True)) == {DANA, LEE}


@pytest.mark.parametrize(
    "link",
    [
        f"https://evil.example/d/{TOKEN}",
        f"http://testserver.evil.example/d/{TOKEN}",
        f"http://testserver@evil.example/d/{TOKEN}",
        f"http://testserver:8000/d/{TOKEN}",
        f"https://testserver/d/{TOKEN}",
        f"http://testserver/x/../d/{TOKEN}",
        f"http://testserver//evil.example/d/{TOKEN}",
        f"http://testserver/d/{TOKEN}c",
        f"http://testserver\\@evil.example/d/{TOKEN}",
        f"javascript:alert(1)//d/{TOKEN}",
    ],
)
@pytest.mark.parametrize("subtype", ["plain", "html"])
@pytest.mark.django_db
@pytest.mark.urls("tests.trial.trial_urls")
def test_the_decision_page_that_is_opened_is_this_consoles_own(
    link: str, subtype: str, settings, client: Client
) -> None:
    settings.PUBLIC_URL = "http://testserver"
    message = EmailMessage()
    message.set_content(f'<a href="{link}">x</a> {link}', subtype=subtype)
    mail = CapturedMail(recipient=DANA, subject="x")
    mail.set_raw(message.as_bytes())
    mail.save()
    client.force_login(make_user(role="Administrators"))
    page = client.get("/trial-mailbox/").content.decode()
    assert "Open the decision page" not in page
    assert Opened(mail, read_message(mail.raw())).decision_link == ""


@pytest.mark.django_db
def test_of_the_addresses_in_a_message_only_ours_is_linked(settings) -> None:
    settings.PUBLIC_URL = "http://testserver"
    ours = f"http://testserver/d/{TOKEN}"
    raw = f"\r\nhttps://evil.example/d/{TOKEN} https://evil.example/?{ours}.".encode()
    assert Opened(CapturedMail(), read_message(raw)).decision_link == ours


@pytest.mark.django_db
@pytest.mark.parametrize(("limit", "value"), [("MAX_KEPT", 3), ("MAX_KEPT_BYTES", 350)])
def test_captured_mail_is_kept_up_to_a_limit(
    limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_server, limit, value)
    received = make_received(b"Subject: 1\r\n\r\n" + b"x" * 86)
    for _ in range(6):
        mail_server.keep(received)
    assert CapturedMail.objects.count() == 3


@pytest.mark.django_db
def test_the_newest_message_is_kept_however_large_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_server, "MAX_KEPT_BYTES", 10)
    mail_server.keep(make_received(b"Subject: small\r\n\r\n"))
    mail_server.keep(make_received(b"Subject: large\r\n\r\n" + b"x" * 100))
    assert CapturedMail.objects.get().subject == "large"
