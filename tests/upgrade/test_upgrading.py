"""A database that an earlier version wrote, with data, becomes one of today.

`baseline.jsonl.gz` is a backup that the first version wrote (write_baseline.py made it), and
`baseline.json` names the last migration of each app at that time.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

from agents.services import Report, report_execution
from approvals.inbox.storing import known_address
from approvals.models import ApprovalRequest, Grant
from core.audit.models import Entry, Head
from core.audit.services import verify
from core.backup import sequences
from core.backup.file import _plain, read_header
from core.backup.schema import backed_up
from core.backup.versions import Table
from core.keys.fields import opened
from foreign_systems.models import Credential
from policies.models import Computer
from tests.agents.endpoints import a_key, an_event
from tests.approvals.replies import address_of, bring_in, make_reply
from tests.factories import invitation_of, signed_in
from tests.running_trial import ROOT

FOLDER = ROOT / "tests/upgrade"
FILE = FOLDER / "baseline.jsonl.gz"
PAGES = ("/", "/approvals/", "/policy-events/", "/mail-queue/", "/agents/", "/configuration/")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nothing(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database without tables in place of the one that tests share."""
    settings = connection.settings_dict
    shared, own = settings["NAME"], f"{settings['NAME']}_upgrade"
    if connection.vendor == "sqlite":
        own = str(tmp_path / "upgrade.sqlite3")
    else:
        _execute(f"DROP DATABASE IF EXISTS {own}", f"CREATE DATABASE {own}")
    connection.close()
    settings["NAME"] = own
    yield
    connection.close()
    settings["NAME"] = shared
    if connection.vendor == "postgresql":
        _execute(f"DROP DATABASE {own} WITH (FORCE)")


@pytest.fixture
def then(nothing: None) -> StateApps:
    """The database as the first version left it, without rows; its models."""
    executor = MigrationExecutor(connection)
    targets = list(json.loads((FOLDER / "baseline.json").read_text()).items())
    return executor.migrate(targets).apps  # type: ignore[no-any-return]


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def migrate() -> None:
    call_command("migrate", verbosity=0)


def tables() -> Iterator[tuple[dict[str, Any], list[list[Any]]]]:
    """Each table of the file: its line, and its rows."""
    lines = map(json.loads, gzip.decompress(FILE.read_bytes()).splitlines()[1:-1])
    table, rows = next(lines), []
    for line in lines:
        if isinstance(line, dict):
            yield table, rows
            table, rows = line, []
        else:
            rows.append(line)
    yield table, rows


def write_as_then(apps: StateApps) -> None:
    """All rows of the file, by statements that name only the columns of the first version."""
    with transaction.atomic():
        for model in backed_up(apps).values():
            _execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
        for table, rows in tables():
            Table(table, apps).insert(rows)
        with FILE.open("rb") as file:
            sequences.write(backed_up(apps).values(), read_header(file).sequences)


def works() -> None:
    """What was there is there, and people and computers go on with it."""
    for table, rows in tables():
        model = backed_up()[table["table"]]
        if model is Head:  # a restore goes on from it
            continue
        found = model._base_manager.values_list(*table["columns"])
        now = {json.dumps(row, default=_plain, sort_keys=True) for row in found.iterator()}
        assert {json.dumps(row, sort_keys=True) for row in rows} <= now, model
    assert list(verify()) == []
    assert opened(Credential.objects.get(), "encrypted_secret") == b"s3cret"
    browser = signed_in()
    assert [p for p in PAGES if browser.get(p, follow=True).status_code != 200] == []
    assert browser.get("/approvals/PM-4/", follow=True).status_code == 200

    timed = ApprovalRequest.objects.get(pk=3)
    assert Grant.objects.valid().get().request == timed
    pending = ApprovalRequest.objects.get(pk=4)
    invitation = invitation_of(pending)
    assert known_address(address_of(invitation))
    assert bring_in(make_reply(invitation, "APPROVE")).pk
    pending.refresh_from_db()
    assert pending.state == "approved"
    computer = Computer.objects.get(pk=pending.computer_id)
    event = an_event(sha256="d" * 64)
    verdict = report_execution(computer=computer, report=Report(a_key(), event, pending.pk))
    assert verdict.answer["verdict"] == "allow"
    assert list(verify()) == []


def test_it_is_upgraded(then: StateApps) -> None:
    write_as_then(then)
    migrate()
    call_command("add_defaults", verbosity=0)
    works()


def test_the_first_version_still_writes_while_migrations_have_run(then: StateApps) -> None:
    """What it knows of a table is enough to add a row to it."""
    migrate()
    write_as_then(then)
    works()


def test_a_backup_of_then_is_restored_today(nothing: None) -> None:
    migrate()
    call_command("restore", str(FILE), resend_mail=True)
    assert Entry.objects.order_by("-sequence")[0].verb == "restore"
    works()
