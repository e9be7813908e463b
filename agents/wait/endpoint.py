"""/agent/v1/wait as a plain ASGI callable (ASGI 3, HTTP)."""

import asyncio
import json
from dataclasses import asdict
from urllib.parse import parse_qs

from agents.tickets import BadTicket, Ticket, read_ticket
from agents.wait.reader import MAX_PER_TICKET, REVOKED, Full, TooManyWaits, running_reader
from approvals.selectors import RequestState
from core.bodies import Receive, Scope, Send
from core.logs import new_trace

MAX_SECONDS = 60
PENDING = RequestState(state="pending", comment="", decided_by="")


class Refused(Exception):
    """`status`, `code`, `message` and `field` as everywhere in the agent API."""

    def __init__(self, status: int, code: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message} | ({"field": field} if field else {})


async def wait(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers when the request is closed, or after `?seconds=` (60 at most) with "pending".

    200 {state, comment, decided_by}; 401 for an invalid ticket or a revoked computer; 405, 422 as
    usual; 429 when this request is waited for too often, 503 when too many agents wait. A client that
    disconnects frees its place at once.
    """
    try:
        ticket, seconds = _read(scope)
        state = await _wait(ticket, seconds, receive)
    except Refused as refused:
        await _answer(send, refused.status, refused.body)
        return
    if state is not None:
        await _answer(send, 200, asdict(state))


def _read(scope: Scope) -> tuple[Ticket, float]:
    """The ticket and the seconds to wait. Raises Refused."""
    if scope["method"] not in {"GET", "POST"}:
        raise Refused(405, "wrong_method", "Use GET or POST.")
    headers = dict(scope["headers"])
    scheme, _, text = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    try:
        if scheme.lower() != "wait":
            raise BadTicket
        ticket = read_ticket(text.strip())
    except BadTicket:
        raise _unauthorized() from None
    query = parse_qs(scope["query_string"].decode("latin-1"))
    given = query.get("seconds", [str(MAX_SECONDS)])[-1]
    digits = given.isascii() and given.isdigit() and len(given) < 4
    if not digits or int(given) > MAX_SECONDS:
        raise Refused(
            422, "invalid", f"seconds: must be a whole number from 0 to {MAX_SECONDS}", "seconds"
        )
    return ticket, float(given)


def _unauthorized() -> Refused:
    return Refused(
        401,
        "unauthorized",
        "This wait ticket is invalid, its request has expired, or the computer was revoked.",
    )


async def _wait(ticket: Ticket, seconds: float, receive: Receive) -> RequestState | None:
    """The state that ended the wait; None if the client has disconnected."""
    reader = running_reader()
    try:
        waiter = reader.enter(ticket)
    except Full:
        raise Refused(
            503, "too_many_waiting", "Too many agents are waiting. Try again soon."
        ) from None
    except TooManyWaits:
        raise Refused(
            429, "too_many_waits", f"At most {MAX_PER_TICKET} waits at a time for one request."
        ) from None
    try:
        # Also with 0 seconds the reader gets the time for one look.
        async with asyncio.timeout(max(seconds, 1.0)) as waiter.limit:
            while not waiter.told:
                if (await receive())["type"] == "http.disconnect":
                    return None
    except TimeoutError:
        pass  # the time is over, or the reader has told it
    finally:
        reader.leave(waiter)
    if waiter.state is REVOKED:
        raise _unauthorized()
    return waiter.state or PENDING


async def _answer(send: Send, status: int, values: dict[str, str]) -> None:
    body = json.dumps(values).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-request-id", new_trace().encode()),
    ]
    if status in {429, 503}:
        headers.append((b"retry-after", b"5"))
    if status == 401:
        headers.append((b"www-authenticate", b"Wait"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
