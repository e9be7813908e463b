"""Decided and the grants: columns declared once make table and CSV; search, sort, pages."""

import csv
import io
import uuid

import pytest
from django.utils import timezone

from approvals.models import ApprovalRequest, GrantUse
from approvals.pages.lists import ACTIVE_GRANTS, DECIDED, REVOKED_GRANTS
from approvals.services import Decider, decide, revoke_grant
from core import pages
from core.actors import Actor
from core.people.models import User
from items.listings import Listing
from tests.factories import DANA, LEE, invitation_of, make_plea, make_request, make_user, signed_in

pytestmark = pytest.mark.django_db
ADDRESSES = {
    DECIDED.noun: "/approvals/decided/",
    ACTIVE_GRANTS.noun: "/approvals/grants/",
    REVOKED_GRANTS.noun: "/approvals/grants/revoked/",
}
LISTS = [DECIDED, ACTIVE_GRANTS, REVOKED_GRANTS]
every_list = pytest.mark.parametrize("chosen", LISTS, ids=lambda c: c.noun)


def approved(name: str = "setup.exe", account: str = "EXAMPLE\\alice") -> ApprovalRequest:
    request = make_request(plea=make_plea(file_name=name, account=account))
    decide(
        number=request.number,
        decider=Decider("console", user=make_user()),
        answer="approve",
        minutes=120,
        comment="Fine.\nRemove it afterwards.",
    )
    return request


def listed(chosen: Listing, *about: str, **more: str) -> ApprovalRequest:
    """A request that `chosen` lists."""
    request = approved(*about, **more)
    if chosen is REVOKED_GRANTS:
        revoke_grant(
            grant_id=request.grant.pk, by=Actor.of_operator("sam"), reason="The wrong installer."
        )
    return request


def csv_rows(address: str) -> list[list[str]]:
    response = signed_in("Users").get(address)
    body = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(body)))


@every_list
def test_every_declared_column_is_in_the_table_and_in_the_csv(chosen: Listing) -> None:
    request = listed(chosen)
    address = ADDRESSES[chosen.noun]
    page = " ".join(signed_in("Users").get(address).content.decode().split())
    heads = page.partition("<thead>")[2].partition("</thead>")[0]
    labels = [column.label for column in chosen.columns if column.label]
    for column in chosen.columns:
        assert column.place == "beside" or column.label in heads
    head, row = csv_rows(f"{address}?format=csv")
    assert head == labels
    assert row[labels.index("Request")] == str(request)
    assert row[labels.index("Program")] == "setup.exe"


def test_what_stands_in_one_cell_shares_its_heading() -> None:
    approved()
    page = signed_in("Users").get(ADDRESSES[DECIDED.noun]).content.decode()
    assert '<td data-label="User, Computer"><span>alice</span><span class="second">WS-014' in page
    assert "Fine.<br>Remove it afterwards." in page


def test_lists_name_all_whose_approvals_decided_and_nobody_else() -> None:
    request = make_request(approvals_needed=2, to_addresses=(DANA, LEE, "kim@example.com"))
    kim = make_user("kim", email="kim@example.com", role="Helpdesk")
    for address in ("kim@example.com", DANA, LEE):
        by = Decider("reply", invitation=invitation_of(request, address))
        decide(number=request.number, decider=by, answer="approve", minutes=120)
        User.objects.filter(pk=kim.pk).update(is_active=False)  # so Kim's counts no more
    for address, label in (("decided/", "Decided By"), ("grants/", "Approved By")):
        head, row = csv_rows(f"/approvals/{address}?format=csv")
        assert row[head.index(label)] == f"{DANA} and {LEE}"


def test_csv_keeps_lines_and_shows_hidden_characters() -> None:
    approved("=svchost\u202eexe.scr")
    head, row = csv_rows("/approvals/decided/?format=csv")
    assert row[0] == "'=svchost[U+202E]exe.scr"
    assert row[head.index("Comment")] == "Fine.\nRemove it afterwards."


@every_list
def test_csv_has_the_rows_of_the_search(chosen: Listing) -> None:
    listed(chosen)
    bob = listed(chosen, account="EXAMPLE\\bob")
    _, *rows = csv_rows(f"{ADDRESSES[chosen.noun]}?q=bob&format=csv")
    assert [row[1] for row in rows] == [str(bob)]


@every_list
def test_a_list_can_be_sorted_by_each_column_that_says_so(chosen: Listing) -> None:
    first, second = listed(chosen, "a.exe", "EXAMPLE\\a"), listed(chosen, "b.exe", "EXAMPLE\\b")
    for column in chosen.columns:
        for sort in filter(None, (column.sort, column.sort and f"-{column.sort}")):
            response = signed_in("Users").get(ADDRESSES[chosen.noun], {"sort": sort})
            page = response.content.decode()
            order = "descending" if sort.startswith("-") else "ascending"
            assert f'aria-sort="{order}"' in page
            if "computer" not in sort:
                rising = page.index(f">{first}<") < page.index(f">{second}<")
                assert rising == (order == "ascending")


@every_list
def test_what_no_column_sorts_by_leaves_the_newest_first(chosen: Listing) -> None:
    first, second = listed(chosen, account="E\\a"), listed(chosen, account="E\\b")
    for sort in ("", "request__reason", "-", "pk"):
        page = signed_in("Users").get(ADDRESSES[chosen.noun], {"sort": sort}).content.decode()
        assert page.index(f">{second}<") < page.index(f">{first}<")


@every_list
def test_the_next_page_of_a_sorted_list_goes_on_where_this_one_ends(
    chosen: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ROWS", 2)
    for letter in "abc":
        listed(chosen, account=f"E\\{letter}")
    client = signed_in("Users")
    sort = next(column.sort for column in reversed(chosen.columns) if column.sort)
    first = client.get(ADDRESSES[chosen.noun], {"sort": sort})
    second = client.get(first.context["page"].next_url)
    shown = [row.of.pk for row in (*first.context["rows"], *second.context["rows"])]
    assert len(shown) == len(set(shown)) == 3


@every_list
def test_a_search_without_result_says_how_to_search(chosen: Listing) -> None:
    page = signed_in("Users").get(ADDRESSES[chosen.noun], {"q": "autocad"}).content.decode()
    assert f"No {chosen.noun} matches “autocad”." in page
    assert "beginning of a user, computer or file name" in page


@every_list
def test_an_empty_list_says_what_will_be_there_and_where_to_go(chosen: Listing) -> None:
    page = signed_in("Users").get(ADDRESSES[chosen.noun]).content.decode()
    assert chosen.blank_title in page
    assert "See pending requests" in page


@every_list
def test_a_list_costs_the_same_number_of_queries_however_long_it_is(
    chosen: Listing, django_assert_max_num_queries: object
) -> None:
    client = signed_in("Helpdesk")
    client.get(ADDRESSES[chosen.noun])
    listed(chosen)
    with django_assert_max_num_queries(60) as one:  # type: ignore[operator]
        client.get(ADDRESSES[chosen.noun])
    for number in range(5):
        listed(chosen, account=f"E\\{number}")
    with django_assert_max_num_queries(len(one)):  # type: ignore[operator]
        client.get(ADDRESSES[chosen.noun])


def test_a_grant_tells_how_often_it_was_used() -> None:
    request = approved()
    approved(account="E\\b")
    for _ in range(3):
        GrantUse.objects.create(grant=request.grant, event_id=uuid.uuid4(), at=timezone.now())
    head, *rows = csv_rows("/approvals/grants/?format=csv")
    used = {row[head.index("Request")]: row[head.index("Used")] for row in rows}
    assert sorted(used.values()) == ["0 times", "3 times"]
    assert used[str(request)] == "3 times"
