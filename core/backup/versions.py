"""Whose rows this version takes: its own, and those of earlier versions from which it only expanded."""

from typing import Any, Final

from django.apps import apps as todays
from django.apps.registry import Apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from core.backup.file import NEWER, BadBackup, Header
from core.backup.schema import Model, backed_up, columns, schema_hash
from core.expanding import FIRST, is_ours, leaves_rows_alone
from core.migrated import missing_migrations

EARLIER: Final = (
    "The backup was made by an earlier version of pmconsole, whose rows aren't those of this one. "
    "Restore it with that version into an empty database, then upgrade."
)
OTHER: Final = (
    "The backup of {} was made by another version of pmconsole. Restore it with that version into an "
    "empty database, then upgrade."
)


def migrations() -> list[str]:
    """Those that this database's rows went through, each as `app.name`."""
    loader = MigrationLoader(connection)
    return sorted(
        ".".join(key) for key in loader.disk_migrations if key in loader.applied_migrations
    )


def check_version(header: Header) -> None:
    """Raises BadBackup unless this database can take rows that have gone through these migrations."""
    if missing_migrations():
        raise BadBackup("This database isn't ready. Run `manage.py migrate` first.")
    loader = MigrationLoader(connection)
    known = {".".join(key): key for key in loader.disk_migrations}
    theirs = set(header.migrations) or {
        name for name, (app, own) in known.items() if own == FIRST or not is_ours(app)
    }
    later = [known[name] for name in sorted(known.keys() - theirs)]
    if not theirs <= known.keys():
        raise BadBackup(NEWER if not later else OTHER.format(header.made_at))
    if not later and header.schema != schema_hash():
        raise BadBackup(OTHER.format(header.made_at))
    for key in later:
        before = loader.project_state(key, at_end=False)
        if not leaves_rows_alone(loader.disk_migrations[key], before):
            raise BadBackup(EARLIER)


class Table:
    """A table of a backup: where its rows go here. Raises BadBackup if they can't go anywhere.

    Columns that came later hold what the migration gave to rows that were there: the database's
    default, the code's, or null.
    """

    def __init__(self, line: dict[str, Any], apps: Apps = todays) -> None:
        model, fields = backed_up(apps).get(line["table"]), {}
        if model is not None:
            fields = {field.attname: field for field in columns(model)}
        if model is None or not fields.keys() >= set(line["columns"]):
            raise BadBackup(EARLIER)
        self.model: Model = model
        self._given = [fields.pop(name) for name in line["columns"]]
        self._filled = [f for f in fields.values() if f.has_default() and not f.has_db_default()]
        if any(not (f.null or f.has_default() or f.has_db_default()) for f in fields.values()):
            raise BadBackup(EARLIER)

    def insert(self, rows: list[list[Any]]) -> None:
        """Exactly as they were: neither defaults nor times of saving are drawn anew."""
        if not rows:
            return
        quoted = connection.ops.quote_name
        fields = [*self._given, *self._filled]
        names = ", ".join(quoted(str(field.column)) for field in fields)
        places = ", ".join(["%s"] * len(fields))
        table = quoted(self.model._meta.db_table)
        statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608  # of ours
        values = [
            [
                *(_stored(field, v) for field, v in zip(self._given, row, strict=True)),
                *(_stored(field, field.get_default()) for field in self._filled),
            ]
            for row in rows
        ]
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def _stored(field: "models.Field[Any, Any]", value: Any) -> Any:
    target = field
    while target.remote_field is not None:  # a reference holds what its target's key is
        target = target.target_field  # type: ignore[attr-defined]
    return field.get_db_prep_save(target.to_python(value), connection)
