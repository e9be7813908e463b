"""Shell, sign-in, Home and the error pages."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from approvals.models import ApprovalRequest, Grant, GrantUse
from approvals.services import Decider, decide
from console.home import tiles
from console.navigation import Navigation
from core.alerts.services import raise_alert
from policies.models import Computer
from tests.agents.endpoints import make_agent
from tests.factories import invitation_of, make_request, make_smtp_server, make_user, signed_in

pytestmark = pytest.mark.django_db


def home(role: str = "Administrators") -> str:
    response = signed_in(role).get("/")
    assert response.status_code == 200
    return response.content.decode()


def run_once(request: ApprovalRequest) -> None:
    decider = Decider("reply", invitation=invitation_of(request))
    decide(number=request.number, decider=decider, answer="approve")
    GrantUse.objects.create(
        grant=Grant.objects.get(request=request), event_id=request.event_id, at=timezone.now()
    )


@pytest.mark.parametrize(("role", "status"), [("", 403), ("Users", 200), ("Helpdesk", 200)])
def test_home_is_for_everybody_with_a_role(role: str, status: int) -> None:
    assert signed_in(role).get("/").status_code == status


def test_home_of_a_visitor_is_the_sign_in_page(client: Client) -> None:
    assert client.get("/")["Location"] == "/sign-in/?next=/"


def test_home_marks_the_first_step_that_is_not_done() -> None:
    make_smtp_server()
    page = home()
    assert "(done)" in page
    assert page.count('aria-current="step"') == 1


def test_home_shows_figures_once_an_approved_program_has_run() -> None:
    run_once(make_request())
    page = home()
    assert "Pending now" in page
    assert "100 % approved" in page
    assert 'aria-current="step"' not in page


def test_home_shows_no_figure_of_what_was_never_counted() -> None:
    request = make_request()
    run_once(request)
    ApprovalRequest.objects.update(created_at=timezone.now() - timedelta(days=30))
    page = home()
    assert "Time to decision" not in page
    assert "Agents seen" not in page


def test_a_computer_is_silent_once_it_was_not_seen_for_a_day() -> None:
    agent = make_agent()
    assert agents_seen() == ("0", "1 just registered")
    Computer.objects.filter(pk=agent.computer.pk).update(last_seen_at=timezone.now())
    assert agents_seen() == ("1", "all within a day")
    Computer.objects.update(last_seen_at=timezone.now() - timedelta(days=2))
    assert agents_seen() == ("0", "1 silent for a day")


def agents_seen() -> tuple[str, str]:
    shown = tiles(frozenset({"Administrators"}), now=timezone.now())
    return next((tile.figure, tile.note) for tile in shown if tile.word == "Agents seen")


def test_the_navigation_shows_only_what_works_here() -> None:
    page = home()
    assert "Manage Approvals" in page
    assert "Trial Mailbox" not in page  # its addresses exist in a trial alone


def test_the_navigation_marks_where_one_is() -> None:
    page = " ".join(signed_in("Users").get("/approvals/decided/").content.decode().split())
    assert page.count('class="side-item" href="/approvals/" aria-current="page"') == 1
    assert 'class="side-item" href="/" aria-current' not in page


def test_the_bell_counts_what_waits_and_what_is_wrong() -> None:
    make_request()
    raise_alert(key="smtp:1", text="Corporate Relay refuses the sign-in.")
    page = home()
    assert "1 pending approval, 1 alert" in page
    assert "Corporate Relay refuses the sign-in." in page


def test_alerts_are_for_those_who_can_put_them_right() -> None:
    raise_alert(key="smtp:1", text="Corporate Relay refuses the sign-in.")
    assert "Corporate Relay" not in home("Helpdesk")


def test_an_anonymous_page_asks_the_database_nothing(
    django_assert_num_queries: object, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.resolver_match = None  # type: ignore[assignment]
    with django_assert_num_queries(0):  # type: ignore[operator]
        Navigation(request)


def test_signing_in_leads_back_to_where_one_was_going(client: Client) -> None:
    user = make_user("sam", role="Users", email="sam@example.com")
    user.set_password("sesame-open-12")
    user.save()
    for login in ("sam", "sam@example.com"):
        data = {"login": login, "password": "sesame-open-12", "next": "/approvals/"}
        assert client.post("/sign-in/", data)["Location"] == "/approvals/"
        client.post("/sign-out/")


def test_a_refused_sign_in_keeps_the_name_and_not_the_password(client: Client) -> None:
    page = client.post("/sign-in/", {"login": "sam", "password": "wrong-wrong"}).content.decode()
    assert 'value="sam"' in page
    assert "wrong-wrong" not in page
    assert 'role="alert"' in page


def test_pages_hold_no_inline_script_or_style(client: Client) -> None:
    make_request()
    pages = [home(), client.get("/sign-in/").content.decode()]
    pages.append(signed_in("Helpdesk").get("/approvals/?open=1").content.decode())
    for page in pages:
        assert " style=" not in page
        assert "<style" not in page
        assert "<script>" not in page
        assert " onclick=" not in page


def test_an_address_that_leads_nowhere_says_so(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


def test_a_page_that_is_not_allowed_says_so() -> None:
    response = signed_in("Users").get("/configuration/credentials/")
    assert "You don't have access to this page" in response.content.decode()


@pytest.mark.django_db
def test_the_theme_is_switched_from_the_user_menu_and_the_page_stays() -> None:
    client = signed_in()
    response = client.post("/profile/theme/", {"theme": "dark", "back": "/actions/?q=x"})
    assert response["Location"] == "/actions/?q=x"
    assert 'data-theme="dark"' in client.get("/").content.decode()


@pytest.mark.django_db
def test_the_theme_stays_on_pages_without_navigation_and_after_the_sign_out() -> None:
    client, dark = signed_in("Users"), 'data-theme="dark"'
    forbidden, lost = "/configuration/credentials/", "/nowhere/"
    client.post("/profile/theme/", {"theme": "dark"})
    assert all(dark in client.get(each).content.decode() for each in (forbidden, lost))
    client.post("/sign-out/")
    assert dark in client.get("/sign-in/").content.decode()
    signed_in_again = signed_in("Users")  # somebody else, whose theme is the device's
    signed_in_again.cookies["theme"] = "dark"
    assert dark not in signed_in_again.get(lost).content.decode()
    signed_in_again.post("/profile/theme/", {"theme": ""})
    signed_in_again.post("/sign-out/")
    assert dark not in signed_in_again.get("/sign-in/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", ""])
def test_the_switch_of_the_theme_leads_to_no_other_host(back: str) -> None:
    response = signed_in().post("/profile/theme/", {"theme": "neon", "back": back})
    assert response["Location"] == "/"
