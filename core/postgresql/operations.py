"""What migrations do in another way on PostgreSQL than on SQLite."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddIndex


class AddIndexWhileServing(AddIndexConcurrently):
    """An index that is built while others write, where the database can do so.

    PostgreSQL can't do it in a transaction: the migration is `atomic = False` and does nothing else.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        self._kind_for(schema_editor).database_forwards(self, app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        self._kind_for(schema_editor).database_backwards(self, app_label, schema_editor, *states)

    @staticmethod
    def _kind_for(schema_editor: Any) -> type[AddIndex]:
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        return AddIndexConcurrently if is_postgresql else AddIndex
