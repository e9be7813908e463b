"""Searching big tables without reading them: by how a text begins, or by any part of it.

Beginnings are found by a column of their own on every database. Parts are found by PostgreSQL's
trigrams (pg_trgm), which `migrate` sets up. Where the extension has to be installed by somebody with
more rights, and on SQLite, a search by parts reads the whole table; `migrate` says so, and mends it
when it's run again.
"""

import sys
from typing import Any

from django.apps import AppConfig
from django.db import DatabaseError, connections, transaction
from django.db.models import CharField, Expression, GeneratedField, Index, Model, Q, Value
from django.db.models.functions import Left, Upper
from django.db.models.signals import post_migrate
from django.dispatch import receiver

MAX_START = 100  # letters; an index takes no text of any length

_by_parts: dict[type[Model], tuple[str, ...]] = {}


def start_of(text: str | Expression) -> GeneratedField:
    """A column with the beginning of `text` in capitals, for `begins`. The database keeps it."""
    return GeneratedField(
        expression=Left(Upper(text), MAX_START),
        output_field=CharField(max_length=MAX_START),
        db_persist=True,
    )


def start_index(field: str, *, name: str) -> Index:
    """The index of a `start_of`: PostgreSQL finds beginnings by one that compares letters alone."""
    return Index(fields=[field], name=name, opclasses=["varchar_pattern_ops"])


def begins(text: str, *fields: str) -> Q:
    """Rows in which the text of one of these `start_of` fields begins with `text`."""
    capitals, found = Upper(Value(text[:MAX_START])), Q()
    for field in fields:
        found |= Q(**{f"{field}__startswith": capitals})
    return found


def index_parts(model: type[Model], *fields: str) -> None:
    """Have an index serve `icontains` on these text fields of `model`."""
    _by_parts[model] = fields


@receiver(post_migrate)
def make_indexes(sender: AppConfig, *, using: str, **kwargs: Any) -> None:
    """Make the indexes that `sender`'s models lack; what hinders it is told and is no error."""
    for model, fields in _by_parts.items():
        if model._meta.app_label == sender.label and connections[using].vendor == "postgresql":
            _make_index(model, fields, using)


def _make_index(model: type[Model], fields: tuple[str, ...], using: str) -> None:
    """An index of what Django asks for `icontains`, unless it's there."""
    table, name = model._meta.db_table, f"{model._meta.db_table}_parts"
    parts = ", ".join(f'UPPER("{field}") gin_trgm_ops' for field in fields)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)::text, to_regclass(%s)::text", [table, name])
        if cursor.fetchone() != (table, None):  # not migrated yet, or done
            return
        try:
            with transaction.atomic(using):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                # Without fastupdate, which leaves new entries for the next searches to read through.
                cursor.execute(
                    f'CREATE INDEX "{name}" ON "{table}" USING gin ({parts}) WITH (fastupdate = off)'
                )
                cursor.execute(f'ANALYZE "{table}"')  # else it isn't known how much a search finds
        except DatabaseError as error:
            sys.stderr.write(
                f"Searching {table} reads all of it, because pg_trgm can't be used: {error}\n"
                "Have a superuser run CREATE EXTENSION pg_trgm here, then run migrate again.\n"
            )
