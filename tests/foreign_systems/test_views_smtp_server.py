"""The page of an SMTP server: what Create asks, the default, the environment's, what a save does."""

import html

import pytest
from django.test import Client

from core.actors import Actor
from core.alerts.models import Alert
from foreign_systems.circuits import close_circuit, open_circuit
from foreign_systems.environment import provide_smtp_server
from foreign_systems.models import Circuit, ForeignSystem
from items.author import Author
from items.family import family_of
from items.models import changes_of
from items.services import save_item
from items.values import as_data
from tests.factories import make_smtp_server, signed_in
from tests.foreign_systems.scripted_server import certificate
from tests.items.makers import as_opened, save, url

pytestmark = pytest.mark.django_db
SERVERS = "/configuration/foreign-systems/smtp-server/"
FROM = "approvals@pm.example.com"


def create(client: Client, **values: str) -> str:
    given = {"name": "Corporate Relay", "base_url": "smtp://mail.example.com"}
    response = client.post(f"{SERVERS}create/", {**given, **values}, follow=True)
    return html.unescape(response.content.decode())


def the(name: str) -> ForeignSystem:
    return ForeignSystem.objects.get(name=name)


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
