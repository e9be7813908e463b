"""`manage.py create_user`, and the link with which the person sets a password."""

import re

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.management import CommandError, call_command
from django.test import Client

from console.people.passwords import link_to_set_password
from core.audit.models import Entry
from core.people.models import User
from core.roles import ADMINISTRATORS, roles_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def create(*arguments: str, name: str = "sam", email: str = "sam@example.com") -> None:
    call_command("create_user", name, "--email", email, "--role", ADMINISTRATORS, *arguments)


def set_password(client: Client, link: str, password: str) -> str:
    """Open the link, type the password twice; the words of the page that comes."""
    page = client.get(link.removeprefix("http://testserver"), follow=True)
    (last, _) = page.redirect_chain[-1] if page.redirect_chain else (link, 0)
    typed = {"new_password1": password, "new_password2": password}
    return client.post(last, typed, follow=True).content.decode()


def test_the_first_administrator_sets_a_password_by_the_printed_link_and_signs_in(
    capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    create("--full-name", "Sam Ortega", "--link")
    printed = capsys.readouterr().out
    assert "Sam Ortega can sign in as sam: Administrators." in printed
    link = re.search(r"http://testserver/set-password/\S+", printed)
    assert link
    assert "Sign in" in set_password(client, link[0], PASSWORD)
    answer = client.post("/sign-in/", {"login": "sam", "password": PASSWORD}, follow=True)
    assert "Manage Approvals" in answer.content.decode()
    assert list(Entry.objects.values_list("verb", flat=True)) == [
        "create",
        "set password",
        "sign in",
    ]


def test_the_link_works_once(client: Client) -> None:
    link = link_to_set_password(make_user("sam"))
    set_password(client, link, PASSWORD)
    page = Client().get(link.removeprefix("http://testserver"), follow=True).content.decode()
    assert "has been used or has expired" in page


def test_a_weak_password_is_refused_and_the_link_stays(client: Client) -> None:
    sam = make_user("sam")
    assert "too short" in set_password(client, link_to_set_password(sam), "short")
    sam.refresh_from_db()
    assert not sam.has_usable_password()


def test_nobody_signs_in_before_the_password_is_set(client: Client) -> None:
    create("--link")
    client.post("/sign-in/", {"login": "sam", "password": "!"})
    assert "_auth_user_id" not in client.session


def test_it_has_the_role_and_no_other_right() -> None:
    create("--link")
    sam = User.objects.get(name="sam")
    assert roles_of(sam) == {ADMINISTRATORS}
    assert not sam.is_superuser
    assert not sam.is_staff


@pytest.mark.parametrize(
    ("name", "email", "sentence"),
    [
        ("sam", "other@example.com", "Another user is named “sam”"),
        ("SAM", "other@example.com", "Another user is named “SAM”"),
        ("other", "SAM@example.com", "already"),
        ("other", "ortega+work@example.com", "is an address of sam already"),
        ("other", "dana@[10.0.0.1]", "isn't a valid email address"),
        ("sam ortega", "other@example.com", "use only letters, digits and @"),
    ],
)
def test_what_can_not_be_is_refused_and_nobody_is_created(
    name: str, email: str, sentence: str
) -> None:
    sam = make_user("sam", email="sam@example.com")
    sam.mail_addresses.create(address="ortega@example.com")
    with pytest.raises(CommandError, match=sentence):
        create("--link", name=name, email=email)
    assert User.objects.count() == 1


def test_without_a_terminal_and_without_a_link_it_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="Use --link"):
        create()
    assert not User.objects.exists()


def test_a_token_of_somebody_else_sets_no_password(client: Client) -> None:
    sam, lee = make_user("sam"), make_user("lee")
    link = link_to_set_password(sam).replace(
        default_token_generator.make_token(sam), default_token_generator.make_token(lee)
    )
    page = client.get(link.removeprefix("http://testserver"), follow=True).content.decode()
    assert "has been used or has expired" in page
