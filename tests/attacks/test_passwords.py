"""Somebody at another one's screen, or who guesses passwords, or locks others out."""

import html
import time
from typing import Any

import pytest
from django.test import Client

from core.audit.models import Entry, Payload
from core.people.models import User
from core.people.password import FRESH
from foreign_systems.models import Credential, ForeignSystem
from tests.factories import make_process, make_smtp_server, make_user
from tests.foreign_systems.scripted_server import ScriptedServer
from tests.items.makers import as_opened, url

pytestmark = pytest.mark.django_db
PASSWORD, SECRET = "sesame-open-12", "correct horse battery"
HERE, ELSEWHERE = "192.0.2.40", "198.51.100.7"


@pytest.fixture
def sam() -> User:
    return make_user("sam", role="Administrators", email="sam@example.com", password=PASSWORD)


def sign_in(name: str, password: str, address: str = HERE) -> bool:
    client = Client(REMOTE_ADDR=address)
    client.post("/sign-in/", {"login": name, "password": password})
    return "_auth_user_id" in client.session


def signed_in_long_ago(sam: User, address: str = HERE) -> Client:
    client = Client(REMOTE_ADDR=address)
    client.force_login(sam)
    session = client.session
    session["password_entered_at"] = int(time.time()) - FRESH - 1
    session.save()
    return client


def attempt(client: Client, item: Any, password: str, page: str = "") -> str:
    item.refresh_from_db()
    sent = as_opened(item, description="Typed.", name="Copy") if not page else {"name": "Copy"}
    sent |= {"confirm_password": [password]}
    target = url(item, page) if page else url(item)
    return html.unescape(client.post(target, sent, follow=True).content.decode())


@pytest.mark.parametrize("page", ["", "delete", "duplicate"])
def test_guessing_at_a_recheck_ends_the_session_and_leaves_a_trace(sam: User, page: str) -> None:
    client, process = signed_in_long_ago(sam), make_process()
    for _ in range(4):
        assert "Incorrect password. Nothing was changed." in attempt(client, process, "no", page)
    assert "Too many wrong passwords. You are signed out" in attempt(client, process, "no", page)
    assert "_auth_user_id" not in client.session

    attempt(client, process, PASSWORD, page)
    process.refresh_from_db()
    assert process.version == 1
    entries = Entry.objects.filter(verb="wrong password", object_id=str(sam.pk))
    assert entries.count() == 5
    text = Payload.objects.get(entry=entries.order_by("-pk")[0]).text
    assert HERE in text
    assert '"session_ended": true' in text
    assert '"no"' not in text


def test_a_recheck_and_sign_in_count_together(sam: User) -> None:
    for _ in range(3):
        assert not sign_in("sam", "wrong")
    client, process = signed_in_long_ago(sam), make_process()
    attempt(client, process, "wrong")
    assert "You are signed out" in attempt(client, process, "wrong")
    assert not sign_in("sam", PASSWORD)
    assert sign_in("sam", PASSWORD, ELSEWHERE)


def test_right_passwords_and_empty_fields_count_for_nothing(sam: User) -> None:
    process = make_process()
    for _ in range(7):
        client = signed_in_long_ago(sam)
        assert "Enter your password. Nothing was changed." in attempt(client, process, "")
        attempt(client, process, PASSWORD)
        assert "_auth_user_id" in client.session


SPELLINGS = ["sam", "SAM", "Sam", " sam ", "sam@example.com", "SAM@Example.COM"]


def test_five_wrong_ones_are_five_by_whatever_spelling(sam: User) -> None:
    for name in SPELLINGS[1:]:
        assert not sign_in(name, "wrong")
    for name in SPELLINGS:
        assert not sign_in(name, PASSWORD), name


def test_nobody_locks_out_somebody_elsewhere(sam: User) -> None:
    for _ in range(9):
        assert not sign_in("sam", "wrong", HERE)
    assert sign_in("sam", PASSWORD, ELSEWHERE)


def test_an_address_has_a_limit_whoever_it_says_it_is(sam: User) -> None:
    for number in range(10):
        assert not sign_in(f"nobody{number}", "wrong")
    assert not sign_in("sam", PASSWORD)
    assert sign_in("sam", PASSWORD, ELSEWHERE)


def test_a_customer_of_ipv6_has_one_address(sam: User) -> None:
    for number in range(5):
        assert not sign_in("sam", "wrong", f"2001:db8::{number + 1}")
    assert not sign_in("sam", PASSWORD, "2001:db8::99")
    assert sign_in("sam", PASSWORD, "2001:db8:0:1::1")


def test_a_forged_forwarding_header_is_no_other_address(sam: User) -> None:
    for number in range(6):
        client = Client(REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
        client.post("/sign-in/", {"login": "sam", "password": "wrong"})
    assert not sign_in("sam", PASSWORD)


@pytest.mark.parametrize("kind", ["connection", "email"])
def test_a_test_is_recorded_with_address_and_credential(sam: User, kind: str) -> None:
    credential = Credential(name="Relay account", account_name="pm-relay")
    credential.set_secret(SECRET)
    credential.save()
    with ScriptedServer() as server:
        system = make_smtp_server(server.port)
        ForeignSystem.objects.filter(pk=system.pk).update(credential=credential)
        system.refresh_from_db()
        client = Client(REMOTE_ADDR=HERE)
        client.force_login(sam)
        session = client.session
        session["password_entered_at"] = int(time.time())
        session.save()
        client.post(f"{url(system)}test/", as_opened(system) | {"test": [kind]})
    entry = Entry.objects.exclude(verb="sign in").get()
    text = Payload.objects.get(entry=entry).text
    assert entry.verb == {"connection": "test connection", "email": "send test email"}[kind]
    assert (entry.actor_kind, entry.actor_id, entry.object_id) == (
        "user",
        str(sam.pk),
        str(system.pk),
    )
    assert f"smtp://127.0.0.1:{server.port}" in text
    assert "Relay account" in text
    assert HERE in text
    assert SECRET not in text


def test_a_test_asks_for_the_password_too(sam: User) -> None:
    system, client = make_smtp_server(), signed_in_long_ago(sam)
    for _ in range(5):
        sent = as_opened(system) | {"test": ["connection"], "confirm_password": ["wrong"]}
        response = client.post(f"{url(system)}test/", sent, headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == "/sign-in/"
    assert "_auth_user_id" not in client.session
    assert not Entry.objects.filter(verb="test connection").exists()


def test_restoring_asks_where_its_button_is(sam: User) -> None:
    client, process = signed_in_long_ago(sam), make_process()
    attempt(client, process, PASSWORD)
    for description in ("One.", "Two."):
        process.refresh_from_db()
        client.post(url(process), as_opened(process, description=description))
    process.refresh_from_db()
    session = client.session
    session["password_entered_at"] = int(time.time()) - FRESH - 1
    session.save()
    history = url(process, "history")
    page = client.get(f"{history}?version=3").content.decode()
    assert "Your Password" in page.partition("Restore this version")[0].rpartition("<form")[2]

    restore = f"{history}3/restore/"
    assert client.post(restore, {"confirm_password": "wrong"}).status_code == 422
    client.post(restore, {"confirm_password": PASSWORD})
    process.refresh_from_db()
    assert process.description == "One."
