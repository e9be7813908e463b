"""Making and restoring backups: every row of every table, on SQLite and on PostgreSQL alike.

What is encrypted stays so; with the same ENCRYPTION_KEYS it can be read wherever it is restored.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, Protocol

from django.db import connection, transaction
from django.utils import timezone

from core.actors import Actor
from core.audit.chain import GENESIS
from core.audit.models import Entry, Head
from core.audit.services import record
from core.backup import sequences
from core.backup.file import BadBackup, Header, Writer, new_file, read_header, read_lines
from core.backup.schema import MADE_BY_MIGRATE, backed_up, columns, schema_hash
from core.backup.versions import Table, check_version, migrations
from core.encryption import fingerprint, keys, newest_key_number
from core.keys.models import KnownKey
from core.keys.services import check_keys

DATABASE: Final = "database"  # kind and id of what the audit trail says was backed up and restored
ROWS: Final = 100  # that are read, or inserted, at once
BYTES: Final = 4_000_000  # of rows that are inserted at once
Progress = Callable[[int], None]  # is told how many rows are done


class AfterRestore(Protocol):
    """Ends what may have happened since the backup, and must not happen twice. Within the restore's
    transaction; what it gives stands in the audit trail. Mail stays if `resend_mail`.
    """

    def __call__(self, *, by: Actor, made_at: datetime, resend_mail: bool) -> dict[str, Any]: ...


_after_restore: list[AfterRestore] = []


def register_after_restore(end: AfterRestore) -> None:
    """Let an app end what a restore would repeat (called by its AppConfig)."""
    _after_restore.append(end)


class NotEmpty(BadBackup):
    """There are rows that a restore would overwrite."""


@dataclass(frozen=True)
class Done:
    """What was written or restored: how many rows, and where its audit trail ends."""

    rows: int
    made_at: str
    head: dict[str, Any]
    # By a restore: what stands in the audit trail.
    ended: dict[str, Any] = field(default_factory=dict)


def last_backup_at() -> datetime | None:
    """When the last backup of this database was completed; the audit trail knows."""
    made = Entry.objects.filter(object_id=DATABASE, object_kind=DATABASE, verb="backup")
    at: datetime | None = made.order_by("-sequence").values_list("at", flat=True).first()
    return at


def backup(path: Path, *, by: Actor, progress: Progress = lambda done: None) -> Done:
    """Write all rows, as they are at one moment, to a new file. Everything else can go on meanwhile.

    Raises FileExistsError, OSError and ImproperlyConfigured (keys).
    """
    check_keys()
    rows = 0
    with new_file(path) as file, _snapshot():
        needed = KnownKey.objects.filter(retired_at=None)  # by something that is stored, maybe
        header = Header(
            made_at=timezone.now().isoformat(),
            schema=schema_hash(),
            keys={str(key.number): key.fingerprint for key in needed},
            head=_head(),
            sequences=sequences.read(backed_up().values()),
            signed_with_key=newest_key_number(),
            migrations=migrations(),
        )
        writer = Writer(file, header)
        for label, model in backed_up().items():
            names = [field.attname for field in columns(model)]
            writer.write({"table": label, "columns": names})
            found = model._base_manager.order_by("pk").values_list(*names)
            for row in found.iterator(chunk_size=ROWS):
                writer.write(list(row))
                rows += 1
                progress(rows)
        writer.finish()
    done = Done(rows, header.made_at, header.head)
    with transaction.atomic():
        facts = {"made_at": done.made_at, "head": done.head, "rows": rows, "file": path.name}
        record(actor=by, verb="backup", kind=DATABASE, object_id=DATABASE, facts=facts)
    return done


def restore(
    path: Path,
    *,
    by: Actor,
    replace: bool = False,
    resend_mail: bool = False,
    progress: Progress = lambda done: None,
) -> Done:
    """Put the rows of a backup into this database: all of them, or none.

    Whatever is wrong with the file, its version or its keys is found before anything is changed.
    With `replace`, what the database holds is deleted. The audit trail goes on from its end in the
    backup, with an entry that says so. What may have happened since the backup is ended; mail isn't, if
    `resend_mail`. Raises BadBackup, NotEmpty and OSError.
    """
    with path.open("rb") as file:
        header = read_header(file)
        check_version(header)
        _check_keys_of(header)
        for line in read_lines(file, key_number=header.signed_with_key):
            if line.startswith(b'{"table"'):
                Table(json.loads(line))
        # Nothing is touched before its last line is seen to be right.
        with transaction.atomic():
            replaced = _head()
            _make_empty(replace=replace)
            rows = _load(file, header, progress)
            sequences.write(backed_up().values(), header.sequences)
            facts = {"made_at": header.made_at, "head": header.head, "file": path.name}
            if replace:
                facts["replaced"] = replaced
            made_at = datetime.fromisoformat(header.made_at)
            ended: dict[str, Any] = {}
            for end in _after_restore:
                ended |= end(by=by, made_at=made_at, resend_mail=resend_mail)
            facts |= ended
            record(actor=by, verb="restore", kind=DATABASE, object_id=DATABASE, facts=facts)
    return Done(rows, header.made_at, header.head, ended)


@contextmanager
def _snapshot() -> Iterator[None]:
    """A transaction that sees all tables as they were at its beginning, and hinders no writer."""
    sqlite: Any = connection if connection.vendor == "sqlite" else None
    if sqlite:
        mode, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic():
            if not sqlite:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if sqlite:
            sqlite.transaction_mode = mode


def _head() -> dict[str, Any]:
    head = Head.objects.first() or Head(sequence=0, hash=GENESIS)
    return {"sequence": head.sequence, "hash": head.hash}


def _check_keys_of(header: Header) -> None:
    configured = {number: fingerprint(key) for number, key in keys().items()}
    for number, needed in header.keys.items():
        if number not in configured:
            raise BadBackup(
                f"ENCRYPTION_KEYS lacks key {number}. Without it, the passwords, received mail and "
                "computers' keys in this backup can't be read. Add the key of the installation that "
                "made the backup."
            )
        if configured[number] != needed:
            raise BadBackup(
                f"Key {number} in ENCRYPTION_KEYS isn't the one that the backup was made with. Use "
                "the keys of the installation that made it."
            )


def _make_empty(*, replace: bool) -> None:
    """Delete what `migrate` put there; more than that only if it is to be replaced."""
    for label, model in backed_up().items():
        if not replace and label not in MADE_BY_MIGRATE and model._base_manager.exists():
            raise NotEmpty(
                f"This database isn't empty: there are {model._meta.verbose_name_plural}. Restore "
                "into a new one, or add --replace to delete everything that it holds."
            )
    with connection.cursor() as cursor:
        for model in backed_up().values():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # of ours


def _load(file: IO[bytes], header: Header, progress: Progress) -> int:
    """Insert all rows; how many."""
    rows = 0
    lines = read_lines(file, key_number=header.signed_with_key)
    next(lines)  # the header
    batch: list[list[Any]] = []
    size = 0
    table: Table | None = None
    for line in lines:
        value = json.loads(line)
        if table and (isinstance(value, dict) or len(batch) >= ROWS or size > BYTES):
            table.insert(batch)
            rows += len(batch)
            progress(rows)
            batch, size = [], 0
        if isinstance(value, dict):
            table = Table(value)
        else:
            batch.append(value)
            size += len(line)
    if table:
        table.insert(batch)
    return rows + len(batch)
