"""Signing in: recorded, refused after repeated failures, and by the words of the console."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core.audit.models import Entry
from core.people.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def sam() -> User:
    return make_user("sam", role="Helpdesk", email="sam@example.com", password=PASSWORD)


def sign_in(client: Client, name: str, password: str) -> str:
    answer = client.post("/sign-in/", {"login": name, "password": password}, follow=True)
    return answer.content.decode()


@pytest.mark.parametrize("name", ["sam", "sam@example.com"])
def test_name_or_address_will_do_and_it_is_recorded(sam: User, client: Client, name: str) -> None:
    assert "Manage Approvals" in sign_in(client, name, PASSWORD)
    entry = Entry.objects.get(verb="sign in")
    assert (entry.actor, entry.object_id) == ("sam", str(sam.pk))


def test_a_wrong_password_is_refused_without_saying_which_was_wrong(
    sam: User, client: Client
) -> None:
    assert "Incorrect user name or password." in sign_in(client, "sam", "wrong")
    assert "Incorrect user name or password." in sign_in(client, "nobody", "wrong")
    assert not Entry.objects.exists()


def test_after_repeated_failures_even_the_right_password_is_refused(
    sam: User, client: Client
) -> None:
    for _ in range(5):
        sign_in(client, "sam", "wrong")

    assert "Too many failed attempts" in sign_in(client, "sam", PASSWORD)
    assert "_auth_user_id" not in client.session


def test_an_operator_lifts_the_limit_for_one_person(sam: User, client: Client) -> None:
    for _ in range(5):
        sign_in(client, "sam", "wrong")
    assert "Too many failed attempts" in sign_in(client, "sam", PASSWORD)
    call_command("unlock_user", "SAM", reason="Called; Caps Lock was on.")
    assert "Manage Approvals" in sign_in(client, "sam", PASSWORD)
    assert Entry.objects.get(verb="unlock").object_id == str(sam.pk)


@pytest.mark.parametrize("reason", ["", "  ", "\udcff", "a" * 1001])
@pytest.mark.parametrize(
    "command", [["unlock_user"], ["remove_second_factor"], ["person", "erase"]]
)
def test_an_operator_says_why(sam: User, command: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match="reason"):
        call_command(*command, "sam", "--reason", reason)
    assert not Entry.objects.filter(object_id=str(sam.pk), verb__in=["unlock", "erase"]).exists()


def test_nobody_signs_up_by_himself(client: Client) -> None:
    assert client.get("/sign-up/").status_code == 404
    assert client.get("/accounts/signup/").status_code == 404


def test_a_person_without_password_cannot_sign_in(client: Client) -> None:
    make_user("alice", role="Users")
    sign_in(client, "alice", "!")
    assert "_auth_user_id" not in client.session


def test_signing_out_takes_a_post(sam: User, client: Client) -> None:
    client.force_login(sam)
    client.get("/sign-out/")
    assert "_auth_user_id" in client.session
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session
