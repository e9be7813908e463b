"""Kept connections to PostgreSQL (core/postgresql)."""

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite ends no connections"),
]


def _backend(of: BaseDatabaseWrapper) -> int:
    with of.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_connection_that_the_server_ended_is_replaced_when_a_request_begins() -> None:
    kept = connection.copy()
    try:
        ended = _backend(kept)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
        kept.close_if_unusable_or_obsolete()  # as at the beginning of each request
        assert _backend(kept) != ended
    finally:
        kept.close()
