"""New marks (policies/models/revision.py) for changes of what policies are made of and of who may call.

The database draws it, in the transaction of the change and by whatever way the change comes: no code
can forget it. A mark never comes back, so neither a rolled-back transaction nor another database is
ever taken for what is known.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.db import connections

from items.guards import TURN
from policies.models import ComputerRevision, PolicyRevision

# Of these the engine's policies are built (policies/snapshot.py), and found invalid
# (policies/validity.py). Which groups a computer is in is read with each report instead.
TABLES = (
    "policies_policy",
    "policies_policy_groups",
    "policies_policyfilter",
    "policies_policyaction",
    "policies_filter",
    "actions_action",
    "approvals_approvaltype",
    "approvals_approvalprocess",
    "foreign_systems_foreignsystem",
)
# Of a computer: what tells who calls, and whether it may. A call itself changes other columns.
COMPUTER, COLUMNS = "policies_computer", "name, platform, secret_hash, revoked_at, retired_at"


def provide(*, using: str, **_: Any) -> None:
    """Make the rows and the triggers where they are missing; called after each `migrate`."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    revisions = (PolicyRevision, ComputerRevision)
    if not tables.issuperset([*TABLES, COMPUTER, *(each._meta.db_table for each in revisions)]):
        return  # migrated in part
    for each in revisions:
        each._default_manager.using(using).get_or_create(id=1, defaults={"mark": str(uuid4())})
    statements = _on_sqlite() if connection.vendor == "sqlite" else _on_postgresql()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _on_postgresql() -> Iterator[str]:
    # Whatever writes takes its turn as the verbs of items do. Holding the one row of the mark without
    # it, a transaction could wait for one that waits for this row.
    yield f"""
        CREATE OR REPLACE FUNCTION policies_new_mark() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock({TURN});
            UPDATE policies_policyrevision SET mark = gen_random_uuid();
            RETURN NULL;
        END $$"""  # noqa: S608  # the number is a constant
    for table in TABLES:
        yield f"""
            CREATE OR REPLACE TRIGGER policies_new_mark
            AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION policies_new_mark()"""
    # Whoever holds this row holds a computer's already, and waits for nothing but the audit trail.
    yield """
        CREATE OR REPLACE FUNCTION policies_new_computer_mark() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE policies_computerrevision SET mark = gen_random_uuid();
            RETURN NULL;
        END $$"""
    yield f"""
        CREATE OR REPLACE TRIGGER policies_new_computer_mark
        AFTER UPDATE OF {COLUMNS} OR DELETE OR TRUNCATE ON {COMPUTER}
        FOR EACH STATEMENT EXECUTE FUNCTION policies_new_computer_mark()"""


def _on_sqlite() -> Iterator[str]:
    draw = "UPDATE policies_policyrevision SET mark = hex(randomblob(16))"
    for table in TABLES:
        for verb in ("INSERT", "UPDATE", "DELETE"):
            name = f"policies_new_mark_{table}_{verb}".lower()
            yield f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {verb} ON {table} BEGIN {draw}; END"
    draw = "UPDATE policies_computerrevision SET mark = hex(randomblob(16))"
    for change in (f"UPDATE OF {COLUMNS}", "DELETE"):
        name = f"policies_new_computer_mark_{change[:6]}".lower()
        yield f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {change} ON {COMPUTER} BEGIN {draw}; END"
