"""Pages, batches and searches of big tables: what they find, and that an index finds it."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Q, QuerySet
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from approvals.models import ApprovalRequest, Decision, Grant, OutgoingMail
from approvals.pages.request_search import matching
from core import pages
from core.pages import batches, page_of
from core.search import make_indexes
from items.models import Change
from tests.factories import make_plea, make_request

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the promise about many rows is PostgreSQL's"
)
AMONG_NUMBERS = '["2026-01-01T00:00:00+00:00", 5]'
AMONG_IDS = '["2026-01-01T00:00:00+00:00", "0198b0a0-0000-7000-8000-000000000000"]'


def plan_of(sql: str, *avoided: str) -> str:
    """How PostgreSQL would find the rows, were there too many to read all, or to do what is `avoided`.

    Once it has analysed a table by itself, it knows how few rows a test has.
    """
    with connection.cursor() as cursor:
        for way in ("seqscan", *avoided):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def sql_of(ask: Callable[[], object]) -> str:
    """The first query of `ask`."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    return str(asked[0]["sql"])


@on_postgresql
@pytest.mark.parametrize(
    ("rows", "by", "descending", "after"),
    [
        (ApprovalRequest.objects.decided(), "closed_at", True, AMONG_NUMBERS),
        (ApprovalRequest.objects.open(), "created_at", False, AMONG_NUMBERS),
        (Grant.objects.filter(revoked_at__isnull=False), "revoked_at", True, AMONG_IDS),
        (Change.objects.all(), "at", True, AMONG_IDS),
    ],
    ids=["decided", "pending", "revoked", "history"],
)
def test_a_page_begins_to_read_its_index_where_the_last_one_ended(
    rows: QuerySet[Any], by: str, descending: bool, after: str, rf: RequestFactory
) -> None:
    request = rf.get("/", {"after": after})
    sql = sql_of(lambda: page_of(rows, request, by=by, descending=descending))
    condition = plan_of(sql, "sort").partition("Index Cond:")[2].partition("\n")[0]
    assert f"ROW({by}" in condition.replace(f"{rows.model._meta.db_table}.", "")


@on_postgresql
@pytest.mark.parametrize(
    "rows",
    [
        ApprovalRequest.objects.filter(matching("alice")),
        ApprovalRequest.objects.filter(matching("EXAMPLE\\alice")),
        ApprovalRequest.objects.filter(matching("a" * 64)),
        Change.objects.filter(Q(item_name__icontains="lice") | Q(by__icontains="lice")),
    ],
    ids=["requests", "a domain's user", "a hash", "history"],
)
def test_a_search_reads_no_row_that_it_does_not_find(rows: QuerySet[Any]) -> None:
    plan = plan_of(sql_of(lambda: list(rows.order_by())))
    assert "Index Cond" in plan
    assert "Seq Scan" not in plan


@on_postgresql
def test_without_the_right_to_create_trigrams_migrate_goes_on_and_says_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE ROLE pmconsole_owner")
        cursor.execute("SET LOCAL ROLE pmconsole_owner")
        make_indexes(apps.get_app_config("items"), using="default")
        assert "CREATE EXTENSION pg_trgm" in capsys.readouterr().err
        cursor.execute("RESET ROLE")
    make_indexes(apps.get_app_config("items"), using="default")
    assert capsys.readouterr().err == ""
    rows = Change.objects.filter(item_name__icontains="lice").order_by()
    assert "items_change_parts" in plan_of(sql_of(lambda: list(rows)))


@on_postgresql
@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (Decision.objects.order_by("at"), "approvals_decision_by_time"),
        (OutgoingMail.objects.late().order_by("created_at"), "approvals_outbox_late"),
        (OutgoingMail.objects.order_by("created_at", "id"), "approvals_outbox_by_time"),
        (Grant.objects.valid().order_by(), "approvals_grant_running"),
    ],
    ids=["decisions", "late mail", "mail", "grants"],
)
def test_what_home_and_reports_ask_has_its_index(rows: QuerySet[Any], index: str) -> None:
    assert index in plan_of(sql_of(rows.first))


def numbers(found: Iterable[list[ApprovalRequest]]) -> list[list[int]]:
    return [[request.number for request in batch] for batch in found]


@pytest.mark.parametrize("descending", [False, True])
def test_batches_hold_every_row_once_in_the_order_of_pages(
    monkeypatch: pytest.MonkeyPatch, descending: bool
) -> None:
    monkeypatch.setattr(pages, "BATCH", 2)
    made = [make_request(plea=make_plea(account=f"E\\u{n}")).number for n in range(5)]
    ordered = made[::-1] if descending else made
    found = batches(ApprovalRequest.objects.all(), by="created_at", descending=descending)
    assert numbers(found) == [ordered[:2], ordered[2:4], ordered[4:]]


def test_no_rows_make_no_batch() -> None:
    assert numbers(batches(ApprovalRequest.objects.all(), by="created_at")) == []


def found_by(query: str) -> list[ApprovalRequest]:
    return list(ApprovalRequest.objects.filter(matching(query)))


@pytest.mark.parametrize("query", ["dana", "DANA.W", "corp\\dana", "Corp\\", "ws-1", "ünload%"])
def test_a_search_finds_beginnings_in_either_case(query: str) -> None:
    plea = make_plea(account="CORP\\dana.whitfield", computer_name="WS-19", file_name="ünload%.exe")
    request = make_request(plea=plea)
    make_request(plea=make_plea(account="OTHER\\sam", computer_name="PC-1"))
    assert found_by(query) == [request]


@pytest.mark.parametrize("query", ["whitfield", "other\\dana", "dana\\corp", "_ana", "%", "corp"])
def test_a_search_finds_nothing_else(query: str) -> None:
    make_request(plea=make_plea(account="CORP\\dana.whitfield"))
    assert found_by(query) == []


def test_what_is_longer_than_an_index_takes_is_stored_and_found() -> None:
    name = "\U0001f9ff" * 1000 + ".exe"  # 4,000 bytes
    request = make_request(plea=make_plea(file_name=name))
    assert found_by(name[:200]) == [request]
