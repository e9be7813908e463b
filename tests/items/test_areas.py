"""What an area of the menu shows is made from what is registered, for each user's own roles."""

import pytest
from django.test import RequestFactory
from django.urls import resolve

from core.roles import Access
from items.areas import Area, Folder
from items.family import Family, families, page_of_item, register
from items.trail import crumbs
from tests.factories import make_type, make_user, signed_in

CREDENTIALS = ("Admin", "Configuration", "Credentials")
PROCESSES = ("Admin", "Tasks", "Automation", "Approvals", "Approval Processes")


def area(trail: tuple[str, ...], role: str) -> Area:
    resolve(
        "/"
    )  # pages declare their places beside their views, which are loaded with the addresses
    request = RequestFactory().get("/")
    request.user = make_user(role=role)
    return Area(trail, request)


@pytest.mark.django_db
def test_tabs_stand_in_their_order_and_the_open_one_is_marked() -> None:
    shown = area(CREDENTIALS, "Administrators")
    labels = [tab.label for tab in shown.tabs]
    assert labels == [
        "General",
        "Foreign Systems",
        "Credentials",
        "Authentication",
        "Advanced",
        "Change History",
        "Import and Export",
    ]
    assert [tab.label for tab in shown.tabs if tab.current] == ["Credentials"]
    assert [crumb.label for crumb in shown.crumbs] == ["Admin"]


@pytest.mark.django_db
def test_a_tab_that_a_user_may_not_open_is_not_shown() -> None:
    labels = [tab.label for tab in area(CREDENTIALS, "Users").tabs]
    assert labels == ["General", "Foreign Systems", "Advanced"]


@pytest.mark.django_db
def test_folders_follow_the_menu_paths_of_the_open_tab() -> None:
    (automation,) = area(PROCESSES, "Users").folders
    (approvals,) = automation.folders
    assert (automation.label, approvals.label) == ("Automation", "Approvals")
    assert approvals.folders == (
        Folder("Approval Processes", "/tasks/automation/approval-processes/", current=True),
        Folder("Approval Types", "/tasks/automation/approval-types/"),
    )


def test_a_family_that_leaves_something_out_is_named_with_it() -> None:
    class Incomplete(Family):
        namespace = "incomplete"
        access = Access()

    with pytest.raises(AssertionError, match=r"Incomplete lacks model, path, noun"):
        register(Incomplete())
    assert "incomplete" not in {family.namespace for family in families()}


def test_a_step_that_is_called_as_the_one_above_is_said_once() -> None:
    trail = ("Admin", "Tasks", "Tasks", "Server Tasks")
    assert [crumb.label for crumb in crumbs(trail)] == ["Admin", "Tasks", "Server Tasks"]


@pytest.mark.django_db
def test_a_type_without_a_handler_says_so_on_its_page() -> None:
    unhandled = make_type()
    type(unhandled).objects.update(process=None)
    page = signed_in().get(page_of_item(unhandled)).content.decode()
    assert "No Process Handler: nobody can decide." in page
