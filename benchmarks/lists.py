"""The lists of the console on PostgreSQL: a million rows beside a thousand.

Two databases on one server hold the same but for their number of requests, decisions, grants, mails,
events, stored answers and changes of items. Each page is fetched through the whole of Django, with an
administrator signed in, and its ratio is time with many rows / time with few.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from hashlib import md5
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from benchmarks.comparing import Bar, arguments, finish, show, take_turns

FEW, MANY, MANY_QUICK = 1_000, 1_000_000, 100_000
AT_MOST = 1.5
DAYS = 730  # over which the rows are spread
OPEN = 200  # of each size: pending requests, and twice as many grants in force


os.environ["PMCONSOLE_TEST_DATABASE"] = "postgresql"
os.environ["DJANGO_SETTINGS_MODULE"] = "pmconsole.settings"
import django  # noqa: E402

import tests.environment  # noqa: E402, F401  # starts PostgreSQL and Valkey, and names them

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from agents.models import StoredAnswer  # noqa: E402
from agents.services import forget_answers  # noqa: E402
from approvals.models import (  # noqa: E402
    ApprovalRequest,
    Grant,
    GrantUse,
    OutgoingMail,
)
from approvals.services import Decider, decide  # noqa: E402
from core.ids import uuid7  # noqa: E402
from core.reports import Parameters, report  # noqa: E402
from items.models import Change  # noqa: E402
from policies.models import Computer, PolicyEvent  # noqa: E402
from tests.factories import make_plea, make_request, make_user, signed_in  # noqa: E402


@contextmanager
def without_indexes(table: str) -> Iterator[None]:
    """Fill a table faster: its indexes that belong to no constraint are made anew at the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint)",
            [table],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute(f'VACUUM ANALYZE "{table}"')


def multiply(row: models.Model, source: str, **values: str) -> None:
    """Put copies of `row` in place of it: one for each n of the query `source`.

    `values` are SQL of what differs from it.
    """
    meta = row._meta
    fields = [field for field in meta.concrete_fields if not getattr(field, "generated", False)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    copied = ", ".join(values.get(field.name, f't."{field.column}"') for field in fields)
    with without_indexes(meta.db_table), connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMPORARY TABLE t AS SELECT * FROM "{meta.db_table}" WHERE {meta.pk.column} = %s',
            [meta.pk.get_db_prep_value(row.pk, connection)],
        )
        cursor.execute(f'DELETE FROM "{meta.db_table}"')
        cursor.execute(
            f'INSERT INTO "{meta.db_table}" ({columns}) SELECT {copied} FROM t, ({source}) AS of_n'
        )
        cursor.execute("DROP TABLE t")


def first_rows() -> dict[str, models.Model]:
    """One of each, made as always."""
    computer = Computer.objects.create(name="WS-1", platform="windows", secret_hash="0" * 64)
    event = {"path": "C:\\setup.exe", "arguments": ["/S"] * 40, "groups": ["S-1-5-32-545"] * 20}
    request = make_request(plea=make_plea(event=event))
    decider = Decider("console", user=make_user("sam"))
    decision = decide(number=request.number, decider=decider, answer="approve", minutes=60)
    request.refresh_from_db()
    now, grant, key = timezone.now(), Grant.objects.get(), "0" * 64
    mail = OutgoingMail.objects.first()
    assert mail is not None
    return {
        "request": request,
        "decision": decision,
        "grant": grant,
        "use": GrantUse.objects.create(grant=grant, event_id=uuid7(), at=now),
        "mail": mail,
        "change": Change.objects.create(
            model="actions.action",
            item_id=uuid7(),
            item_name="Block",
            version=1,
            at=now,
            by="sam",
            by_kind="user",
            by_id="1",
            verb="update",
            labels=["Priority", "Actions"],
            fields=[["Priority", "65", "50"]],
            values={"priority": "50", "targets": ["x" * 36] * 20},
        ),
        "event": PolicyEvent.objects.create(
            at=now,
            computer=computer,
            account="EXAMPLE\\alice",
            file_path="C:\\setup.exe",
            sha256=key,
            verdict="allow",
            event=event,
            decision={"reasons": ["matched"] * 20},
        ),
        "answer": StoredAnswer.objects.create(
            computer=computer, key=key, digest=key, answer={"verdict": "allow"}, created_at=now
        ),
    }


def fill(rows: int) -> None:
    """`rows` of each: the newest OPEN requests are pending, 7 of 10 others were approved."""
    first = first_rows()
    connection.cursor().execute("SET session_replication_role = replica")  # no look at foreign keys
    at = f"now() - ({rows} - n) * interval '{DAYS} days' / {rows}"
    each = f"SELECT n, {at} AS at FROM generate_series(1::bigint, {rows}) AS n"
    approved, key = "n % 10 < 7", "md5(n::text) || md5('x' || n::text)"
    waits, files, people = f"n > {rows - OPEN}", rows // 20, rows // 50
    user = f"lpad((n * 7919 % {people})::text, 5, '0')"
    file = f"lpad((n * 104729 % {files})::text, 5, '0')"
    multiply(
        first["request"],
        each,
        number="n",
        state=f"CASE WHEN {waits} THEN 'pending' WHEN {approved} THEN 'approved' "
        "WHEN n % 10 < 9 THEN 'denied' ELSE 'expired' END",
        created_at=f"CASE WHEN {waits} THEN now() ELSE at END",
        expires_at=f"CASE WHEN {waits} THEN now() + interval '1 day' ELSE at + interval '8 h' END",
        closed_at=f"CASE WHEN {waits} THEN NULL ELSE at + n * 7919 % 400 * interval '1 min' END",
        account=f"'EXAMPLE\\user' || {user}",
        computer_name=f"'WS-' || {user}",
        computer_id=f"md5({user})::uuid",
        file_name=f"(ARRAY['setup','viewer','tool','agent'])[(1 + n % 4)::int] || {file} || '.exe'",
        sha256=f"md5({file}) || md5('x' || {file})",
        **dict.fromkeys(("scope_key", "pause_key", "plea_key", "exact_key"), key),
    )
    connection.cursor().execute(
        "SELECT setval(pg_get_serial_sequence('approvals_approvalrequest', 'number'), %s)", [rows]
    )
    closed = f"{each} WHERE n <= {rows - OPEN}"
    one = {"id": "md5('i' || n)::uuid", "at": "of_n.at"}
    multiply(first["decision"], closed, **one, request="n", written_at="of_n.at")
    multiply(
        first["grant"],
        f"{closed} AND {approved}",
        id="md5('i' || n)::uuid",
        request="n",
        granted_at="at",
        expires_at=f"CASE WHEN n > {rows - 3 * OPEN} THEN now() + interval '1 day' "
        "ELSE at + interval '1 h' END",
        revoked_at=f"CASE WHEN n <= {rows - 3 * OPEN} AND n % 100 < 15 AND (n < 500 OR n % 9 = 0) "
        "THEN at END",
    )
    multiply(first["use"], f"{closed} AND {approved}", **one, grant="md5('i' || n)::uuid")
    multiply(
        first["mail"],
        each,
        id="md5('i' || n)::uuid",
        request="n",
        invitation="NULL",
        message_id="'<' || n || '@pm.example.com>'",
        draft="'{}'",  # no list reads it
        state="CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'sent' END",
        created_at="at",
    )
    multiply(
        first["change"],
        each,
        **one,
        item_id=f"md5((n % {files})::text)::uuid",
        item_name=f"(ARRAY['Block ','Elevate ','Ask for '])[(1 + n % 3)::int] || {file}",
        version=f"1 + n / {files}",
        by=f"'Admin ' || {user}",
    )
    multiply(first["event"], each, **one, account=f"'EXAMPLE\\user' || {user}")
    multiply(first["answer"], each, id="n", key=key, created_at="now() + interval '1 day'")


class Console:
    """One of the two databases, with an administrator signed in."""

    def __init__(self, name: str, rows: int) -> None:
        self.name, self.rows = name, rows
        self.client: Client

    def make(self) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}"')
            cursor.execute(f'CREATE DATABASE "{self.name}"')
        self.enter()
        call_command("migrate", verbosity=0)
        fill(self.rows)
        self.client = signed_in()
        connection.close()

    def enter(self) -> None:
        if connection.settings_dict["NAME"] != self.name:
            connection.close()
            connection.settings_dict["NAME"] = self.name
            connection.ensure_connection()

    def fetch(self, address: str) -> None:
        response = self.client.get(address)
        assert response.status_code == 200, (address, response.status_code)

    def download(self, address: str, *, pieces: int | None) -> int:
        """Read so many pieces of a CSV, or all, and return the number of lines."""
        response: Any = self.client.get(address)
        lines: int = sum(piece.count(b"\n") for piece in islice(response.streaming_content, pieces))
        response.close()
        return lines

    def middle(self, address: str, model: type[models.Model], by: str) -> None:
        """The page of a list, the newest first, in the middle of its rows."""
        key = self.rows // 2
        row = model._default_manager.get(
            pk=key if model is ApprovalRequest else md5_uuid(f"i{key}")
        )
        mark = [getattr(row, by).isoformat(), str(row.pk)]
        self.fetch(f"{address}?{urlencode({'after': json.dumps(mark)})}")

    def report(self, key: str) -> None:
        """A report about as many of the newest rows as the smaller database has."""
        now = timezone.now()
        since = now - timedelta(days=DAYS) * FEW / self.rows
        list(report(key).rows(Parameters(since, now, None, now)))

    def forget_answers(self) -> None:
        deleted = forget_answers()
        assert deleted == OPEN, deleted

    def let_answers_age(self) -> None:
        """OPEN answers that are to be forgotten."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO agents_storedanswer (id, computer_id, key, digest, answer, created_at)"
                " SELECT n, computer_id, n::text, digest, answer, now() - interval '1 hour'"
                " FROM (SELECT * FROM agents_storedanswer LIMIT 1) AS t,"
                " generate_series(2000000, %s) AS n",
                [1_999_999 + OPEN],
            )


def md5_uuid(text: str) -> UUID:
    """As the tables are filled."""
    return UUID(md5(text.encode(), usedforsecurity=False).hexdigest())


FILE_HASH = "".join(md5(text, usedforsecurity=False).hexdigest() for text in (b"00007", b"x00007"))
DECIDED, HISTORY = "/approvals/decided/", "/configuration/history/"
PAGES = {
    "Home": "/",
    "Pending": "/approvals/",
    "Pending, a user": "/approvals/?q=user00017",
    "Pending, nothing found": "/approvals/?q=nobody",
    "Decided": DECIDED,
    "Decided, a user": f"{DECIDED}?q=user00017",
    "Decided, a user of a domain": f"{DECIDED}?q=example%5Cuser00017",
    "Decided, a computer": f"{DECIDED}?q=WS-00017",
    "Decided, a program": f"{DECIDED}?q=viewer0001",
    "Decided, many users": f"{DECIDED}?q=user000",
    "Decided, many programs": f"{DECIDED}?q=setup",
    "Decided, a number": f"{DECIDED}?q=PM-77",
    "Decided, a hash": f"{DECIDED}?q={FILE_HASH}",
    "Decided, nothing found": f"{DECIDED}?q=nobody",
    "Grants": "/approvals/grants/",
    "Grants by computer": "/approvals/grants/?sort=request__computer_name",
    "Grants, a user": "/approvals/grants/?q=user00017",
    "Grants, nothing found": "/approvals/grants/?q=nobody",
    "Revoked": "/approvals/grants/revoked/",
    "Revoked, a user": "/approvals/grants/revoked/?q=user00017",
    "Revoked, nothing found": "/approvals/grants/revoked/?q=nobody",
    "History": HISTORY,
    "History, an item": f"{HISTORY}?q=block%2000017",
    "History, a person": f"{HISTORY}?q=admin%2000017",
    "History, many items": f"{HISTORY}?q=b",
    "History, nothing found": f"{HISTORY}?q=nobody",
}
Work = Callable[[Console], object]
WORKS: dict[str, Work] = {
    **{name: partial(Console.fetch, address=address) for name, address in PAGES.items()},
    "Decided, middle": lambda console: console.middle(DECIDED, ApprovalRequest, "closed_at"),
    "History, middle": lambda console: console.middle(HISTORY, Change, "at"),
    "CSV, first rows": lambda console: console.download(f"{DECIDED}?format=csv", pieces=2),
    **{
        f"Report {key}": partial(Console.report, key=key)
        for key in ("decisions", "by-approver", "undelivered-mail", "events-by-policy")
    },
}


def turn_of(console: Console, work: Work, before: Work | None = None) -> Callable[[], float]:
    def turn() -> float:
        console.enter()
        if before:
            before(console)
        begin = time.perf_counter()
        work(console)
        return time.perf_counter() - begin

    return turn


def csv_rate(console: Console) -> float:
    """Seconds for 1,000 rows, over 20,000 of them at most."""
    console.enter()
    begin = time.perf_counter()
    lines = console.download(f"{DECIDED}?format=csv", pieces=21)
    return (time.perf_counter() - begin) / lines * 1_000


def main() -> None:
    options = arguments(__doc__)
    call_command("collectstatic", interactive=False, verbosity=0)
    rows = MANY_QUICK if options.quick else MANY
    few, many = Console("lists_few", FEW), Console("lists_many", rows)
    for console in (few, many):
        begin = time.perf_counter()
        console.make()
        print(f"{console.rows:,} rows in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
    turns: dict[str, tuple[Callable[[], float], Callable[[], float]]] = {
        name: (turn_of(few, work), turn_of(many, work)) for name, work in WORKS.items()
    }
    turns["forget_answers"] = (
        turn_of(few, Console.forget_answers, Console.let_answers_age),
        turn_of(many, Console.forget_answers, Console.let_answers_age),
    )
    turns["CSV, 1,000 rows"] = (partial(csv_rate, few), partial(csv_rate, many))
    bars = []
    for name, (of_few, of_many) in turns.items():
        pair = {f"{FEW:,} rows": of_few, f"{rows:,} rows": of_many}
        seen = list((found := take_turns(pair, rounds=5 if options.quick else 15)).values())
        show(name, found, unit="ms", scale=1e3)
        bars.append(Bar(name, seen[1].median / seen[0].median, at_most=AT_MOST))
    finish(bars, options)


if __name__ == "__main__":
    main()
