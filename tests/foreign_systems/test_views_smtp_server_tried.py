"""The page of an SMTP server: trying it out, with the values as they are typed."""

import html
import re
import socket
import time
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from django.test import Client

from core.people.models import User
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.pool import bounce_address_for_test
from tests.factories import make_smtp_server, signed_in
from tests.foreign_systems.scripted_server import ScriptedServer, certificate
from tests.items.makers import as_opened, url
from tests.running_trial import free_port

pytestmark = pytest.mark.django_db


class Keeping:
    """What an aiosmtpd server has taken."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 Ok: queued as 7F2"


@pytest.fixture
def keeping() -> Iterator[Keeping]:
    """A real server on a free port, whose number is `keeping.port`."""
    handler = Keeping()
    handler.port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


def attempt(client: Client, server: ForeignSystem, *, htmx: bool = False, **changes: str) -> str:
    headers = {"HX-Request": "true"} if htmx else {}
    data = as_opened(server, **{"test": "connection", **changes})
    response = client.post(url(server, "test"), data, headers=headers)
    return html.unescape(response.content.decode())


def by_mail(client: Client, address: str) -> Client:
    User.objects.filter(pk=client.session["_auth_user_id"]).update(email=address)
    return client


def listening() -> socket.socket:
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    found.listen()
    found.settimeout(0.2)
    return found


def test_the_connection_is_tried_with_the_values_as_typed(keeping: Keeping) -> None:
    server, client = make_smtp_server(1), signed_in()
    page = attempt(client, server, base_url=f"smtp://127.0.0.1:{keeping.port}", name="Typed")
    assert "The server accepts our mail" in page
    assert "Server responses" in page
    assert 'value="Typed"' in page  # the whole page comes back as it was typed
    server.refresh_from_db()
    assert server.version == 1
    assert keeping.taken == []


def test_with_htmx_the_result_alone_comes_back(keeping: Keeping) -> None:
    page = attempt(signed_in(), make_smtp_server(keeping.port), htmx=True)
    assert "The server accepts our mail" in page
    assert "<html" not in page


def test_a_closed_port_is_told_in_plain_words() -> None:
    page = attempt(signed_in(), make_smtp_server(1))
    assert "The connection was refused" in page
    assert "nothing is listening on port 1" in page


def test_a_refused_ehlo_name_is_told_with_the_field_to_change() -> None:
    refusal = "501 5.5.2 <pm>: Helo command rejected: Invalid name"
    with ScriptedServer({"EHLO": refusal, "HELO": refusal}) as it:
        page = attempt(signed_in(), make_smtp_server(it.port))
    assert "The server refused our EHLO Name" in page
    assert "Invalid name" in page


def test_a_refused_form_is_not_tried() -> None:
    page = attempt(signed_in(), make_smtp_server(1), htmx=True, base_url="http://x")
    assert "Not tested." in page
    assert "Base URL can't begin with http://" in page


def test_without_scripts_a_refused_form_comes_back_as_typed_and_nothing_is_dialled() -> None:
    with listening() as trap:
        server = make_smtp_server(trap.getsockname()[1])
        data = as_opened(server, test="connection", name="Typed", connection_limit="0")
        response = signed_in().post(url(server, "test"), data)
        with pytest.raises(TimeoutError):
            trap.accept()
    page = html.unescape(response.content.decode())
    assert response.status_code == 422
    assert "Connection Limit: enter a whole number from 1 to 100." in page
    assert 'value="Typed"' in page


def test_a_test_e_mail_goes_to_the_person_who_asks_and_to_nobody_else(keeping: Keeping) -> None:
    client = by_mail(signed_in(), "sam@example.com")
    server = make_smtp_server(keeping.port)
    page = attempt(client, server, test="email")
    assert "The test email was accepted" in page
    assert "250 2.0.0 Ok: queued as 7F2" in page
    ((sender, recipients, content),) = keeping.taken
    assert (sender, recipients) == (bounce_address_for_test(server), ["sam@example.com"])
    assert f"From: pmconsole approvals <{server.typed.from_address}>".encode() in content
    assert b"Subject: pmconsole: test email" in content
    assert b"Auto-Submitted: auto-generated" in content


def test_without_bounce_addresses_a_test_goes_out_as_default_from(keeping: Keeping) -> None:
    client = by_mail(signed_in(), "sam@example.com")
    server = make_smtp_server(keeping.port)
    attempt(client, server, test="email", bounce_addresses=[])  # type: ignore[arg-type]
    ((sender, _, _),) = keeping.taken
    assert sender == server.typed.from_address


def test_somebody_without_an_address_is_told_so(keeping: Keeping) -> None:
    page = attempt(signed_in(), make_smtp_server(keeping.port), test="email")
    assert "Your profile has no email address" in page
    assert keeping.taken == []


def test_a_servers_words_are_only_text() -> None:
    with ScriptedServer({"greeting": "554 <script>alert(1)</script>\u202e"}) as it:
        data = as_opened(make_smtp_server(it.port), test="connection")
        response = signed_in().post(url(the_only_server(), "test"), data)
    assert b"<script>alert" not in response.content
    assert b"&lt;script&gt;" in response.content


def the_only_server() -> ForeignSystem:
    return ForeignSystem.objects.get()


def test_a_secret_is_not_shown_even_if_the_server_repeats_it() -> None:
    credential = Credential(name="Relay", account_name="pm-relay")
    credential.set_secret("correct horse battery")
    credential.save()
    script = {"EHLO": "250-x\n250 AUTH PLAIN", "AUTH": "535 correct horse battery is wrong"}
    with ScriptedServer(script) as it:
        server = make_smtp_server(it.port)
        page = attempt(signed_in(), server, credential=str(credential.pk))
    assert "The server refused the sign-in" in page
    assert "correct horse battery" not in page


@pytest.mark.parametrize("test", ["connection", "email", "trust"])
def test_with_an_old_password_nothing_is_dialled(test: str) -> None:
    """Else whoever finds a session open could have the secret sent to a host of his own."""
    client = by_mail(signed_in(), "sam@example.com")
    session = client.session
    session["password_entered_at"] = int(time.time()) - 3600
    session.save()
    with listening() as trap:
        server = make_smtp_server(trap.getsockname()[1])
        page = attempt(client, server, test=test)
        assert "Enter your password." in page
        with pytest.raises(TimeoutError):
            trap.accept()


@pytest.mark.parametrize("role", ["Auditors", "Helpdesk", "Users"])
def test_who_may_only_look_tries_nothing(role: str) -> None:
    with listening() as trap:
        server = make_smtp_server(trap.getsockname()[1])
        assert signed_in(role).post(url(server, "test"), as_opened(server)).status_code == 403
        with pytest.raises(TimeoutError):
            trap.accept()


def test_a_trial_refuses_other_machines_and_says_how_to_allow_them() -> None:
    page = attempt(signed_in(), make_smtp_server(), base_url="smtp://192.0.2.1:25")
    assert "This trial connects to this machine only" in page
    assert "--real-mail" in page


def test_trusting_a_certificate_puts_it_into_the_form_and_saves_nothing(tmp_path) -> None:
    context, pem = certificate(tmp_path)
    client = signed_in()
    with ScriptedServer({"EHLO": ["250-x\n250 STARTTLS", "250 x"]}, tls=context) as it:
        server = make_smtp_server(it.port)
        page = attempt(client, server, name="Typed")
        assert "The server presented this certificate." in page
        shown = re.search(r"-----BEGIN CERTIFICATE-----[^\"<]+", page)
        assert shown is not None
        page = attempt(client, server, name="Typed", trust=shown[0])
    assert "The certificate was added to Certificate Authority below." in page
    assert "data-dirty" in page
    assert 'value="Typed"' in page
    assert "".join(pem.split()) in "".join(page.split())
    server.refresh_from_db()
    assert (server.version, server.settings["ca"]) == (1, "")


def test_what_is_no_certificate_is_not_trusted() -> None:
    page = attempt(signed_in(), make_smtp_server(), trust="nonsense")
    assert "Paste only certificates in PEM form" in page
