"""A person signs in for a credential's refresh token in the browser."""

import base64
import hashlib
import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.factories import signed_in
from tests.foreign_systems.token_server import GRANTED, Provider, begin, make_credential, stored

pytestmark = pytest.mark.django_db


def the_link(page: str) -> tuple[str, dict[str, str]]:
    found = re.search(r'href="(https://login\.example\.com/authorize\?[^"]+)"', page)
    assert found is not None
    parts = urlsplit(found[1])
    return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}


def come_back(client: Client, **query: str) -> str:
    response = client.get("/configuration/credentials/signed-in/", query, follow=True)
    return html.unescape(response.content.decode())


def test_in_the_browser_a_code_comes_back_that_only_who_began_can_redeem(
    provider: Provider, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://pm.example.com"
    provider.answers = [GRANTED]
    credential, client = make_credential(provider), signed_in()
    _, query = the_link(begin(client, credential, "browser"))
    back = "https://pm.example.com/configuration/credentials/signed-in/"
    assert (query["redirect_uri"], query["code_challenge_method"]) == (back, "S256")
    assert query["scope"] == "IMAP.AccessAsUser.All offline_access"
    assert "Signed in." in come_back(client, state=query["state"], code="c-1")
    ((_, form),) = provider.asked
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == query["code_challenge"]
    assert (form["grant_type"], form["code"]) == ("authorization_code", "c-1")
    assert form["redirect_uri"] == back
    assert stored(credential) == "r-of-sam"


@pytest.mark.parametrize("state", ["", "of-another", "ä"])
def test_an_answer_to_another_sign_in_is_refused(provider: Provider, state: str) -> None:
    credential, client = make_credential(provider), signed_in()
    _, query = the_link(begin(client, credential, "browser"))
    assert "The answer is of another sign-in." in come_back(client, state=state, code="c-1")
    assert provider.asked == []
    provider.answers = [GRANTED]
    assert "Signed in." in come_back(client, state=query["state"], code="c-1")


def test_an_answer_counts_once_and_in_the_browser_that_began(provider: Provider) -> None:
    provider.answers = [GRANTED]
    credential, client = make_credential(provider), signed_in()
    _, query = the_link(begin(client, credential, "browser"))
    answer = {"state": query["state"], "code": "c-1"}
    assert "No sign-in was begun here." in come_back(signed_in(), **answer)
    assert "Signed in." in come_back(client, **answer)
    assert "No sign-in was begun here." in come_back(client, **answer)
    assert len(provider.asked) == 1


def test_a_provider_that_sends_back_a_refusal_is_quoted(provider: Provider) -> None:
    credential, client = make_credential(provider), signed_in()
    for error, said in (
        ("access_denied", "The sign-in was declined."),
        ("invalid_scope", "The provider refused the sign-in: invalid_scope: no [U+202E]such."),
    ):
        _, query = the_link(begin(client, credential, "browser"))
        back = {"state": query["state"], "error": error, "error_description": "no \u202esuch"}
        assert said in come_back(client, **back)
    assert provider.asked == []
