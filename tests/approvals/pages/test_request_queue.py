"""Manage Approvals: who may look, what a row says, search, pages, news, and how many queries."""

import pytest
from django.test import Client

from approvals.models import ApprovalRequest
from approvals.pages import request_queue
from approvals.services import Decider, decide
from core import pages
from tests.factories import let_expire, make_plea, make_request, make_user, signed_in

pytestmark = pytest.mark.django_db
QUEUE = "/approvals/"


def text(client: Client, address: str = QUEUE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def deny(request: ApprovalRequest, comment: str = "") -> None:
    decider = Decider("console", user=make_user("sam"))
    decide(number=request.number, decider=decider, answer="deny", comment=comment)


LISTS = (QUEUE, "/approvals/decided/", "/approvals/grants/", "/approvals/news/")


@pytest.mark.parametrize("address", LISTS)
def test_a_visitor_without_session_is_sent_to_the_sign_in(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=/approvals/")


@pytest.mark.parametrize("address", LISTS)
def test_a_person_without_a_role_may_not_look(address: str) -> None:
    assert signed_in("").get(address).status_code == 403


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("role", ["Administrators", "Auditors", "Helpdesk", "Users"])
def test_every_role_may_look(role: str, address: str) -> None:
    assert signed_in(role).get(address).status_code == 200


@pytest.mark.parametrize("address", LISTS)
def test_lists_only_answer_to_being_looked_at(address: str) -> None:
    assert signed_in("Administrators").post(address).status_code == 405


@pytest.mark.parametrize("role", ["Auditors", "Users"])
def test_who_may_only_look_is_offered_no_decision(role: str) -> None:
    make_request()
    page = text(signed_in(role), f"{QUEUE}?open=1")
    assert "Approve" not in page.partition("<main")[2].partition("Keys")[0]
    assert "Helpdesk and Administrators can decide" in page


def test_a_row_says_what_who_where_and_why() -> None:
    request = make_request(reason="Need the CAD viewer.")
    page = text(signed_in("Helpdesk"))
    for words in ("setup.exe", str(request), "alice", "WS-014", "Need the CAD viewer."):
        assert words in page


def test_the_longest_waiting_request_stands_first() -> None:
    older, newer = make_request(), make_request()
    page = text(signed_in("Users"))
    assert page.index(f"row-{older.number}") < page.index(f"row-{newer.number}")


def test_an_opened_row_shows_path_hash_and_signs() -> None:
    request = make_request()
    page = text(signed_in("Helpdesk"), f"{QUEUE}?open={request.number}")
    assert "Temp\\<wbr>7zS4F21\\<wbr>setup.exe" in page
    assert request.sha256 in page
    assert "Runs from a temporary folder" in page


def test_a_direction_character_is_shown_and_flagged() -> None:
    make_request(plea=make_plea(file_name="svchost\u202eexe.scr"))
    page = text(signed_in("Users"))
    assert 'svchost<span class="escape">[U+202E]</span>exe.scr' in page
    assert "Hidden characters in the name" in page
    assert "\u202e" not in page


def test_what_an_endpoint_sends_is_never_markup() -> None:
    make_request(reason="<script>alert(1)</script>", plea=make_plea(file_name="<b>x</b>.exe"))
    page = text(signed_in("Users"))
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


def test_earlier_requests_for_the_same_file_are_counted() -> None:
    deny(make_request(plea=make_plea(scope_key="a" * 64)))
    make_request(plea=make_plea(scope_key="b" * 64))
    page = text(signed_in("Users"))
    assert "Once" in page
    assert "1 denied" in page


@pytest.mark.parametrize("query", ["alice", "EXAMPLE\\alice", "ws-0", "Setup"])
def test_search_finds_users_computers_and_files_by_their_beginning(query: str) -> None:
    request = make_request()
    assert f"row-{request.number}" in text(signed_in("Users"), f"{QUEUE}?q={query}")


def test_search_finds_a_number_and_a_whole_hash() -> None:
    request = make_request()
    client = signed_in("Users")
    for query in (str(request), str(request.number), request.sha256.upper()):
        assert f"row-{request.number}" in text(client, f"{QUEUE}?q={query}")


def test_a_search_without_result_says_so_and_how_to_go_on() -> None:
    page = text(signed_in("Users"), f"{QUEUE}?q=autocad")
    assert "No pending request matches “autocad”." in page
    assert "/approvals/decided/?q=autocad" in page


def test_an_empty_queue_says_that_all_is_done() -> None:
    assert "No requests are awaiting approval." in text(signed_in("Users"))


def test_an_expired_request_is_no_longer_pending() -> None:
    request = make_request()
    let_expire(request)
    assert f"row-{request.number}" not in text(signed_in("Users"))


def test_the_next_page_goes_on_where_this_one_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ROWS", 2)
    numbers = [make_request(plea=make_plea(account=f"E\\u{n}")).number for n in range(3)]
    client = signed_in("Users")
    first = client.get(QUEUE)
    assert [row.number for row in first.context["rows"]] == numbers[:2]
    second = client.get(first.context["page"].next_url)
    assert [row.number for row in second.context["rows"]] == numbers[2:]
    assert second.context["page"].next_url == ""


@pytest.mark.parametrize(
    "after", ["x", "2026-01-01~1", "2026-01-01T00:00:00+00:00~x", "~", "9~9~9"]
)
def test_a_position_that_cannot_be_read_gives_the_first_page(after: str) -> None:
    request = make_request()
    page = signed_in("Users").get(QUEUE, {"after": after})
    assert f"row-{request.number}" in page.content.decode()


def test_news_counts_new_requests_and_brings_no_rows() -> None:
    shown, fresh = make_request(), make_request()
    page = text(signed_in("Users"), f"/approvals/news/?newest={shown.number}&shown={shown.number}")
    assert "1 new request." in page
    assert f"row-{fresh.number}" not in page


def test_news_turns_a_row_decided_elsewhere_to_its_result() -> None:
    request = make_request()
    deny(request, "Use the packaged version.")
    page = text(signed_in("Users"), f"/approvals/news/?newest=9&shown={request.number}")
    assert f'id="row-{request.number}"' in page
    assert "Denied" in page
    assert "Use the packaged version." in page


def test_decided_requests_say_how_and_by_whom() -> None:
    deny(make_request(), "Use the packaged version.")
    page = text(signed_in("Users"), "/approvals/decided/")
    for words in ("Denied", "sam", "in the console", "Use the packaged version."):
        assert words in page


def test_the_queue_costs_the_same_number_of_queries_however_long_it_is(
    django_assert_max_num_queries: object,
) -> None:
    for number in range(6):
        make_request(plea=make_plea(account=f"E\\u{number}", sha256=f"{number:064d}"))
    client = signed_in("Administrators")
    client.get(QUEUE)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        client.get(QUEUE)


def test_the_poll_brings_the_counts_of_navigation_and_bell() -> None:
    make_request()
    page = text(signed_in("Users"), "/approvals/counts/")
    assert 'id="nav-pending"' in page
    assert '1<span class="unseen"> pending</span>' in page


def test_every_declared_column_has_a_heading_and_a_cell() -> None:
    request = make_request()
    page = " ".join(text(signed_in("Helpdesk"), f"{QUEUE}?open={request.number}").split())
    heads = page.partition("<thead>")[2].partition("</thead>")[0]
    for column in request_queue.QUEUE.columns:
        assert column.place == "beside" or column.label in heads
    cells = [column for column in request_queue.QUEUE.columns if column.place == "cell"]
    assert heads.count("<th ") == len(cells) + 2  # the tick, and what opens the row
    assert f'<td colspan="{len(cells) + 2}">' in page


def test_the_queue_can_be_turned_round() -> None:
    older, newer = make_request(), make_request()
    page = text(signed_in("Users"), f"{QUEUE}?sort=-created_at")
    assert page.index(f"row-{newer.number}") < page.index(f"row-{older.number}")
    assert 'aria-sort="descending"' in page
