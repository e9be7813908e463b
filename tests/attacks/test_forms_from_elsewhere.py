"""Another site has a signed-in person's browser post to the console (CSRF)."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from core.people.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SAMPLES: dict[str, Any] = {
    "int": "1",
    "uuid": str(uuid.UUID(int=7)),
    "str": "x",
    "slug": "x",
    "path": "x",
}


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every address of the console with something in each part; the agents' are no browser's."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if route.startswith("agent/v1/"):
            continue
        if isinstance(entry, URLPattern):
            filled = re.sub(
                r"<(?:(\w+):)?\w+>", lambda part: SAMPLES.get(part[1] or "str", "x"), route
            )
            yield "/" + re.sub(r"[\^$?]|\\Z", "", filled)
        else:
            yield from addresses(entry, route)


@pytest.fixture
def sam() -> User:
    return make_user("sam", role="Administrators", email="sam@example.com")


def test_no_address_takes_a_form_without_the_token(sam: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sam)
    answered = {address: client.post(address).status_code for address in addresses(get_resolver())}
    assert len(answered) > 100
    # 404 and 405: nothing is there that takes a form.
    wrong = {where: status for where, status in answered.items() if status not in {403, 404, 405}}
    assert wrong == {}
    assert list(answered.values()).count(403) > 90


def test_nor_the_sign_in_with_the_right_password(sam: User) -> None:
    sam.set_password("correct horse battery")
    sam.save()
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in/", {"login": "sam", "password": "correct horse battery"})
    assert answer.status_code == 403
    assert "_auth_user_id" not in client.session


def test_a_token_of_somebody_else_and_another_sites_origin_are_refused(sam: User) -> None:
    client, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    token = re.search(
        r'name="csrfmiddlewaretoken" value="([^"]+)"', other.get("/sign-in/").content.decode()
    )
    assert token
    client.force_login(sam)
    client.get("/")
    sent = {"csrfmiddlewaretoken": token[1]}
    assert client.post("/sign-out/", sent).status_code == 403
    own = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/").content.decode())
    assert own
    sent = {"csrfmiddlewaretoken": own[1]}
    elsewhere = {"Origin": "https://evil.example.com"}
    assert client.post("/sign-out/", sent, headers=elsewhere).status_code == 403
    assert client.post("/sign-out/", sent).status_code == 302
