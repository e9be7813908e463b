"""The page of an SMTP server: what Create asks, the default, the environment's, and trying it out."""

import html
import re
import socket
import time
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from django.test import Client

from core.actors import Actor
from core.alerts.models import Alert
from core.people.models import User
from foreign_systems.circuits import close_circuit, open_circuit
from foreign_systems.environment import provide_smtp_server
from foreign_systems.models import Circuit, Credential, ForeignSystem
from foreign_systems.pool import bounce_address_for_test
from items.author import Author
from items.family import family_of
from items.models import changes_of
from items.services import save_item
from items.values import as_data
from tests.factories import make_smtp_server, signed_in
from tests.foreign_systems.scripted_server import ScriptedServer, certificate
from tests.items.makers import as_opened, save, url

pytestmark = pytest.mark.django_db
SERVERS = "/configuration/foreign-systems/smtp-server/"
FROM = "approvals@pm.example.com"


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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        handler.port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


def create(client: Client, **values: str) -> str:
    given = {"name": "Corporate Relay", "base_url": "smtp://mail.example.com"}
    response = client.post(f"{SERVERS}create/", {**given, **values}, follow=True)
    return html.unescape(response.content.decode())


def the(name: str) -> ForeignSystem:
    return ForeignSystem.objects.get(name=name)


def attempt(client: Client, server: ForeignSystem, *, htmx: bool = False, **changes: str) -> str:
    headers = {"HX-Request": "true"} if htmx else {}
    data = as_opened(server, **{"test": "connection", **changes})
    response = client.post(url(server, "test"), data, headers=headers)
    return html.unescape(response.content.decode())


def by_mail(client: Client, address: str) -> Client:
    User.objects.filter(pk=client.session["_auth_user_id"]).update(email=address)
    return client


# Making one.


def test_a_name_and_a_base_url_are_all_that_create_asks() -> None:
    create(signed_in())
    server = the("Corporate Relay")
    assert server.settings["base_url"] == "smtp://mail.example.com:25"
    assert server.settings["from_address"] == FROM
    assert (server.is_default, server.credential) == (True, None)


@pytest.mark.parametrize(
    ("base_url", "said"),
    [
        ("http://mail.example.com", "Base URL can't begin with http://"),
        ("mail.example.com:25", "Base URL doesn't begin with smtp://"),
        ("smtp://", "Base URL names no server."),
        ("smtp://mail.example.com:99999", "a port that isn't a number from 1 to 65535"),
        ("smtp://user:pass@mail.example.com", "Choose a credential for it instead."),
        ("smtp://mail.example.com/path", "something after the server's name and port"),
        ("", "Enter the Base URL."),
    ],
)
def test_a_base_url_that_cannot_be_used_is_refused_with_what_is_wrong(
    base_url: str, said: str
) -> None:
    page = create(signed_in(), base_url=base_url)
    assert page.count(said) == 2  # at the field and in the summary
    assert 'value="Corporate Relay"' in page
    assert f'value="{base_url}"' in page or not base_url
    assert not ForeignSystem.objects.exists()


def test_the_refusal_shows_an_example() -> None:
    page = create(signed_in(), base_url="http://mail.example.com")
    assert "for example smtp://mail.example.com:25" in page


def test_limits_are_named_where_they_are_broken() -> None:
    server = make_smtp_server()
    page = save(signed_in(), server, connection_limit="0", timeout="one")
    assert page.count("Connection Limit: enter a whole number from 1 to 100.") == 2
    assert "Timeout: enter a whole number from 1 to 300." in page


def test_a_new_server_introduces_itself_by_the_consoles_own_name(settings) -> None:
    settings.PUBLIC_URL = "https://pm.example.com:8443"
    create(signed_in())
    assert the("Corporate Relay").settings["ehlo_name"] == "pm.example.com"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("PM.Example.com", "pm.example.com"), ("[192.0.2.7]", "[192.0.2.7]"), ("", "")],
)
def test_an_ehlo_name_is_stored_as_it_is_sent(typed: str, stored: str) -> None:
    server = make_smtp_server()
    save(signed_in(), server, ehlo_name=typed, timeout="9")
    server.refresh_from_db()
    assert server.settings["ehlo_name"] == stored


@pytest.mark.parametrize("typed", ["localhost", "pm example.com", "[nonsense]", "[IPv6:192.0.2.7]"])
def test_what_is_no_ehlo_name_is_refused_with_an_example(typed: str) -> None:
    page = save(signed_in(), make_smtp_server(), ehlo_name=typed)
    assert "EHLO Name isn't a valid name" in page
    assert "pm.example.com" in page


def test_a_refused_ehlo_name_is_told_with_the_field_to_change() -> None:
    refusal = "501 5.5.2 <pm>: Helo command rejected: Invalid name"
    with ScriptedServer({"EHLO": refusal, "HELO": refusal}) as it:
        page = attempt(signed_in(), make_smtp_server(it.port))
    assert "The server refused our EHLO Name" in page
    assert "Invalid name" in page


def test_second_servers_are_one_deep() -> None:
    client = signed_in()
    first = make_smtp_server()
    create(client, name="Second")
    create(client, name="Third")
    second, third = the("Second"), the("Third")
    save(client, first, second=str(second.pk))
    first.refresh_from_db()
    assert first.second == second
    assert f"{first} has a second server itself" in save(client, third, second=str(first.pk))
    assert f"second one of {first}" in save(client, second, second=str(third.pk))


def test_a_name_for_the_from_with_a_hidden_character_is_refused() -> None:
    page = save(signed_in(), make_smtp_server(), from_name="pm\u202econsole")
    assert "Remove the hidden character" in page


@pytest.mark.parametrize("text", ["-----BEGIN NONSENSE-----", "Zertifikat für Ümläüte"])
def test_what_is_no_certificate_is_refused_and_not_shown_again(text: str) -> None:
    page = save(signed_in(), make_smtp_server(), ca=text)
    assert "Paste only certificates in PEM form" in page
    assert text not in page


def test_a_private_key_is_refused_and_neither_stored_nor_shown_again(tmp_path) -> None:
    _, pem = certificate(tmp_path)
    server = make_smtp_server()
    page = save(signed_in(), server, ca=f"{pem}\n-----BEGIN PRIVATE KEY-----\nMIIsecret")
    assert "nothing of it was kept" in page
    assert "MIIsecret" not in page
    assert (server.settings["ca"], server.version) == ("", 1)


# The default.


def test_the_second_server_is_not_the_default() -> None:
    client = signed_in()
    create(client)
    create(client, name="Second")
    assert the("Corporate Relay").is_default
    assert not the("Second").is_default


def test_another_one_takes_its_place_and_both_have_a_history_of_it() -> None:
    client = signed_in()
    create(client)
    create(client, name="Second")
    save(client, the("Second"), is_default="on")
    assert the("Second").is_default
    assert not the("Corporate Relay").is_default
    for name, old, new in (("Second", "No", "Yes"), ("Corporate Relay", "Yes", "No")):
        newest = changes_of(ForeignSystem, the(name).pk).first()
        assert newest is not None
        assert newest.fields == [["Default Server", old, new]]


def test_the_default_is_not_just_switched_off() -> None:
    client = signed_in()
    create(client)
    page = save(client, the("Corporate Relay"), is_default=[])  # type: ignore[arg-type]
    assert "open another server and make it the default" in page
    assert the("Corporate Relay").is_default


def test_the_default_is_not_deleted_while_there_are_others() -> None:
    client = signed_in()
    create(client)
    create(client, name="Second")
    response = client.post(url(the("Corporate Relay"), "delete"))
    assert response.status_code == 409
    assert "Make another server the default first." in response.content.decode()
    assert client.post(url(the("Second"), "delete")).status_code == 302
    assert client.post(url(the("Corporate Relay"), "delete")).status_code == 302


# The environment's.


def test_the_environments_server_is_marked_and_amended_values_stay(settings) -> None:
    settings.SMTP_URL = "smtp://mail.example.com"
    provide_smtp_server(settings.SMTP_URL, from_address=FROM)
    server, client = the("SMTP Server"), signed_in()
    page = client.get(url(server)).content.decode()
    assert "provided by the environment" in page
    assert "Saved." in save(client, server, base_url="smtp://other.example.com:2525")
    provide_smtp_server("smtp://mail.example.com", from_address=FROM)  # a restart
    server.refresh_from_db()
    assert server.settings["base_url"] == "smtp://other.example.com:2525"
    assert server.from_environment


def test_it_is_not_deleted_while_the_setting_would_bring_it_back(settings) -> None:
    settings.SMTP_URL = "smtp://u:p@mail.example.com"
    provide_smtp_server(settings.SMTP_URL, from_address=FROM)
    client, server = signed_in(), the("SMTP Server")
    response = client.post(url(server, "delete"))
    assert response.status_code == 409
    assert "Defined by SMTP_URL. Remove it there first." in response.content.decode()

    settings.SMTP_URL = ""
    assert "rovided by the environment" not in client.get(url(server)).content.decode()
    assert client.post(url(server, "delete")).status_code == 302
    settings.SMTP_URL = "smtp://u:p@mail.example.com"
    provide_smtp_server(settings.SMTP_URL, from_address=FROM)
    assert the("SMTP Server").from_environment


# Trying it out.


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
    assert f"From: pmconsole approvals <{FROM}>".encode() in content
    assert b"Subject: pmconsole: test email" in content
    assert b"Auto-Submitted: auto-generated" in content


def test_without_bounce_addresses_a_test_goes_out_as_default_from(keeping: Keeping) -> None:
    client = by_mail(signed_in(), "sam@example.com")
    server = make_smtp_server(keeping.port)
    attempt(client, server, test="email", bounce_addresses=[])  # type: ignore[arg-type]
    ((sender, _, _),) = keeping.taken
    assert sender == FROM


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


def listening() -> socket.socket:
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    found.listen()
    found.settimeout(0.2)
    return found


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


# What follows from a save.


def test_another_address_forgets_what_the_old_one_offered() -> None:
    server = make_smtp_server()
    Circuit.objects.create(system=server)
    close_circuit(server, saw_starttls=True)
    save(signed_in(), server, description="same address")
    assert Circuit.objects.get().saw_starttls
    save(signed_in(), server, base_url="smtp://127.0.0.1:2626")
    assert not Circuit.objects.get().saw_starttls


def test_what_was_put_right_is_tried_at_once() -> None:
    server = make_smtp_server()
    open_circuit(server, reason="535 wrong", alert=False, slowly=True)
    before = Circuit.objects.get().next_probe_at
    save(signed_in(), server, description="the secret is right now")
    after = Circuit.objects.get().next_probe_at
    assert before is not None
    assert after is not None
    assert after < before


def test_an_alert_leads_to_the_servers_page() -> None:
    server = make_smtp_server()
    open_circuit(server, reason="535 wrong", alert=True)
    assert Alert.objects.get().link == url(server)


def test_two_servers_that_become_the_default_at_once_are_one_default() -> None:
    """The second one's form was valid when it was checked; the database knows better."""
    client = signed_in()
    create(client)
    create(client, name="Second")
    create(client, name="Third")
    form = family_of(the("Second")).form_of(
        the("Second"), as_data(as_opened(the("Second"), is_default="on"))
    )
    assert form.is_valid()
    save(client, the("Third"), is_default="on")
    assert save_item(form, by=Author(Actor.of_system("Sam")))
    assert [server.name for server in ForeignSystem.objects.filter(is_default=True)] == ["Second"]
