"""A WSGI application on the threads of an ASGI process."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from core.bodies import Message
from core.threads import MAX_WHOLE, InThreads, environ_of

Start = Callable[[str, list[tuple[str, str]]], Any]


def a_scope(*headers: tuple[bytes, bytes], path: str = "/") -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"a=1",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.1", 999),
        "headers": list(headers),
    }


def answers_of(application: Any, *, requests: int = 1) -> list[list[Message]]:
    """What is sent for each of so many requests at once."""

    async def ask() -> list[Message]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"hello"}

        async def send(message: Message) -> None:
            sent.append(message)

        await application(a_scope(), receive, send)
        return sent

    async def ask_all() -> list[list[Message]]:
        return await asyncio.gather(*(ask() for _ in range(requests)))

    return asyncio.run(ask_all())


def test_an_answer_leaves_in_one_piece() -> None:
    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start("201 Created", [("X-Name", " value ")])
        return [environ["wsgi.input"].read(), b"!"]

    ((begin, body),) = answers_of(InThreads(application))
    assert (begin["status"], begin["headers"]) == (201, [(b"x-name", b"value")])
    assert body == {"type": "http.response.body", "body": b"hello!"}


def test_a_long_answer_is_sent_as_it_comes_and_closed() -> None:
    closed = threading.Event()

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            return (b"x" * (MAX_WHOLE // 2) for _ in range(5))

        def close(self) -> None:
            closed.set()

    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        return Pieces()

    ((begin, *pieces, last),) = answers_of(InThreads(application))
    assert begin["status"] == 200
    assert sum(len(piece["body"]) for piece in pieces) == MAX_WHOLE // 2 * 5
    assert all(piece["more_body"] for piece in pieces)
    assert last == {"type": "http.response.body", "body": b""}
    assert closed.is_set()


def test_requests_share_a_fixed_number_of_threads() -> None:
    names = set()

    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        names.add(threading.current_thread().name)
        start("200 OK", [])
        return [b""]

    assert len(answers_of(InThreads(application, threads=3), requests=50)) == 50
    assert len(names) <= 3


def test_a_header_with_an_underscore_passes_for_no_other() -> None:
    environ = environ_of(a_scope((b"x_forwarded_for", b"198.51.100.1")), b"")
    assert "HTTP_X_FORWARDED_FOR" not in environ


def test_the_length_is_the_real_one_and_cookies_are_joined_as_cookies() -> None:
    scope = a_scope(
        (b"content-length", b"9"), (b"cookie", b"a=1"), (b"cookie", b"b=2"), path="/grün"
    )
    environ = environ_of(scope, b"four")
    assert environ["CONTENT_LENGTH"] == "4"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/grün"
    assert environ["REMOTE_ADDR"] == "192.0.2.1"
