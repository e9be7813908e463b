"""Whether the database has the tables of this version."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def missing_migrations() -> list[str]:
    """Those of this version that the database lacks, in order, as `app.name`. Raises DatabaseError."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(step) for step, _ in plan]


def trouble_with_database() -> str:
    """What is wrong with the database as a whole, and what to do; "" where nothing is."""
    try:
        missing = missing_migrations()
    except DatabaseError as error:
        return f"The database can't be used. Start it, or correct DATABASE_URL. It says: {error}"
    return "The database lacks tables of this version. Run `manage.py migrate`." if missing else ""
