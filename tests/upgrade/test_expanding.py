"""`manage.py lint_migrations`: one migration for each rule, and what is said of it."""

import hashlib
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.state import ProjectState
from django.db.models.functions import Now

from core.expanding import leaves_rows_alone
from core.management.commands.lint_migrations import findings
from core.postgresql.operations import AddIndexWhileServing
from tests.running_trial import ROOT

FROZEN = "ad711cfc1520b412e494ee565c51fc07735f8494f166edf8efa656c1e3c0119d"
INDEX = models.Index(fields=["name"], name="book_name")


def before() -> ProjectState:
    """What the first migration left: a table `book` with a name of at most 20 characters."""
    state = ProjectState()
    fields = [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=20))]
    operations.CreateModel("Book", fields).state_forwards("library", state)
    return state


def migration(*steps: Any, **said: Any) -> Migration:
    kind = type("Migration", (Migration,), {"operations": list(steps), **said})
    return kind("0002_second", "library")  # type: ignore[no-any-return]


def found(*steps: Any, version: str = "0.2.0", **said: Any) -> list[str]:
    return list(findings(migration(*steps, **said), before(), version=version))


def add(field: "models.Field[Any, Any]") -> operations.AddField:
    return operations.AddField("book", "more", field)


def alter(field: "models.Field[Any, Any]") -> operations.AlterField:
    return operations.AlterField("book", "name", field)


def create(name: str = "Shelf") -> operations.CreateModel:
    return operations.CreateModel(name, [("id", models.AutoField(primary_key=True))])


EXPANDS = {
    "a table": [create()],
    "a column that may be null": [add(models.IntegerField(null=True))],
    "a column that the database fills": [add(models.IntegerField(db_default=3))],
    "a table between two": [add(models.ManyToManyField("library.Book"))],
    "a reference whose index comes later": [
        add(models.ForeignKey("library.Book", models.CASCADE, null=True, db_index=False))
    ],
    "anything on a table made by it": [
        create(),
        operations.AddField("shelf", "name", models.CharField(max_length=9, unique=True)),
        operations.AddIndex("shelf", models.Index(fields=["name"], name="shelf_name")),
    ],
    "room for more": [alter(models.CharField(max_length=21))],
    "room for nothing": [alter(models.CharField(max_length=20, null=True))],
    "other words": [alter(models.CharField("title", max_length=20, help_text="As printed."))],
    "other options": [operations.AlterModelOptions("book", {"ordering": ["name"]})],
}


@pytest.mark.parametrize("steps", EXPANDS.values(), ids=EXPANDS.keys())
def test_what_only_expands_passes(steps: list[Any]) -> None:
    assert found(*steps) == []
    assert leaves_rows_alone(migration(*steps), before())


def test_an_index_that_is_built_while_others_write_passes() -> None:
    assert found(AddIndexWhileServing("book", INDEX), atomic=False) == []


CONTRACTS = {
    "a column that nobody fills": (add(models.IntegerField()), "doesn't fill it"),
    "one that the code alone fills": (add(models.IntegerField(default=3)), "doesn't fill it"),
    "one that is computed for each row": (
        add(models.DateTimeField(db_default=Now())),
        "whole table is written anew",
    ),
    "one with an index": (add(models.IntegerField(null=True, db_index=True)), "writers wait"),
    "a reference": (
        add(models.ForeignKey("library.Book", models.CASCADE, null=True)),
        "writers wait",
    ),
    "an index": (operations.AddIndex("book", INDEX), "AddIndexWhileServing"),
    "such an index in a transaction": (AddIndexWhileServing("book", INDEX), "atomic = False"),
    "less room": (alter(models.CharField(max_length=19)), "max_length"),
    "another type": (alter(models.TextField()), "type"),
    "an index on what is there": (alter(models.CharField(max_length=20, unique=True)), "unique"),
    "a column gone": (operations.RemoveField("book", "name"), "may still use"),
    "a column renamed": (operations.RenameField("book", "name", "title"), "may still use"),
    "a table gone": (operations.DeleteModel("Book"), "may still use"),
    "a table renamed": (operations.RenameModel("Book", "Volume"), "may still use"),
    "a constraint": (
        operations.AddConstraint("book", models.UniqueConstraint(fields=["name"], name="once")),
        "may still use",
    ),
    "code": (operations.RunPython(operations.RunPython.noop), "say in `expands`"),
    "SQL": (operations.RunSQL("SELECT 1"), "say in `expands`"),
    "what is hidden in another operation": (
        operations.SeparateDatabaseAndState([operations.RemoveField("book", "name")], []),
        "may still use",
    ),
}


@pytest.mark.parametrize(("step", "says"), CONTRACTS.values(), ids=CONTRACTS.keys())
def test_what_does_more_is_named_with_the_reason(step: Any, says: str) -> None:
    (finding,) = found(step)
    assert says in finding
    assert not leaves_rows_alone(migration(step), before())


def test_an_index_built_while_others_write_is_alone_in_its_migration() -> None:
    steps = [add(models.IntegerField(null=True)), AddIndexWhileServing("book", INDEX)]
    assert "a migration of its own" in found(*steps, atomic=False)[0]


def test_what_contracts_names_a_version_before_the_one_to_come() -> None:
    gone = operations.RemoveField("book", "name")
    assert found(gone, contracts="0.1.0") == []
    for version in ("0.2.0", "0.10", "soon"):
        assert "has to be a version before 0.2.0" in found(gone, contracts=version)[0]


def test_code_may_run_for_a_reason_but_a_restore_cannot_run_it() -> None:
    step = operations.RunPython(operations.RunPython.noop)
    assert found(step, expands="it fills a column that 0.1.0 doesn't know") == []
    assert not leaves_rows_alone(migration(step, expands="a reason"), before())


def test_the_first_migrations_are_frozen() -> None:
    """Whoever has applied them wouldn't get what is added to them."""
    apps = (folder for folder in ROOT.iterdir() if not folder.name.startswith("."))
    files = sorted(file for folder in apps for file in folder.glob("**/migrations/0001_initial.py"))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    assert digest == FROZEN, "A change of a model is a migration of its own."


def test_our_migrations_pass(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("lint_migrations")
    assert "the previous version can serve on" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_an_index_comes_and_goes_on_either_database() -> None:
    """On PostgreSQL outside of a transaction, as the migration has it."""
    index = models.Index(fields=["object_kind"], name="of_a_test")
    operation = AddIndexWhileServing("entry", index)
    before = _state_of_entries()
    after = before.clone()
    operation.state_forwards("audit", after)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("audit", editor, before, after)
    assert "of_a_test" in _indexes()
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("audit", editor, after, before)
    assert "of_a_test" not in _indexes()


def _state_of_entries() -> ProjectState:
    from django.apps import apps

    return ProjectState.from_apps(apps)


def _indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, "audit_entry"))
