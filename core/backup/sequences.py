"""Where numbering goes on: a number that was given once is never given again, even if its row is gone."""

from collections.abc import Iterable

from django.db import connection, models

from core.backup.schema import Model


def read(tables: Iterable[Model]) -> dict[str, int]:
    """The last number that was given, by the model's label."""
    return {model._meta.label: last for model in tables if (last := _last(model)) > 0}


def write(tables: Iterable[Model], numbers: dict[str, int]) -> None:
    """Have numbering go on after these, and after the numbers that are there."""
    for model in tables:
        if not isinstance(model._meta.pk, models.AutoField | models.BigAutoField):
            continue
        highest = model._base_manager.aggregate(models.Max("pk"))["pk__max"] or 0
        _go_on(model, max(highest, numbers.get(model._meta.label, 0)))


def _last(model: Model) -> int:
    key, table = model._meta.pk, model._meta.db_table
    if not isinstance(key, models.AutoField | models.BigAutoField):
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        else:
            cursor.execute(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)",
                [connection.ops.quote_name(table), key.column],
            )
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0


def _go_on(model: Model, last: int) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
        else:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)",
                [connection.ops.quote_name(table), model._meta.pk.column, max(last, 1), last > 0],
            )
