"""Lists of items: search, sort, filters, pages, empty lists, CSV, and how many queries they cost."""

import csv
import html
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from actions.models import Action
from core import pages
from foreign_systems.circuits import open_circuit
from foreign_systems.models import Credential, ForeignSystem
from items.family import Family, families, page_of_item
from tests.factories import make_process, make_smtp_server, make_type, signed_in
from tests.items.makers import make_item

pytestmark = pytest.mark.django_db
ACTIONS = "/actions/"
every_family = pytest.mark.parametrize(
    "family", list(families()), ids=[family.namespace for family in families()]
)


def make_action(name: str, kind: str = "deny_execute", **values: object) -> Action:
    return Action.objects.create(name=name, kind=kind, **values)


def names_in(page: str) -> list[str]:
    found = re.findall(r'<a href="/actions/[0-9a-f-]{36}/">(.*?)</a>', page)
    return [html.unescape(name) for name in found]


def names(query: str = "", client: Client | None = None) -> list[str]:
    response = (client or signed_in()).get(f"{ACTIONS}{query}")
    assert response.status_code == 200
    return names_in(response.content.decode())


def csv_rows(address: str) -> list[list[str]]:
    response = signed_in().get(address)
    body = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    return list(csv.reader(io.StringIO(body)))


def test_a_list_is_sorted_by_name_without_regard_to_case() -> None:
    for name in ("b", "C", "a"):
        make_action(name)
    assert names() == ["a", "b", "C"]


def test_it_is_sorted_by_any_head_both_ways() -> None:
    make_action("a", "warning_message")
    make_action("b", "deny_execute")
    assert names("?sort=kind") == ["b", "a"]
    assert names("?sort=-kind") == ["a", "b"]
    page = signed_in().get(f"{ACTIONS}?sort=-kind").content.decode()
    assert 'aria-sort="descending"' in page


@pytest.mark.parametrize("sort", ["id", "settings", "-version", "approval_type__id", "x", "-"])
def test_what_is_no_head_sorts_by_name(sort: str) -> None:
    make_action("b")
    make_action("a")
    assert names(f"?sort={sort}") == ["a", "b"]


def test_search_finds_what_stands_in_name_and_description() -> None:
    make_action("Block games")
    make_action("Second", description="for GAMES too")
    make_action("Third")
    assert names("?q=games") == ["Block games", "Second"]


def test_search_and_filters_go_together_and_stay_while_sorting() -> None:
    make_action("Windows one", platform="windows")
    make_action("Linux one", platform="linux")
    make_action("Linux other", "warning_message", platform="linux")
    assert names("?q=one&platform=linux") == ["Linux one"]
    assert names("?platform=linux&kind=warning_message") == ["Linux other"]
    page = signed_in().get(f"{ACTIONS}?q=one&platform=linux").content.decode()
    assert "?q=one&amp;platform=linux&amp;sort=" in page


def test_an_unknown_filter_value_is_left_aside() -> None:
    make_action("a")
    assert names("?kind=nonsense&platform=amiga") == ["a"]


def test_servers_are_found_by_their_address() -> None:
    server = make_smtp_server(2525)
    page = signed_in().get("/configuration/foreign-systems/smtp-server/?q=127.0.0.1:2525")
    assert server.name in page.content.decode()


def test_processes_are_found_by_whom_they_ask() -> None:
    process = make_process(to_addresses=("kim@example.com",))
    make_process()
    page = signed_in().get("/tasks/automation/approval-processes/?q=kim@").content.decode()
    assert process.name in page
    assert "1 Item<" in page


def walk(client: Client, address: str) -> Iterator[list[str]]:
    while address:
        page = client.get(address).content.decode()
        yield names_in(page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = html.unescape(found[1]) if found else ""


@pytest.mark.parametrize("sort", ["", "-name", "kind", "-kind", "platform"])
def test_pages_show_every_row_once_also_among_equal_ones(
    monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(pages, "ROWS", 2)
    for number in range(5):
        make_action(f"Action {number}", ("deny_execute", "warning_message")[number % 2])
    walked = list(walk(signed_in(), f"{ACTIONS}?sort={sort}"))
    assert [len(rows) for rows in walked] == [2, 2, 1]
    assert sorted(name for rows in walked for name in rows) == [
        f"Action {number}" for number in range(5)
    ]


def test_a_row_that_comes_meanwhile_shifts_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ROWS", 2)
    for name in ("b", "d", "f"):
        make_action(name)
    steps = walk(signed_in(), ACTIONS)
    assert next(steps) == ["b", "d"]
    make_action("a")
    assert next(steps) == ["f"]


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "[]",
        "[1]",
        "null",
        '["a",null]',
        '[null,"x"]',
        '["a","not-a-key"]',
        '["\\u0000","00000000-0000-0000-0000-000000000000"]',
        '[["a"],"00000000-0000-0000-0000-000000000000"]',
        '{"a":1}',
        "9" * 5000,
        "[" * 3000,
        "[1e999,1]",
        '[99999999999999999999999999,"00000000-0000-0000-0000-000000000000"]',
        '["\\ud800","00000000-0000-0000-0000-000000000000"]',
    ],
)
def test_a_position_that_somebody_made_up_gives_the_first_page(after: str) -> None:
    make_action("a")
    response = signed_in().get(ACTIONS, {"after": after})
    assert response.status_code == 200


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_outside_of_time_gives_the_first_page(moment: str) -> None:
    mark = f'["{moment}","00000000-0000-0000-0000-000000000000"]'
    assert signed_in().get("/configuration/history/", {"after": mark}).status_code == 200


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "%", "_", "\\", "'", "x" * 5000])
def test_any_search_is_answered(text: str) -> None:
    make_action("a")
    response = signed_in().get(ACTIONS, {"q": text.encode("utf-8", "surrogatepass")})
    assert response.status_code == 200


def test_nothing_made_yet_says_what_to_do_next() -> None:
    page = signed_in().get("/configuration/credentials/").content.decode()
    assert "No credentials yet." in page
    assert "Create Credential" in page
    assert (
        "Create Credential"
        not in signed_in("Auditors").get("/configuration/credentials/").content.decode()
    )


def test_nothing_found_offers_to_show_all() -> None:
    make_action("a")
    page = html.unescape(signed_in().get(f"{ACTIONS}?q=zzz").content.decode())
    assert "No action matches “zzz”." in page
    assert "Show all" in page


def test_the_count_is_of_all_that_match() -> None:
    for name in ("one", "two", "three"):
        make_action(name)
    assert "<b>3 Items</b>" in signed_in().get(ACTIONS).content.decode()
    assert "<b>1 Item</b>" in signed_in().get(f"{ACTIONS}?q=two").content.decode()


def test_users_are_counted_once_each() -> None:
    process = make_process()
    make_type(process)
    make_type(process)
    related = page_of_item(process) + "related/"
    page = " ".join(
        signed_in().get("/tasks/automation/approval-processes/").content.decode().split()
    )
    assert f'<td class="num" data-label="Used by"><a href="{related}">2</a></td>' in page


def test_trouble_of_a_server_stands_below_its_name() -> None:
    server = make_smtp_server()
    open_circuit(server, reason="535 Wrong <password>", alert=False)
    page = signed_in().get("/configuration/foreign-systems/smtp-server/").content.decode()
    assert "535 Wrong &lt;password&gt;" in page
    assert "Not accepting mail" in page


def test_csv_has_the_rows_of_the_list_as_it_is_narrowed_and_sorted() -> None:
    make_action("ä", platform="linux", description="two\nlines")
    make_action("b", platform="windows")
    make_action("c", platform="linux")
    head, *rows = csv_rows(f"{ACTIONS}?format=csv&platform=linux&sort=-name")
    assert head == ["Name", "Description", "Type", "Platform", "Approval Type"]
    assert rows == [
        ["ä", "two\nlines", "Deny Execute Action", "Unix/Linux", ""],
        ["c", "", "Deny Execute Action", "Unix/Linux", ""],
    ] or rows == [
        ["c", "", "Deny Execute Action", "Unix/Linux", ""],
        ["ä", "two\nlines", "Deny Execute Action", "Unix/Linux", ""],
    ]  # how ä sorts is the database's


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_gives_a_spreadsheet_no_formula(start: str) -> None:
    make_action(f"x{start}", description=f"{start}cmd|' /C calc'!A0")
    (row,) = csv_rows(f"{ACTIONS}?format=csv")[1:]
    assert row[1].startswith("'")
    assert row[0] == f"x{start}"


def test_csv_is_a_file_with_a_plain_name() -> None:
    response = signed_in().get("/configuration/foreign-systems/smtp-server/?format=csv")
    assert re.fullmatch(
        r'attachment; filename="smtp-servers-\d{4}-\d\d-\d\d\.csv"',
        response["Content-Disposition"],
    )


@every_family
def test_thirty_rows_cost_no_more_queries_than_three(
    family: Family, django_assert_max_num_queries: object
) -> None:
    client = signed_in()

    def queries_with(count: int) -> int:
        while family.queryset().count() < count:
            for kind in family.kinds:
                make_item(family, kind)
        with django_assert_max_num_queries(60) as found:  # type: ignore[operator]
            assert client.get(family.url).status_code == 200
        return len(found)

    few = queries_with(3)
    assert queries_with(30) <= few


@every_family
def test_every_list_has_a_csv(family: Family) -> None:
    item = make_item(family, family.kinds[0])
    rows = csv_rows(f"{family.url}?format=csv")
    assert item.name in [row[0] for row in rows]


def test_the_kinds_of_foreign_system_are_counted() -> None:
    make_smtp_server()
    ForeignSystem.objects.create(name="Second", kind="smtp")
    page = " ".join(signed_in().get("/configuration/foreign-systems/").content.decode().split())
    assert 'data-label="Count"><span>2</span>' in page


def test_a_list_is_narrowed_to_what_is_used_or_not() -> None:
    used, unused = make_process(), make_process()
    make_type(used)
    address = "/tasks/automation/approval-processes/"
    for use, there, absent in (("yes", used, unused), ("no", unused, used)):
        page = signed_in().get(address, {"use": use}).content.decode()
        assert f">{there.name}<" in page
        assert f">{absent.name}<" not in page


def test_the_default_server_is_in_use_where_a_process_names_none() -> None:
    server = make_smtp_server()
    make_process()
    address = "/configuration/foreign-systems/smtp-server/"
    assert f">{server.name}<" in signed_in().get(address, {"use": "yes"}).content.decode()


def test_credentials_are_sorted_by_the_age_of_their_secret() -> None:
    for name, day in (("Old", 1), ("New", 9), ("None", 0)):
        changed = datetime(2026, 7, day, tzinfo=UTC) if day else None
        Credential.objects.create(name=name, account_name="pm", secret_changed_at=changed)
    page = signed_in().get("/configuration/credentials/?sort=secret_changed_at").content.decode()
    found = re.findall(r'<a href="/configuration/credentials/[0-9a-f-]{36}/">(.*?)</a>', page)
    assert found == ["None", "Old", "New"]
