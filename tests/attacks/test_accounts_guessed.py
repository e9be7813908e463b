"""Finding out who has an account, and guessing a password that was allowed to be weak."""

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import Settings

from console.people.passwords import link_to_set_password
from core.people.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


class CountedHasher(MD5PasswordHasher):
    """Hashing takes nearly all of the time that a sign-in takes: who counts it need not measure."""

    algorithm = "counted"
    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashed += 1
        return super().encode(password, salt)


def refusal(name: str) -> tuple[int, str, int]:
    """Status, words, and how often a password was hashed, of a sign-in with a wrong one."""
    CountedHasher.hashed = 0
    answer = Client().post("/sign-in/", {"login": name, "password": "wrong horse battery"})
    text = answer.content.decode().replace(name, "NAME")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return answer.status_code, text, CountedHasher.hashed


def test_a_sign_in_tells_nobody_who_has_an_account(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
    for name in ("sam", "gone"):
        user = make_user(name, role="Helpdesk", email=f"{name}@example.com", password=PASSWORD)
        user.is_active = name != "gone"
        user.save()
    make_user("kim@example.com", role="Helpdesk", email="kim@example.com", password=PASSWORD)
    make_user("invited", role="Helpdesk", email="invited@example.com")  # has no password yet
    known = refusal("sam")
    assert known[0] == 200
    assert known[2] > 0
    for name in (
        *("gone", "invited", "nobody", "nobody@example.com"),
        *("sam@example.com", "kim@example.com"),
    ):
        assert refusal(name) == known, name


def test_a_link_to_set_a_password_tells_nobody_who_has_an_account(client: Client) -> None:
    sam = make_user("sam", role="Helpdesk")
    place, _, token = link_to_set_password(sam).rstrip("/").rpartition("/")
    path = place.partition("/set-password/")[2]
    assert path

    def page(identity: str, secret: str) -> tuple[int, str]:
        answer = client.get(f"/set-password/{identity}/{secret}/", follow=True)
        text = answer.content.decode()
        return answer.status_code, re.sub(r'value="[^"]{64}"', "", text)

    forged = token[:-4] + "aaaa"
    assert page(path, forged) == page("OTk5OTk5", forged)


@pytest.mark.parametrize(
    "weak",
    [
        "short-1",
        "elevenchars",
        "password1234",
        "qwertyuiop123",
        "sam.ortega.sam",
        "sam.ortega@example.com",
        "PMconsole-2026!",
        "Example.Console1",
        "AcmeWidgets-2026",
    ],
)
def test_a_weak_password_is_no_password(weak: str, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://console.example.com"
    settings.PASSWORD_WORDS = ("Acme", "Widgets")
    sam = User(name="sam.ortega", email="sam.ortega@example.com", first_name="Sam")
    with pytest.raises(ValidationError):
        validate_password(weak, sam)


@pytest.mark.parametrize(
    "strong",
    [
        "twelve chars",
        "w" + "ö" * 5 + " \U0001f512 kqzxv",
        "long " * 40,
        "no-digits-no-capitals",
        "pmconsole or a horse",
    ],
)
def test_a_strong_password_needs_no_kinds_of_characters_and_may_be_long(strong: str) -> None:
    sam = make_user("sam", role="Helpdesk", email="sam@example.com")
    validate_password(strong, sam)
    sam.set_password(strong)
    sam.save()
    client = Client()
    client.post("/sign-in/", {"login": "sam", "password": strong})
    assert "_auth_user_id" in client.session
    client = Client()
    client.post("/sign-in/", {"login": "sam", "password": strong[:-1]})
    assert "_auth_user_id" not in client.session


def test_what_is_typed_into_the_wrong_field_is_in_no_log(
    capsys: pytest.CaptureFixture[Any],
) -> None:
    Client().post("/sign-in/", {"login": PASSWORD, "password": "sam"})
    said = capsys.readouterr()
    assert PASSWORD not in said.out + said.err
