"""Liveness and readiness, as a load balancer asks for them."""

import asyncio
import threading
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from console.health import middleware
from console.health.readiness import Readiness

ALL_WELL = {"status": "ready", "database": "ok", "migrations": "ok", "broker": "ok"}


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Readiness:
    """A process that has not been asked yet."""
    asked = Readiness()
    monkeypatch.setattr(middleware, "readiness", asked)
    return asked


def test_liveness_asks_no_database() -> None:  # this test may not use one
    answer = Client().get("/health/live", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_under_asgi_liveness_waits_for_no_thread() -> None:
    """While the database hangs, all threads that serve requests may wait for it."""
    from pmconsole.asgi import application

    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)
        assert threading.current_thread() is threading.main_thread()

    headers: list[Any] = []
    scope = {"type": "http", "path": "/health/live", "method": "GET", "headers": headers}
    asyncio.run(application(scope, receive, send))
    assert (said[0]["status"], said[1]["body"]) == (200, b'{"status": "alive"}')


@pytest.mark.django_db(transaction=True)
def test_a_process_that_can_serve_is_ready(fresh: Readiness) -> None:
    answer = Client().get("/health/ready", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, ALL_WELL)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db(transaction=True)
def test_without_all_migrations_it_is_not_ready(fresh: Readiness) -> None:
    row = MigrationRecorder.Migration.objects.get(app="tasks", name="0001_initial")
    row.delete()
    try:
        answer = Client().get("/health/ready")
    finally:
        row.save(force_insert=True)
    assert answer.status_code == 503
    assert answer.json() == {**ALL_WELL, "status": "not ready", "migrations": "missing"}


@pytest.mark.django_db(transaction=True)
def test_without_its_database_it_is_not_ready_and_tells_no_address(
    fresh: Readiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = "/nowhere/at/all" if connection.vendor == "sqlite" else "no_such_database"
    monkeypatch.setitem(connection.settings_dict, "NAME", gone)
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["database"] == "away"
    assert gone not in answer.text


@pytest.mark.django_db(transaction=True)
def test_without_redis_it_says_so_and_goes_on(fresh: Readiness, settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {**ALL_WELL, "broker": "away"})


def test_nothing_is_changed_by_these_addresses() -> None:
    assert Client().post("/health/live").status_code == 405
