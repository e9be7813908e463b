"""Doing several things at the same moment, each on a thread of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections

from tests.running_trial import eventually

PATIENCE = 60  # seconds


def at_once(
    *works: Callable[[], Any], expected: type[Exception] | tuple[type[Exception], ...] = ()
) -> list[Any]:
    """What these return. An `expected` exception is given in its work's place; any other is raised."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            start.wait(PATIENCE)
            return work()
        except expected as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def run_apart(work: Callable[[], object]) -> None:
    """On this thread's own connections."""
    try:
        work()
    finally:
        connections.close_all()


def wait_for_a_lock() -> None:
    """Until another connection waits for a row."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )

    def is_waiting() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            return bool(cursor.fetchone()[0])

    eventually(is_waiting, what="a wait for a row")
