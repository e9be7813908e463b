"""A session is stolen, prepared for somebody, or outlives what it should."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from core.people.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
COOKIE = "sessionid"


@pytest.fixture
def sam() -> User:
    user = make_user("sam", role="Helpdesk", email="sam@example.com")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client) -> str:
    """The cookie that stands for whoever is signed in."""
    client.post("/sign-in/", {"login": "sam", "password": PASSWORD})
    assert client.get("/approvals/").status_code == 200
    return client.cookies[COOKIE].value


def with_cookie(value: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = value
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/approvals/").status_code == 200


def test_a_session_that_an_attacker_prepared_is_not_the_one_that_is_signed_in(sam: User) -> None:
    made_up = "a" * 32
    assert sign_in(with_cookie(made_up)) != made_up
    assert not is_signed_in(with_cookie(made_up))

    visitor = Client()
    session = visitor.session
    session["known"] = "to the attacker"
    session.save()
    known = str(session.session_key)
    visitor.cookies[COOKIE] = known
    assert sign_in(visitor) != known
    assert not is_signed_in(with_cookie(known))


def test_each_sign_in_has_a_session_of_its_own(sam: User) -> None:
    assert sign_in(Client()) != sign_in(Client())


def test_a_cookie_from_before_the_sign_out_opens_nothing(sam: User) -> None:
    client = Client()
    stolen = sign_in(client)
    assert is_signed_in(with_cookie(stolen))
    client.post("/sign-out/")
    assert not is_signed_in(with_cookie(stolen))


def test_a_session_ends_twelve_hours_after_the_password_however_it_is_used(sam: User) -> None:
    client = Client()
    cookie = sign_in(client)
    session = Session.objects.get(pk=cookie)
    left = session.expire_date - timezone.now()
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12)

    almost_over = timezone.now() + timedelta(minutes=1)
    Session.objects.filter(pk=cookie).update(expire_date=almost_over)
    for page in ("/", "/approvals/", "/profile/"):
        client.get(page)
    assert Session.objects.get(pk=cookie).expire_date == almost_over

    Session.objects.filter(pk=cookie).update(expire_date=timezone.now())
    assert not is_signed_in(client)


def test_the_cookie_is_for_pages_of_ours_alone_and_goes_with_the_browser(sam: User) -> None:
    client = Client()
    sign_in(client)
    cookie = client.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["domain"] == ""
    assert cookie["max-age"] == ""


def test_a_new_password_of_an_administrators_making_ends_every_session(sam: User) -> None:
    client = Client()
    sign_in(client)
    sam.set_password("another fine staple")
    sam.save()
    assert not is_signed_in(client)
