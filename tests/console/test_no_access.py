"""Who may open nothing is told whom to ask, and can sign out; by the ladder of roles."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from core.people.models import User
from core.roles import ROLES
from tests.factories import make_user, signed_in

pytestmark = pytest.mark.django_db
PAGES = ["/", "/approvals/", "/configuration/", "/configuration/credentials/", "/policies/"]

ADMINISTRATOR = "sam.ortega"  # no token of the page can hold a name with a dot by chance


def visitor(user: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def page(client: Client, address: str = "/") -> str:
    response = client.get(address)
    assert response.status_code == 403
    return " ".join(response.content.decode().split())


def signs_out(client: Client, text: str) -> bool:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert token
    assert 'method="post" action="/sign-out/"' in text
    client.post("/sign-out/", {"csrfmiddlewaretoken": token[1]})
    return "_auth_user_id" not in client.session


@pytest.mark.parametrize("address", PAGES)
def test_on_any_page_a_user_without_a_role_learns_whom_to_ask_and_signs_out(address: str) -> None:
    make_user("sam", role="Administrators")
    client = visitor(make_user("new"))
    text = page(client, address)
    assert "You don't have a role yet" in text
    assert "signed in as <b>new</b>" in text
    assert "<b>sam</b>." in text
    assert signs_out(client, text)


def test_whoever_createsuperuser_makes_is_no_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery")
    call_command("createsuperuser", "--noinput", "--name", "root", "--email", "r@example.com")
    client = visitor(User.objects.get(name="root"))
    text = page(client)
    assert "There is no administrator yet." in text
    assert "manage.py create_user" in text
    assert signs_out(client, text)


def test_at_most_five_administrators_who_can_act_are_named() -> None:
    for number in range(7):
        make_user(f"admin{number}", role="Administrators")
    User.objects.filter(name="admin0").update(is_active=False)
    User.objects.filter(name="admin1").update(first_name="<b>Sam\u202e", last_name="Ortega")
    make_user("lee.moreau", role="Helpdesk")
    text = page(visitor(make_user("new")))
    assert re.findall(r"<b>(admin\d)</b>", text) == ["admin2", "admin3", "admin4", "admin5"]
    assert '&lt;b&gt;Sam<span class="escape">[U+202E]</span> Ortega' in text
    assert "admin0" not in text
    assert "lee.moreau" not in text


def test_a_group_that_is_no_role_is_none() -> None:
    user = make_user("new")
    user.groups.add(Group.objects.create(name="Friends"))
    assert "You don't have a role yet" in page(visitor(user))


@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"Administrators"}])
def test_whoever_has_a_role_is_told_to_ask_for_another_and_may_sign_out(role: str) -> None:
    make_user(ADMINISTRATOR, role="Administrators")
    client = visitor(make_user(role=role))
    assert client.get("/").status_code == 200
    text = page(client, "/configuration/credentials/create/")
    assert "You don't have access to this page" in text
    assert "Go to Home" in text
    assert ADMINISTRATOR not in text
    assert signs_out(client, text)


def test_a_visitor_who_has_not_signed_in_is_told_no_names() -> None:
    make_user(ADMINISTRATOR, role="Administrators")
    text = Client().get("/", follow=True).content.decode()
    assert ADMINISTRATOR not in text


def test_what_only_takes_a_form_says_so_when_it_is_opened_as_a_page() -> None:
    response = signed_in("Administrators").get("/policies/bulk/")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "This address isn't a page" in response.content.decode()


@pytest.mark.parametrize(
    ("came", "page"),
    [
        ("http://testserver/policies/?sort=priority", "/policies/?sort=priority"),
        ("http://elsewhere.example/policies/", "/policies/bulk/"),
        ("http://testserver//elsewhere.example/", "/policies/bulk/"),
        ("", "/policies/bulk/"),
    ],
)
def test_after_an_ended_session_one_signs_in_to_the_page_that_the_form_was_on(
    came: str, page: str
) -> None:
    response = Client().post("/policies/bulk/", headers={"Referer": came})
    assert parse_qs(urlsplit(response["Location"]).query) == {"next": [page]}
