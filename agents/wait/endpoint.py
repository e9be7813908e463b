"""/agent/v1/wait as a plain ASGI callable (ASGI 3, HTTP)."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import structlog

from agents.tickets import BadTicket, Ticket, read_ticket
from agents.wait.reader import REVOKED, Full, Waiter
from agents.wait.running import running_reader
from approvals.selectors import RequestState
from core.logs import new_trace

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LONGEST = 60  # seconds
PENDING = RequestState(state="pending", comment="", decided_by="")
log = structlog.get_logger(__name__)


class _Refused(Exception):
    def __init__(self, status: int, code: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.said = {"code": code, "message": message} | ({"field": field} if field else {})


async def wait(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers when the request is closed, or after `?seconds=` (60 at most) with "pending".

    200 {state, comment, decided_by}; 401 for a ticket that is none or a revoked computer; 405, 422
    as usual; 503 when too many wait. A client that goes away frees its place at once.
    """
    with structlog.contextvars.bound_contextvars(request_id=new_trace()):
        try:
            ticket, seconds = _asked(scope)
            state = await _wait(ticket, seconds, receive)
        except _Refused as refused:
            await _answer(send, refused.status, refused.said)
            return
        if state is not None:
            said = {
                "state": state.state,
                "comment": state.comment,
                "decided_by": state.decided_by,
            }
            await _answer(send, 200, said)


def _asked(scope: Scope) -> tuple[Ticket, float]:
    if scope["method"] not in {"GET", "POST"}:
        raise _Refused(405, "wrong_method", "Only GET and POST are possible here.")
    headers = dict(scope["headers"])
    scheme, _, text = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() != "wait":
        raise _unauthorized()
    try:
        ticket = read_ticket(text.strip())
    except BadTicket:
        raise _unauthorized() from None
    return ticket, _seconds(scope)


def _unauthorized() -> _Refused:
    return _Refused(
        401,
        "unauthorized",
        "This wait ticket is none of ours, its request has expired, or the computer was revoked.",
    )


def _seconds(scope: Scope) -> float:
    given = parse_qs(scope["query_string"].decode("latin-1")).get("seconds", [str(LONGEST)])[-1]
    if not (given.isascii() and given.isdigit() and len(given) < 4 and int(given) <= LONGEST):
        raise _Refused(
            422, "invalid", f"seconds: must be a whole number from 0 to {LONGEST}", "seconds"
        )
    return float(given)


async def _wait(ticket: Ticket, seconds: float, receive: Receive) -> RequestState | None:
    """The state that ended the wait; None if the client has gone."""
    reader = running_reader()
    try:
        waiter = reader.enter(ticket)
    except Full:
        raise _Refused(503, "too_many_waiting", "Too many agents wait. Try again soon.") from None
    gone = asyncio.create_task(_disconnected(receive))
    try:
        return await _first(waiter, gone, seconds)
    finally:
        gone.cancel()
        reader.leave(waiter)


async def _first(waiter: Waiter, gone: "asyncio.Task[None]", seconds: float) -> RequestState | None:
    # Also with 0 seconds the reader gets the time for one look.
    awaited: tuple[asyncio.Future[Any], ...] = (waiter.done, gone)
    await asyncio.wait(awaited, timeout=max(seconds, 1.0), return_when=asyncio.FIRST_COMPLETED)
    if waiter.done.done():
        state = waiter.done.result()
        if state is REVOKED:
            raise _unauthorized()
        return state or PENDING
    return None if gone.done() else PENDING


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass  # a body, which nobody asked for


async def _answer(send: Send, status: int, said: dict[str, str]) -> None:
    body = json.dumps(said).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-request-id", str(structlog.contextvars.get_contextvars()["request_id"]).encode()),
    ]
    if status == 503:
        headers.append((b"retry-after", b"5"))
    if status == 401:
        headers.append((b"www-authenticate", b"Wait"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
