"""Searching big tables by how a text begins, which an index finds, whatever the letters' case."""

from django.db.models import CharField, Expression, GeneratedField, Index, Q, Value
from django.db.models.functions import Left, Upper

MAX_START = 100  # letters; an index takes no text of any length


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
