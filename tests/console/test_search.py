"""The search at the top of each page: everything by its name, and nothing that one doesn't see."""

import html

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core.roles import WINDOWS_ADMINISTRATORS
from policies.models import Filter
from tests.factories import make_request, make_user, signed_in
from tests.policies.events import make_computer

pytestmark = pytest.mark.django_db


def found(client: Client, query: str) -> str:
    page = client.get("/search/", {"q": query})
    assert page.status_code == 200
    return html.unescape(page.content.decode()).partition("<main")[2]


def make_filter(name: str, platform: str = "windows") -> Filter:
    return Filter.objects.create(name=name, platform=platform, kind="computer", settings={})


def test_items_computers_and_people_are_found_by_a_part_of_their_name() -> None:
    client, item = signed_in(), make_filter("Old CAD installers")
    computer, person = make_computer("CAD-014"), make_user("cadbury")
    page = found(client, "cad")
    for address in (f"/filters/{item.pk}/", f"/agents/{computer.pk}/", f"/users/{person.pk}/"):
        assert f'href="{address}"' in page
    assert "Nothing matches" in found(client, "zebra<b>")


def test_of_many_the_first_are_shown_and_the_list_has_the_others() -> None:
    for number in range(9):
        make_filter(f"CAD {number}")
    page = found(signed_in(), "CAD")
    assert "CAD 7" in page
    assert "CAD 8" not in page
    assert 'href="/filters/?q=CAD"' in page


def test_nobody_finds_what_they_do_not_see() -> None:
    make_filter("CAD on Linux", "linux")
    make_computer("CAD-LX", "linux")
    make_user("cadbury")
    assert "Nothing matches" in found(signed_in(WINDOWS_ADMINISTRATORS), "cad")


def test_the_number_of_a_request_leads_to_it() -> None:
    request = make_request()
    response = signed_in("Helpdesk").get("/search/", {"q": f" pm-{request.number} "})
    assert response["Location"] == f"/approvals/PM-{request.number}/"
    assert "Nothing matches" in found(signed_in(), "PM-999")


def test_it_takes_a_query_for_each_list(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in()
    for number in range(12):
        make_filter(f"CAD {number}")
    with django_assert_max_num_queries(50):
        found(client, "cad")


def test_the_search_field_of_the_page_keeps_what_was_searched_for() -> None:
    client = signed_in()
    assert client.get("/search/?q=Setup").content.decode().count('value="Setup"') == 2
    assert 'value="Setup"' in client.get("/actions/?q=Setup").content.decode()
    masthead = client.get("/actions/?q=Setup").content.decode().partition("<main")[0]
    assert 'value="Setup"' not in masthead
