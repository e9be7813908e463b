"""The lists of the console on PostgreSQL: a million rows beside a thousand.

Two databases on one server hold the same but for their number of requests, decisions, grants, mails,
events, stored answers and changes of items. Each page is fetched through the whole of Django, with an
administrator signed in, and its ratio is time with many rows / time with few.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from hashlib import md5
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from benchmarks.comparing import Bar, arguments, finish, show, take_turns

FEW, MANY, MANY_QUICK = 1_000, 1_000_000, 30_000
AT_MOST = 1.5


os.environ["PMCONSOLE_TEST_DATABASE"] = "postgresql"
os.environ["DJANGO_SETTINGS_MODULE"] = "pmconsole.settings"
import django  # noqa: E402

import tests.environment  # noqa: E402, F401  # starts PostgreSQL and Valkey, and names them

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from agents.services import forget_answers  # noqa: E402
from approvals.models import ApprovalRequest  # noqa: E402
from benchmarks.rows.filling import DAYS, DIGITS, NOT_DIGITS, OPEN, fill  # noqa: E402
from core.reports import Parameters, report  # noqa: E402
from items.models import Change  # noqa: E402
from policies.models import PolicyEvent  # noqa: E402
from tests.factories import signed_in  # noqa: E402


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
WORD = (
    md5(b"00017", usedforsecurity=False)
    .hexdigest()[:8]
    .translate(str.maketrans(DIGITS, NOT_DIGITS))
)
DECIDED, HISTORY = "/approvals/decided/", "/configuration/history/"
EVENTS = "/policy-events/"
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
    "History, an item": f"{HISTORY}?q={WORD}",
    "History, a person": f"{HISTORY}?q=admin%20{WORD}",
    "History, many items": f"{HISTORY}?q=lock",
    "History, nothing found": f"{HISTORY}?q=nobody",
    "Events": EVENTS,
    "Events, a user": f"{EVENTS}?q=user00017",
    "Events, a computer": f"{EVENTS}?q=WS-00017",
    "Events, many computers": f"{EVENTS}?q=WS-000",
    "Events, a program": f"{EVENTS}?q=viewer0001",
    "Events, many programs": f"{EVENTS}?q=setup",
    "Events, a hash": f"{EVENTS}?q={FILE_HASH}",
    "Events, a request": f"{EVENTS}?q=PM-770",
    "Events, nothing found": f"{EVENTS}?q=nobody",
    "Events, denied": f"{EVENTS}?verdict=deny",
    "Events, a rare verdict": f"{EVENTS}?verdict=warn",
    "Events, denied in 90 days": f"{EVENTS}?verdict=deny&since=90",
    "Events, a user's denied": f"{EVENTS}?q=user00017&verdict=deny",
}
Work = Callable[[Console], object]
WORKS: dict[str, Work] = {
    **{name: partial(Console.fetch, address=address) for name, address in PAGES.items()},
    "Decided, middle": lambda console: console.middle(DECIDED, ApprovalRequest, "closed_at"),
    "History, middle": lambda console: console.middle(HISTORY, Change, "at"),
    "Events, middle": lambda console: console.middle(EVENTS, PolicyEvent, "at"),
    "CSV, first rows": lambda console: console.download(f"{DECIDED}?format=csv", pieces=2),
    "Events' CSV, first rows": lambda console: console.download(f"{EVENTS}?format=csv", pieces=2),
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


def csv_rate(console: Console, address: str) -> float:
    """Seconds for 1,000 rows, over 20,000 of them at most."""
    console.enter()
    begin = time.perf_counter()
    lines = console.download(f"{address}?format=csv", pieces=21)
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
    for name, address in (("CSV, 1,000 rows", DECIDED), ("Events' CSV, 1,000 rows", EVENTS)):
        turns[name] = (partial(csv_rate, few, address), partial(csv_rate, many, address))
    bars = []
    for name, (of_few, of_many) in turns.items():
        pair = {f"{FEW:,} rows": of_few, f"{rows:,} rows": of_many}
        seen = list((found := take_turns(pair, rounds=3 if options.quick else 15)).values())
        show(name, found, unit="ms", scale=1e3)
        bars.append(Bar(name, seen[1].median / seen[0].median, at_most=AT_MOST))
    finish(bars, options)


if __name__ == "__main__":
    main()
