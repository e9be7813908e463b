"""Attacks on the HTTP door, tried on the real server that `manage.py serve` starts."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from console.serving import TimedProtocol
from core.bodies import MAX_BODY, BoundedBodies, Message, Receive, Scope, Send
from tests.running_trial import ROOT, eventually, free_port

TOKEN = "abcdefghijklmnopqrstuvwxyz"


@dataclass
class Served:
    """A `manage.py serve` on a database of its own, and what it has written to its log."""

    port: int
    log: Path

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        response.body = response.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return response

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/sign-in/").status == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def served(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(migrated, folder / "served.sqlite3")
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'served.sqlite3'}",
        "PUBLIC_URL": "http://127.0.0.1",
        "LOG_LEVEL": "INFO",
    }
    found = Served(free_port(), folder / "log")
    with found.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(found.port)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        eventually(found.answers, what="the server answers")
        yield found
    finally:
        process.terminate()
        process.wait(20)


def end_of(client: socket.socket) -> bytes:
    """All that comes until the server hangs up; socket.timeout if it does not."""
    came = b""
    while piece := client.recv(4096):
        came += piece
    return came


# Bodies before sign-in.


def answer_to_a_huge_body(served: Served, path: str) -> bytes:
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as client:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 300000000\r\n\r\n"
        client.sendall(head.encode())
        return end_of(client)


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(served: Served) -> None:
    answer = answer_to_a_huge_body(served, "/sign-in/")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"Go back, and choose a smaller file" in answer


def test_agents_are_told_in_json(served: Served) -> None:
    answer = answer_to_a_huge_body(served, "/agent/v1/executions")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b'{"code": "too_large", "message": "The request\'s body is too large."}')


@pytest.mark.parametrize("path", ["/sign-in/", "/agent/v1/executions", "/nowhere/"])
def test_a_body_that_grows_too_large_is_refused_whatever_it_said(served: Served, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    pieces = (b"x" * 65_536 for _ in range(2 * MAX_BODY // 65_536))
    try:
        connection.request("POST", path, pieces, encode_chunked=True)
    except (BrokenPipeError, ConnectionResetError):
        pass  # it hung up while we were still sending
    else:
        assert connection.getresponse().status == 413
    finally:
        connection.close()


def test_a_body_of_the_permitted_size_reaches_the_page(served: Served) -> None:
    assert served.ask("POST", "/sign-in/", b"x" * MAX_BODY).status == 403  # no CSRF token


def test_only_where_item_files_are_uploaded_it_may_be_larger_and_not_without_end(
    served: Served,
) -> None:
    assert served.ask("POST", "/configuration/import/", b"x" * 5_000_000).status == 403
    assert answer_to_a_huge_body(served, "/configuration/import/").startswith(b"HTTP/1.1 413 ")


# Half-sent requests.


@dataclass
class Slow:
    """A server whose deadlines are short, and what has arrived behind them."""

    port: int
    bodies: list[bytes]


@pytest.fixture
def slow() -> Iterator[Slow]:
    class Short(TimedProtocol):
        header_seconds = 0.3

    found = Slow(free_port(), [])

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        message: Message = await receive()
        found.bodies.append(message["body"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    config = uvicorn.Config(
        BoundedBodies(behind, max_seconds=0.3),
        port=found.port,
        http=Short,
        lifespan="off",
        log_config=None,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started, what="the server starts")
    yield found
    server.should_exit = True
    thread.join(20)


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_headers_that_never_end_do_not_hold_a_connection(slow: Slow, begun: bytes) -> None:
    with socket.create_connection(("127.0.0.1", slow.port), timeout=5) as client:
        client.sendall(begun)
        began = time.monotonic()
        assert end_of(client) == b""
        assert time.monotonic() - began < 4


def test_nor_do_those_of_a_second_request_on_a_kept_connection(slow: Slow) -> None:
    with socket.create_connection(("127.0.0.1", slow.port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 204 ")
        client.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        assert end_of(client) == b""
    assert slow.bodies == [b""]


def test_a_body_that_never_ends_is_answered_and_the_page_never_sees_it(slow: Slow) -> None:
    with socket.create_connection(("127.0.0.1", slow.port), timeout=5) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        assert end_of(client).startswith(b"HTTP/1.1 408 ")
    assert slow.bodies == []


# What the log and the limits believe.


def test_the_log_shows_requests_and_no_token(served: Served) -> None:
    served.ask("GET", f"/d/{TOKEN}")
    log = eventually(lambda: "/d/" in (text := served.log.read_text()) and text)
    assert TOKEN not in log
    assert r"/d/\u2026" in log


def test_a_forwarded_address_evades_no_limit_where_no_proxy_is_trusted(served: Served) -> None:
    """Ten wrong passwords a minute are one address's; each of these claims another one."""
    page = served.ask("GET", "/sign-in/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)  # type: ignore[attr-defined]
    assert token
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    for number in range(12):
        answer = served.ask(
            "POST",
            "/sign-in/",
            f"csrfmiddlewaretoken={token[1]}&login=nobody{number}&password=wrong".encode(),
            **{
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": cookie,
                "X-Forwarded-For": f"203.0.113.{number}",
            },
        )
    assert answer.status == 429 or "Too many failed attempts" in answer.body  # type: ignore[attr-defined]
