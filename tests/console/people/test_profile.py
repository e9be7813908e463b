"""My profile: one's own name, theme, time zone, password and sessions; no address, account or role."""

import html
from datetime import UTC, datetime

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from console.people.browsers import browser_words
from core.audit.models import Entry
from core.people.models import User
from core.roles import ROLES, roles_of
from items.models import Change, changes_of
from tests.factories import make_user, signed_in

pytestmark = pytest.mark.django_db
PROFILE, SECURITY = "/profile/", "/profile/security/"
PASSWORD, NEW = "correct horse battery", "another fine staple"


@pytest.fixture
def sam() -> User:
    return make_user(
        "sam",
        role="Helpdesk",
        email="sam@example.com",
        accounts=("EXAMPLE\\sam",),
        password=PASSWORD,
    )


def sign_in(name: str = "sam", password: str = PASSWORD, agent: str = "Firefox") -> Client:
    client = Client(headers={"user-agent": agent})
    client.post("/sign-in/", {"login": name, "password": password})
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def post(client: Client, address: str, **fields: str) -> str:
    return html.unescape(client.post(address, fields, follow=True).content.decode())


def change_password(client: Client, present: str, new: str = NEW) -> str:
    return post(client, SECURITY, present=present, new_password1=new, new_password2=new)


@pytest.mark.parametrize("role", list(ROLES))
def test_everybody_with_a_role_has_one(role: str) -> None:
    client = signed_in(role)
    for address in (PROFILE, SECURITY, "/profile/keyboard/"):
        assert client.get(address).status_code == 200


def test_a_new_name_is_in_the_history_and_the_theme_on_every_page(sam: User) -> None:
    client = sign_in()
    page = post(client, PROFILE, first_name="Sam", last_name="Ortega", theme="dark", time_zone="")
    assert "Saved." in page
    assert '<html lang="en" data-theme="dark">' in client.get("/approvals/").content.decode()
    change = changes_of(User, sam.pk).get()
    assert change.fields == [["First Name", "", "Sam"], ["Last Name", "", "Ortega"]]
    assert change.by_id == str(sam.pk)


def test_times_are_shown_in_the_chosen_zone(sam: User) -> None:
    client = sign_in()
    Change.objects.create(
        model="people.user",
        item_id=sam.pk,
        item_name="sam",
        version=1,
        at=datetime(2026, 7, 14, 23, 26, tzinfo=UTC),
        by="x",
        by_kind="user",
        by_id="x",
    )
    admin = signed_in(username="kim")
    assert "14 Jul 2026, 23:26" in admin.get("/configuration/history/").content.decode()
    post(admin, PROFILE, time_zone="Asia/Tokyo")
    assert "15 Jul 2026, 08:26" in admin.get("/configuration/history/").content.decode()
    assert "15 Jul 2026" in admin.get(f"/users/{sam.pk}/history/").content.decode()
    assert "Times are shown in Asia/Tokyo" in admin.get(PROFILE).content.decode()
    assert "Times are shown in UTC" in client.get(PROFILE).content.decode()


def test_a_zone_or_theme_that_there_is_not_is_refused(sam: User) -> None:
    page = post(sign_in(), PROFILE, first_name="Sam", time_zone="Mars/Olympus", theme="pink")
    assert 'value="Sam"' in page
    sam.refresh_from_db()
    assert (sam.first_name, sam.time_zone, sam.theme) == ("", "", "")


def test_nobody_gives_himself_an_address_an_account_or_a_role(sam: User) -> None:
    client = sign_in()
    stolen = {"email": "dana@example.com", "accounts": "", "roles": "Administrators", "name": "x"}
    post(client, PROFILE, first_name="Sam", is_superuser="on", manager="", **stolen)
    sam = User.objects.get(pk=sam.pk)
    assert (sam.first_name, sam.name, sam.email) == ("Sam", "sam", "sam@example.com")
    assert sam.endpoint_accounts.count() == 1
    assert roles_of(sam) == {"Helpdesk"}
    assert not sam.is_superuser


def test_a_new_password_needs_the_present_one_and_ends_other_sessions(sam: User) -> None:
    here, there = sign_in(), sign_in()
    assert "Incorrect password. Nothing was changed." in change_password(here, "wrong")
    assert "Password changed." in change_password(here, PASSWORD)
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert not is_signed_in(sign_in())
    assert is_signed_in(sign_in(password=NEW))
    verbs = Entry.objects.exclude(verb="sign in").order_by("sequence")
    assert list(verbs.values_list("verb", flat=True)) == ["wrong password", "set password"]


def test_a_weak_new_password_is_refused(sam: User) -> None:
    assert "too short" in change_password(sign_in(), PASSWORD, "short")
    sam.refresh_from_db()
    assert sam.check_password(PASSWORD)


def test_guessing_the_present_password_ends_the_session(sam: User) -> None:
    client = sign_in()
    for _ in range(4):
        change_password(client, "wrong")
    assert "Too many wrong passwords. You are signed out." in change_password(client, "wrong")
    assert not is_signed_in(client)


def test_sessions_are_listed_and_the_others_ended(sam: User) -> None:
    here, there = sign_in(agent="Firefox at home"), sign_in(agent="Chromium <b>elsewhere")
    page = here.get(SECURITY).content.decode()
    assert '<span title="Firefox at home">Firefox</span>' in page
    assert '<span title="Chromium &lt;b&gt;elsewhere">Chrome</span>' in page
    assert page.count("this one") == 1
    assert "signed out everywhere else" in post(here, f"{SECURITY}end-other-sessions/")
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert Entry.objects.filter(verb="end sessions", object_id=str(sam.pk)).exists()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:143.0) Gecko/20100101 Firefox/143.0",
            "Firefox on Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/141.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/141.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
            "Gecko) Version/26.0 Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
            "like Gecko) CriOS/141.0.0.0 Mobile/15E148 Safari/604.1",
            "Chrome on iPhone",
        ),
        ("curl/8.5.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_told_in_words(user_agent: str, words: str) -> None:
    assert browser_words(user_agent) == words


def test_one_other_session_is_ended_alone_and_nobody_elses(sam: User) -> None:
    here, there, third = (sign_in(agent=agent) for agent in ("here", "there", "third"))
    session = UserSession.objects.get(user_agent="there")
    post(signed_in("Administrators", "kim"), f"{SECURITY}sessions/{session.pk}/end/")
    assert is_signed_in(there)
    assert "That browser is signed out." in post(here, f"{SECURITY}sessions/{session.pk}/end/")
    assert [is_signed_in(each) for each in (here, there, third)] == [True, False, True]
    own = UserSession.objects.get(user_agent="here")
    post(here, f"{SECURITY}sessions/{own.pk}/end/")
    assert is_signed_in(here)


def test_a_change_made_by_an_administrator_meanwhile_is_not_undone(sam: User) -> None:
    client = sign_in()
    User.objects.filter(pk=sam.pk).update(email="new@example.com", version=5)
    post(client, PROFILE, first_name="Sam")
    sam.refresh_from_db()
    assert (sam.email, sam.first_name, sam.version) == ("new@example.com", "Sam", 6)
