"""Tables filled with any number of rows, in SQL: copies of rows that were made as always."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models
from django.utils import timezone

from agents.models import StoredAnswer
from approvals.models import Grant, GrantUse, OutgoingMail
from approvals.services import Decider, decide
from core.ids import uuid7
from items.models import Change
from policies.models import Computer, PolicyEvent
from tests.factories import make_plea, make_request, make_user

DIGITS, NOT_DIGITS = "0123456789", "ghijklmnop"  # words of a name, from a hash
DAYS = 730  # over which the rows are spread
OPEN = 200  # of any number: pending requests, and twice as many grants in force


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
        "computer": computer,
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
    letters = f"translate(left(md5({{}}), 8), '{DIGITS}', '{NOT_DIGITS}')"
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
        bounce_hash="'b' || n",
        state="CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'sent' END",
        created_at="at",
    )
    multiply(
        first["change"],
        each,
        **one,
        item_id=f"md5((n % {files})::text)::uuid",
        item_name=f"(ARRAY['Block ','Elevate ','Ask for '])[(1 + n % 3)::int] || {letters.format(file)}",
        version=f"1 + n / {files}",
        by=f"'Admin ' || {letters.format(user)}",
    )
    number = "lpad(n::text, 5, '0')"
    multiply(
        first["computer"],
        f"SELECT n FROM generate_series(0, {people - 1}) AS n",
        id=f"md5({number})::uuid",
        name=f"'WS-' || {number}",
        name_key=f"'ws-' || {number}",
    )
    multiply(
        first["event"],
        each,
        **one,
        account=f"'EXAMPLE\\user' || {user}",
        computer=f"md5({user})::uuid",
        file_name=f"(ARRAY['setup','viewer','tool','agent'])[(1 + n % 4)::int] || {file} || '.exe'",
        sha256=f"md5({file}) || md5('x' || {file})",
        # Of any number: the oldest 60 were warned of.
        verdict="CASE WHEN n <= 60 THEN 'warn' WHEN n % 2 = 0 THEN 'deny' ELSE 'allow' END",
        policy_id="md5((n % 50)::text)::uuid",
        request_number="CASE WHEN n % 10 = 0 THEN n END",
    )
    multiply(
        first["answer"],
        each,
        id="n",
        computer="md5('00000')::uuid",
        key=key,
        created_at="now() + interval '1 day'",
    )
