"""A session is stolen, prepared for somebody, or outlives what it should."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from core.people.models import User
from tests.factories import make_user, set_advanced

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
COOKIE = "sessionid"


@pytest.fixture
def sam() -> User:
    return make_user("sam", role="Helpdesk", email="sam@example.com", password=PASSWORD)


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


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 3, 2, 8, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize(
    ("uses", "apart", "then"),
    [
        pytest.param(14, 50, 21, id="twelve hours after the password, however it is used"),
        pytest.param(2, 58, 61, id="an hour after its last use"),
    ],
)
def test_a_session_ends_after_twelve_hours_and_after_an_hour_without_use(
    sam: User, clock: time_machine.Traveller, uses: int, apart: int, then: int
) -> None:
    client = Client()
    sign_in(client)
    for _ in range(uses):
        clock.shift(timedelta(minutes=apart))
        assert is_signed_in(client)
    clock.shift(timedelta(minutes=then))
    assert not is_signed_in(client)


def test_what_an_open_page_asks_for_by_itself_is_no_use(
    sam: User, clock: time_machine.Traveller
) -> None:
    client = Client()
    sign_in(client)
    for _ in range(6):
        clock.shift(timedelta(minutes=9))
        poll = client.get("/approvals/counts/", headers={"HX-Request": "true", "HX-Poll": "true"})
        assert poll.status_code == 200
    clock.shift(timedelta(minutes=9))
    assert not is_signed_in(client)


def test_how_long_a_session_may_be_idle_can_be_set_and_switched_off(
    sam: User, clock: time_machine.Traveller
) -> None:
    for minutes, lasts in ((10, 10), (0, 12 * 60)):
        set_advanced(idle_minutes=minutes)
        before, after = Client(), Client()
        sign_in(before)
        sign_in(after)
        clock.shift(timedelta(minutes=lasts - 1))
        assert is_signed_in(before)
        clock.shift(timedelta(minutes=2))
        assert not is_signed_in(after)


def test_entering_the_password_again_gives_the_session_another_cookie(sam: User) -> None:
    client = Client()
    before = sign_in(client)
    client.post("/profile/security/confirm/", {"confirm_password": PASSWORD})
    assert client.cookies[COOKIE].value != before
    assert is_signed_in(client)
    assert not is_signed_in(with_cookie(before))
    assert UserSession.objects.get().session_key == client.cookies[COOKIE].value


def test_a_page_that_asked_just_before_takes_nobody_the_new_cookie_away(sam: User) -> None:
    client = Client()
    before = sign_in(client)
    client.post("/profile/security/confirm/", {"confirm_password": PASSWORD})
    poll = with_cookie(before).get("/approvals/counts/", headers={"HX-Poll": "true"})
    assert poll.status_code == 302
    assert COOKIE not in poll.cookies


def test_whoever_sends_a_form_after_the_end_is_told_that_it_was_not_saved(sam: User) -> None:
    client = Client()
    sign_in(client)
    Session.objects.all().delete()
    page = client.post("/profile/", {"first_name": "Sam"}, follow=True).content.decode()
    assert "Your session has ended, and what you just sent wasn&#x27;t saved." in page
    assert User.objects.get().first_name == ""


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
