"""Addresses that would lead whoever signs in, or presses a button, to somebody else's host."""

from urllib.parse import urljoin, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from core.people.models import User
from tests.factories import make_user, signed_in
from tests.items.makers import make_full_policy, url

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
ELSEWHERE = [
    "//evil.example/",
    "///evil.example/",
    "\\\\evil.example/",
    "/\\evil.example/",
    "https:evil.example/",
    "https:///evil.example/",
    "http://localhost/",
    "http://testserver@evil.example/",
    "\t//evil.example/",
    "/\t/evil.example/",
    "javascript:alert(1)",
    "%2F%2Fevil.example/",
    "/%5Cevil.example/",
]
everywhere = pytest.mark.parametrize("address", ELSEWHERE)


def stays(answer: HttpResponse) -> bool:
    """Whether a browser stays on this host: it takes a backslash for a slash, and drops tabs."""
    location = str(answer["Location"])
    for dropped in "\t\r\n":
        location = location.replace(dropped, "")
    reached = urlsplit(urljoin("http://testserver/sign-in/", location.strip().replace("\\", "/")))
    return (reached.scheme, reached.netloc) == ("http", "testserver")


@pytest.fixture
def sam() -> User:
    return make_user("sam", role="Users", password=PASSWORD)


def test_what_would_lead_elsewhere_is_recognised() -> None:
    for address in (
        "//evil.example/",
        "/\\evil.example/",
        "\t//evil.example",
        "https:evil.example",
    ):
        assert not stays(HttpResponse(headers={"Location": address.replace("\t", "")})), address


@everywhere
def test_signing_in_and_out_leads_nowhere_else(sam: User, address: str) -> None:
    client = Client()
    data = {"login": "sam", "password": PASSWORD}
    assert stays(client.post("/sign-in/", {**data, "next": address}))
    assert stays(client.get("/sign-in/", {"next": address}))  # signed in already
    assert stays(client.post("/sign-out/", {"next": address}))


def test_nor_does_the_second_step(sam: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(sam, secret)
    client, data = Client(), {"login": "sam", "password": PASSWORD, "next": "//evil.example/"}
    assert client.post("/sign-in/", data)["Location"].startswith("/sign-in/code/")
    code = format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))
    answer = client.post("/sign-in/code/", {"code": code, "next": "//evil.example/"})
    assert "_auth_user_id" in client.session
    assert stays(answer)


@everywhere
def test_nor_do_buttons_that_say_where_they_were_pressed(address: str) -> None:
    client, policy = signed_in(), make_full_policy()
    for back in (address, f"/policies/..{address}"):
        assert stays(client.post("/profile/theme/", {"theme": "dark", "back": back}))
        answer = client.post(f"{url(policy)}activate/", {"back": back})
        assert answer.status_code == 302


def test_nor_does_an_address_that_only_lacks_its_slash() -> None:
    for path in ("//evil.example/sign-in", "//evil.example/actions", "/\\evil.example/actions"):
        answer = signed_in().get(f"http://testserver{path}")
        assert answer.status_code == 404 or stays(answer), path
