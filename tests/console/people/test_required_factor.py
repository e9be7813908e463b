"""A second factor that is required: who has none sets one up, and can do nothing else before."""

import re
import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from console.people.required_factor import OPEN, people_without_factor
from core.advanced.models import AdvancedSettings
from core.advanced.settings import RequiredFrom
from core.people.models import User
from core.roles import ROLES
from tests.console.people.test_second_factor import APP, PASSWORD, code_of, sign_in
from tests.factories import make_user, set_advanced, signed_in
from tests.items.makers import as_sent, url
from tests.items.proposals.asking import person, require_second_person, the_draft

pytestmark = pytest.mark.django_db
SET_UP = "/profile/security/required/"
SAMPLES = {"UUIDConverter": uuid.UUID(int=1), "IntConverter": 1}


def make_sam(role: str = "Helpdesk") -> User:
    return make_user("sam", role=role, password=PASSWORD)


def require(who: RequiredFrom = RequiredFrom.EVERYBODY) -> None:
    set_advanced(second_factor=who.value)


def all_addresses(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, str]]:
    """The name and address of every page of the console, whether there is such a thing or not."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if str(entry.pattern) != "agent/v1/":
                yield from all_addresses(entry, entry.namespace or namespace)
        elif isinstance(entry, URLPattern):
            name = f"{namespace}:{entry.name}" if namespace else str(entry.name)
            kinds = {key: type(each).__name__ for key, each in entry.pattern.converters.items()}
            yield name, reverse(name, kwargs={key: SAMPLES.get(k, "x") for key, k in kinds.items()})


def test_after_the_password_it_is_set_up_and_then_the_page_opens_that_was_wanted() -> None:
    make_sam()
    require()
    client = Client()
    sent = {"login": "sam", "password": PASSWORD, "next": "/reports/?days=7"}
    page = client.post("/sign-in/", sent, follow=True).content.decode()
    assert "<h1>Set up a second factor</h1>" in page
    found = re.search(r"Key: <code[^>]*>([A-Z2-7]+)</code>", client.get(APP).content.decode())
    assert found
    codes = client.post(APP, {"code": code_of(found[1])}, follow=True).content.decode()
    assert f'href="{SET_UP}">I have kept them' in codes
    assert client.get(SET_UP)["Location"] == "/reports/?days=7"
    assert client.get("/reports/").status_code == 200


def test_until_then_no_page_form_or_download_opens() -> None:
    make_sam("Administrators")
    require()
    client = sign_in()
    for name, address in all_addresses(get_resolver()):
        if name not in OPEN:
            answer = client.get(address)
            assert (answer.status_code, answer["Location"]) == (302, SET_UP), name
    assert client.post("/profile/", {"first_name": "Sam"})["Location"] == SET_UP
    assert User.objects.get().first_name == ""


def test_what_is_open_shows_nothing_of_the_console() -> None:
    make_sam("Administrators")
    require()
    client = sign_in()
    for address in (SET_UP, APP, "/profile/security/passkeys/add/"):
        page = client.get(address).content.decode()
        assert "Manage Approvals" not in page
        assert "Policy Events" not in page
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_a_session_from_before_is_led_there_at_its_next_step() -> None:
    make_sam()
    client = sign_in()
    assert client.get("/").status_code == 200
    require()
    assert client.get("/")["Location"] == SET_UP
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == SET_UP
    poll = {"HX-Request": "true", "HX-Poll": "true"}
    assert client.get("/approvals/counts/", headers=poll).status_code == 403


@pytest.mark.parametrize("role", list(ROLES))
def test_it_can_be_required_from_those_alone_who_change_or_decide_something(role: str) -> None:
    make_sam(role)
    require(RequiredFrom.CHANGING)
    reads_only = role in {"Auditors", "Users"}
    assert sign_in().get("/").status_code == (200 if reads_only else 302)
    assert people_without_factor().exists() is not reads_only


def test_nobody_needs_one_unless_it_is_required() -> None:
    make_sam("Administrators")
    assert sign_in().get("/").status_code == 200
    assert not people_without_factor().exists()


def test_whoever_cannot_sign_in_by_password_is_not_missed() -> None:
    require()
    make_user("kim", role="Administrators")  # no password
    disabled = make_sam("Administrators")
    disabled.is_active = False
    disabled.save()
    assert not people_without_factor().exists()


def test_who_must_have_one_is_changed_by_two_where_changes_need_a_second_person() -> None:
    sam, _ = person("sam"), person("kim")
    require_second_person()
    row = AdvancedSettings.objects.get()
    sam.post(url(row), as_sent(row, second_factor="everybody"))
    assert the_draft().steps[0]["fields"] == [
        ["Second Factor Required From", "Nobody", "Everybody"]
    ]


def test_an_unknown_choice_of_a_later_version_requires_it_from_everybody() -> None:
    set_advanced(second_factor="of a later version")
    assert signed_in("Users").get("/")["Location"] == SET_UP
