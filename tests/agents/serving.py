"""The real ASGI server in a thread of the test, on a free port."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from django.db import connections

from tests.running_trial import eventually, free_port


@contextmanager
def serving() -> Iterator[int]:
    """The port. All that was opened is closed afterwards, open waits too."""
    port = free_port()
    config = uvicorn.Config(
        "pmconsole.asgi:application",  # by name: imported here, it may look at the database
        port=port,
        log_config=None,
        lifespan="on",
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started, what="uvicorn starts")
        yield port
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        connections.close_all()
    assert not thread.is_alive()


def ask_to_wait(
    port: int, ticket: str, seconds: object = 20, *, scheme: str = "Wait", method: str = "GET"
) -> tuple[int, dict[str, Any], float]:
    """Status, answer, and how many seconds it took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    began = time.monotonic()
    headers = {"Authorization": f"{scheme} {ticket}"}
    connection.request(method, f"/agent/v1/wait?seconds={seconds}", headers=headers)
    response = connection.getresponse()
    said = json.loads(response.read())
    connection.close()
    return response.status, said, time.monotonic() - began
