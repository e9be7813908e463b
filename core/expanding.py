"""Which migrations the previous version can live with while it still serves: those that only expand.

They add tables, columns that are null or that the database fills, room in a column, and indexes that
are built while others write. All else contracts, and has to wait until no version that serves uses
what it takes away: such a migration says `contracts = "VERSION"`, the first version that no longer
did. One that runs code or SQL of its own says in `expands` why the previous version can live with it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.state import ProjectState

from core.postgresql.operations import AddIndexWhileServing

FIRST: Final = "0001_initial"  # of our apps: frozen
_OF_THE_CODE_ALONE: Final = (operations.AlterModelOptions, operations.AlterModelManagers)


def is_ours(app: str) -> bool:
    """Whether an app's migrations are this project's, and not a library's."""
    folder = Path(apps.get_app_config(app).path)
    return folder.is_relative_to(settings.BASE_DIR) and "site-packages" not in folder.parts


def obstacles(migration: Migration, before: ProjectState) -> Iterator[str]:
    """What in it does more than expand, operation by operation; `before` is the state it starts from.

    Whether the migration says `contracts` isn't asked here.
    """
    state = before.clone()
    created: set[str] = set()  # tables that nobody uses yet
    for operation in migration.operations:
        label = migration.app_label
        model = str(getattr(operation, "model_name", "")).lower()
        if isinstance(operation, operations.CreateModel):
            created.add(operation.name_lower)
        elif model not in created and not isinstance(operation, _OF_THE_CODE_ALONE):
            for text in _against(operation, migration, state):
                yield f"{operation.describe()}: {text}"
        operation.state_forwards(label, state)


def leaves_rows_alone(migration: Migration, before: ProjectState) -> bool:
    """Whether rows from before it are whole after it, with the database's defaults in new columns."""
    seen = (operations.RunPython, operations.RunSQL, operations.SeparateDatabaseAndState)
    unseen = any(isinstance(operation, seen) for operation in migration.operations)
    return not unseen and not any(obstacles(migration, before))


def _against(operation: Any, migration: Migration, state: ProjectState) -> Iterator[str]:
    match operation:
        case operations.AddField():
            yield from _against_new(operation.field)
        case operations.AlterField():
            of_model = state.models[migration.app_label, operation.model_name_lower]
            yield from _against_change(of_model.fields[operation.name], operation.field)
        case AddIndexWhileServing():
            others = [o for o in migration.operations if not isinstance(o, AddIndexWhileServing)]
            if migration.atomic or others:
                yield "it needs a migration of its own, with atomic = False"
        case operations.AddIndex():
            yield "writers wait while it's built; use core.postgresql.operations.AddIndexWhileServing"
        case operations.RunPython() | operations.RunSQL():
            if not getattr(migration, "expands", ""):
                yield "say in `expands` why the previous version can live with what it does"
        case operations.SeparateDatabaseAndState():
            for each in operation.database_operations:
                yield from _against(each, migration, state)
        case _:
            yield "the previous version may still use what it changes"


def _against_new(field: "models.Field[Any, Any]") -> Iterator[str]:
    if field.many_to_many:  # a table of its own
        return
    given = field.db_default
    if field.generated or not (
        isinstance(given, models.Value) or not hasattr(given, "resolve_expression")
    ):
        yield "the whole table is written anew; use null=True, or a constant as db_default"
    elif not field.null and not field.has_db_default():
        yield "the previous version doesn't fill it; use null=True or db_default"
    if field.unique or getattr(field, "db_index", False):
        yield (
            "writers wait while its index is built; use db_index=False, and AddIndexWhileServing in "
            "a migration after it"
        )


def _against_change(old: "models.Field[Any, Any]", new: "models.Field[Any, Any]") -> Iterator[str]:
    """Whatever of the column changed in other ways than to take more."""
    was, now = old.deconstruct(), new.deconstruct()
    before, after = {"type": was[1:3], **was[3]}, {"type": now[1:3], **now[3]}
    wider = {
        "null": bool(after.get("null")),
        "max_length": (after.get("max_length") or 0) > (before.get("max_length") or 0),
        "db_default": "db_default" in after,
        "default": True,  # of the code, not of the database
    }
    changed = {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}
    narrower = [k for k in sorted(changed - {*old.non_db_attrs}) if not wider.get(k)]
    if narrower:
        yield f"rows of the previous version may not fit any more ({', '.join(narrower)})"
