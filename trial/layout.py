"""Whether the database of a trial was made by this version of pmconsole."""

from collections.abc import Iterator
from pathlib import Path

from django.apps import AppConfig, apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from trial.folder import PROJECT


def is_of_earlier_version() -> bool:
    """Whether `migrate` couldn't bring the database to what the code expects. Changes nothing.

    Before the first release the initial migrations are written anew, under their old names, when a
    model changes. So what was applied is compared by name, and its tables by their columns.
    """
    database = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or not database.exists():
        return False
    try:
        loader = MigrationLoader(connection)
        applied, known = set(loader.applied_migrations), set(loader.disk_migrations)
        if not applied <= known:
            return True
        return any(not _has_its_tables(app) for app in _complete_apps(applied, known))
    finally:
        connection.close()


def _complete_apps(
    applied: set[tuple[str, str]], known: set[tuple[str, str]]
) -> Iterator[AppConfig]:
    """Our own apps of which every migration has been applied."""
    for app in apps.get_app_configs():
        of_app = {migration for migration in known if migration[0] == app.label}
        is_ours = (PROJECT / app.name.partition(".")[0]).is_dir()
        if is_ours and of_app and of_app <= applied:
            yield app


def _has_its_tables(app: AppConfig) -> bool:
    """Whether the app's tables are those of its models: none is missing, left over, or different."""
    expected = {
        model._meta.db_table: {field.column for field in model._meta.local_concrete_fields}
        for model in app.get_models(include_auto_created=True)
        if model._meta.can_migrate(connection)
    }
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            if table.startswith(f"{app.label}_"):
                # Django's own description fails at columns that the database computes.
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} LIMIT 0")  # noqa: S608
                found[table] = {column[0] for column in cursor.description}
    return found == expected
