"""Where numbering goes on: a number that was given once is never given again, even if its row is gone."""

from collections.abc import Iterable

from django.db import connection, models

from core.backup.schema import Model


def read(tables: Iterable[Model]) -> dict[str, int]:
    """The last number that was given, by the model's label."""
    numbers = {}
    with connection.cursor() as cursor:
        for model in tables:
            key, table = model._meta.pk, model._meta.db_table
            if not isinstance(key, models.AutoField | models.BigAutoField):
                continue
            if connection.vendor == "sqlite":
                cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            else:
                cursor.execute(
                    "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)",
                    [connection.ops.quote_name(table), key.column],
                )
            row = cursor.fetchone()
            if row and row[0]:
                numbers[model._meta.label] = int(row[0])
    return numbers


def write(tables: Iterable[Model], numbers: dict[str, int]) -> None:
    """Have numbering go on after these, and after the numbers that are there."""
    with connection.cursor() as cursor:
        for model in tables:
            key, table = model._meta.pk, model._meta.db_table
            if not isinstance(key, models.AutoField | models.BigAutoField):
                continue
            highest = model._base_manager.aggregate(models.Max("pk"))["pk__max"] or 0
            last = max(highest, numbers.get(model._meta.label, 0))
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last]
                )
            else:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)",
                    [connection.ops.quote_name(table), key.column, max(last, 1), last > 0],
                )
