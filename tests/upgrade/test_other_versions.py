"""Backups of other versions: what `restore` takes, and what it refuses before it touches anything."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from approvals.models import ApprovalRequest
from core.actors import Actor
from core.audit.models import Entry
from core.backup.file import BadBackup, Header, Writer
from core.backup.services import backup, restore
from core.people.models import User
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OPERATOR = Actor.of_operator("root")
TABLES_ALONE = "usersessions.0001_initial"  # a migration that creates a table and does nothing else
Line = dict[str, Any]


@pytest.fixture
def theirs(tmp_path: Path) -> Callable[..., Path]:
    """Makes a backup of this database as another version would have written it."""
    make_user("sam.ortega")
    make_request()
    own = tmp_path / "own.backup"
    backup(own, by=OPERATOR)

    def write(*, migrations: Callable[[list[str]], list[str]], without: str = "") -> Path:
        header, *lines = map(json.loads, gzip.decompress(own.read_bytes()).splitlines()[:-1])
        del header["format"]
        known = migrations(header.pop("migrations"))
        header["schema"] = "of another version"
        path = tmp_path / "theirs.backup"
        with path.open("wb") as file:
            writer = Writer(file, Header(**header, migrations=known))
            for line in without_column(lines, *without.rsplit(".", 1)):
                writer.write(line)
            writer.finish()
        return path

    return write


def without_column(lines: list[Any], table: str = "", column: str = "") -> list[Any]:
    place = None
    for line in lines:
        values = line
        if isinstance(line, dict):
            place = line["columns"].index(column) if line["table"] == table else None
            values = line["columns"]
        if place is not None:
            del values[place]
    return lines


def earlier(migrations: list[str]) -> list[str]:
    return [name for name in migrations if name != TABLES_ALONE]


def restored(path: Path) -> None:
    restore(path, by=OPERATOR, replace=True)


def test_a_column_that_came_later_holds_its_default(theirs: Callable[..., Path]) -> None:
    User.objects.update(is_active=False)
    restored(theirs(migrations=earlier, without="people.User.is_active"))
    assert User.objects.get().is_active


def test_a_column_that_came_later_is_null(theirs: Callable[..., Path]) -> None:
    restored(theirs(migrations=earlier, without="approvals.ApprovalRequest.last_waited_at"))
    assert ApprovalRequest.objects.get().last_waited_at is None


@pytest.mark.parametrize(
    ("migrations", "without", "says"),
    [
        (earlier, "approvals.ApprovalRequest.scope_key", "by an earlier version"),
        (lambda known: [k for k in known if k != "contenttypes.0002_remove_content_type_name"],
         "", "by an earlier version"),
        (lambda known: [*known, "approvals.0099_later"], "", "by a newer version"),
        (lambda known: [*earlier(known), "approvals.0099_other"], "", "by another version"),
        (list, "", "by another version"),
    ],
    ids=["nothing fills a column", "code has to run", "newer", "another branch", "same migrations"],
)  # fmt: skip
def test_what_cannot_become_this_versions_is_refused(
    theirs: Callable[..., Path], migrations: Any, without: str, says: str
) -> None:
    path = theirs(migrations=migrations, without=without)
    with pytest.raises(BadBackup, match=says):
        restored(path)
    assert not Entry.objects.filter(verb="restore").exists()


def test_a_file_of_a_later_form_is_of_a_newer_version(tmp_path: Path) -> None:
    path = tmp_path / "later.backup"
    path.write_bytes(gzip.compress(b'{"format": "pmconsole backup 3", "more": 1}\n{}\n'))
    with pytest.raises(BadBackup, match="newer version"):
        restored(path)
