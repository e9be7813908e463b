"""`manage.py backup` and `restore`: all rows, on either database; or nothing is touched."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import BaseCommand, CommandError, call_command
from pytest_django import Settings

from approvals.models import ApprovalRequest, Grant, OutgoingMail
from approvals.services import Decider, decide
from console.management.commands.add_defaults import add_all
from core.actors import Actor
from core.audit.models import Entry, Payload
from core.audit.services import verify
from core.backup.file import BadBackup, new_file
from core.backup.management.commands.backup import progress_of
from core.backup.schema import backed_up
from core.backup.services import NotEmpty, backup, last_backup_at, restore
from core.people.models import User
from foreign_systems.models import Credential
from policies.models import PolicyRevision
from tests.core.test_keys import columns, store_one_of_each, written
from tests.factories import invitation_of, make_plea, make_request
from tests.running_trial import ROOT
from trial.example import add_example

pytestmark = pytest.mark.django_db(transaction=True)
ROOT_OPERATOR = Actor.of_operator("root")
# What a restore adds, or `migrate` renews.
OF_A_RESTORE = {"audit.Entry", "audit.Payload", "audit.Head"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A backup of a database that holds something of everything that is encrypted, and requests."""
    store_one_of_each()
    make_request(reason="Grüße: \u202e \U0001f512 \\ \" '")
    path = tmp_path / "a.backup"
    backup(path, by=ROOT_OPERATOR)
    return path


def rows_in(path: Path) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for line in gzip.decompress(path.read_bytes()).splitlines()[1:-1]:
        value = json.loads(line)
        if isinstance(value, dict):
            rows = found.setdefault(value["table"], [])
        else:
            rows.append(value)
    return found


def rows_in_database() -> dict[str, list[Any]]:
    return {
        label: list(model._base_manager.order_by("pk").values())
        for label, model in backed_up().items()
        if label not in OF_A_RESTORE
    }


def test_a_restore_gives_back_every_row_and_every_secret(file: Path) -> None:
    rows, secrets, mark = rows_in_database(), columns(), PolicyRevision.objects.get().mark
    Credential.objects.all().delete()
    ApprovalRequest.objects.update(reason="other")
    make_request()

    done = restore(file, by=ROOT_OPERATOR, replace=True, resend_mail=True)

    assert rows_in_database() == rows
    assert columns() == secrets
    assert done.rows == sum(len(found) for found in rows_in(file).values())
    assert PolicyRevision.objects.get().mark != mark  # what processes know of policies is outdated


def test_the_audit_trail_goes_on_from_its_end_in_the_backup(file: Path) -> None:
    head = Entry.objects.get(verb="backup").sequence - 1
    make_request()
    restore(file, by=ROOT_OPERATOR, replace=True)
    assert list(verify()) == []
    entry = Entry.objects.get(verb="restore")
    facts = json.loads(Payload.objects.get(pk=entry.pk).text)["facts"]
    assert entry.sequence == head + 1
    assert facts["head"] == {"sequence": head, "hash": Entry.objects.get(pk=head).hash}
    assert facts["replaced"]["sequence"] > head


def test_a_number_that_was_given_is_never_given_again(tmp_path: Path) -> None:
    last = make_request().number
    ApprovalRequest.objects.all().delete()
    backup(tmp_path / "a.backup", by=ROOT_OPERATOR)
    restore(tmp_path / "a.backup", by=ROOT_OPERATOR, replace=True)
    assert make_request().number == last + 1


def test_the_audit_trail_knows_the_last_backup(file: Path) -> None:
    assert last_backup_at() == Entry.objects.get(verb="backup").at


def test_the_terminal_shows_every_thousand_rows_whatever_batches_they_come_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    command = BaseCommand(stderr=io.StringIO())
    progress = progress_of(command)
    for rows in range(37, 2_300, 100):
        progress(rows)
    assert re.findall(r"\r([0-9,]+) rows", command.stderr.getvalue()) == ["1,037", "2,037"]


def test_the_file_is_its_owners_alone_and_never_overwritten(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(file))
    assert not list(file.parent.glob("*.part"))


def test_a_backup_is_not_written_where_a_link_points(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("mine")
    (tmp_path / "a.backup.part").symlink_to(other)
    with pytest.raises(FileExistsError):
        backup(tmp_path / "a.backup", by=ROOT_OPERATOR)
    assert other.read_text() == "mine"
    assert not (tmp_path / "a.backup").exists()


def test_a_backup_does_not_replace_a_file_that_came_to_be_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "a.backup"

    def collide() -> None:
        with new_file(path):
            path.write_text("theirs")

    with pytest.raises(FileExistsError):
        collide()
    assert path.read_text() == "theirs"
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(("resend", "state"), [(False, "cancelled"), (True, "queued")])
def test_a_restore_repeats_neither_a_one_time_approval_nor_mail(
    tmp_path: Path, resend: bool, state: str
) -> None:
    approved, waiting = make_request(), make_request(plea=make_plea(sha256="a" * 64))
    by_reply = Decider("reply", invitation=invitation_of(approved))
    decide(number=approved.pk, decider=by_reply, answer="approve")
    unsent = waiting.mails.get(recipient="dana@example.com")
    backup(tmp_path / "a.backup", by=ROOT_OPERATOR)
    call_command("restore", str(tmp_path / "a.backup"), replace=True, resend_mail=resend)

    grant = Grant.objects.get(request=approved.pk)
    assert "may have been used" in grant.revoke_reason
    assert not Grant.objects.valid().exists()
    mail = OutgoingMail.objects.get(pk=unsent.pk)
    assert mail.state == state
    assert ("it may have been sent" in mail.last_answer) is not resend
    facts = json.loads(Entry.objects.get(verb="restore").payload.text)["facts"]
    assert facts["one_time_approvals_revoked"] == f"PM-{approved.pk}"
    assert (facts["emails_cancelled"] > 0) is not resend
    assert list(verify()) == []


def test_a_database_that_is_not_empty_is_refused(file: Path) -> None:
    with pytest.raises(NotEmpty, match="isn't empty"):
        restore(file, by=ROOT_OPERATOR)


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def without_its_last_line(data: bytes) -> bytes:
    return gzip.compress(b"".join(gzip.decompress(data).splitlines(keepends=True)[:-1]))


def with_another_reason(data: bytes) -> bytes:
    return gzip.compress(gzip.decompress(data).replace(b"CAD viewer", b"CAD reader"))


def with_another_head(data: bytes) -> bytes:
    return gzip.compress(gzip.decompress(data).replace(b'"made_at":"20', b'"made_at":"21', 1))


def without_keys(data: bytes) -> bytes:
    header, _, rest = gzip.decompress(data).partition(b"\n")
    return gzip.compress(json.dumps(json.loads(header) | {"keys": {}}).encode() + b"\n" + rest)


def something_else(data: bytes) -> bytes:
    return b"<html>"


@pytest.mark.parametrize(
    "change",
    [
        cut,
        without_its_last_line,
        with_another_reason,
        with_another_head,
        without_keys,
        something_else,
    ],
)
def test_a_cut_or_altered_file_is_refused_before_anything_is_touched(
    file: Path, change: Callable[[bytes], bytes]
) -> None:
    rows = rows_in_database()
    file.write_bytes(change(file.read_bytes()))
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("restore", str(file), replace=True)
    assert rows_in_database() == rows
    assert not Entry.objects.filter(verb="restore").exists()


def test_a_missing_or_a_different_key_is_refused(file: Path, settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = written("2b")
    with pytest.raises(BadBackup, match="lacks key 1"):
        restore(file, by=ROOT_OPERATOR, replace=True)
    settings.ENCRYPTION_KEYS = written("2b", "1a")
    with pytest.raises(BadBackup, match="Key 1 in ENCRYPTION_KEYS isn't the one"):
        restore(file, by=ROOT_OPERATOR, replace=True)


def test_another_versions_backup_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(User._meta.get_field("theme"), "max_length", 6)  # as a later version has it
    with pytest.raises(BadBackup, match="another version"):
        restore(file, by=ROOT_OPERATOR, replace=True)


def test_a_filled_example_moves_to_sqlite_and_back(tmp_path: Path) -> None:
    """In this process stands the one that all tests run on: PostgreSQL, or another SQLite."""
    add_all(smtp_url="smtp://127.0.0.1:1")
    assert add_example(tmp_path)
    store_one_of_each()
    file, there = tmp_path / "here.backup", tmp_path / "there.backup"
    backup(file, by=ROOT_OPERATOR)
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}"}
    commands = f"""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("restore", {str(file)!r}, resend_mail=True)
call_command("verify_audit")
call_command("backup", {str(there)!r})
"""
    subprocess.run([sys.executable, "-c", commands], cwd=ROOT, env=environment, check=True)
    rows, secrets = rows_in_database(), columns()
    before, moved = rows_in(file), rows_in(there)
    for label in before.keys() - OF_A_RESTORE:
        assert moved[label] == before[label], label
    assert moved["audit.Entry"][:-1] == before["audit.Entry"]
    assert moved["audit.Payload"][:-1] == before["audit.Payload"]

    restore(there, by=ROOT_OPERATOR, replace=True, resend_mail=True)

    assert rows_in_database() == rows
    assert columns() == secrets
    assert list(verify()) == []
    assert [e.verb for e in Entry.objects.order_by("-sequence")[:2]] == ["restore", "restore"]


def test_the_commands_tell_programs_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_request()
    path = str(tmp_path / "a.backup")
    call_command("backup", path, "--json")
    written = json.loads(capsys.readouterr().out)
    call_command("restore", path, "--replace", "--json")
    restored = json.loads(capsys.readouterr().out)
    assert (restored["rows"], restored["audit_faults"]) == (written["rows"], [])
    assert restored["audit_entry"] == written["audit_entry"]
