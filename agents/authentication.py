"""Which computer calls, and whether it is allowed to."""

import hmac
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyHeader, HttpBearer

from agents.computers import computers
from agents.errors import TooLarge, Unauthorized
from agents.rate_limits import client_address, count
from agents.services.registering import secret_hash
from core.advanced.models import advanced
from core.ids import uuid_of
from policies.models import Computer

MAX_UNKNOWN = 100  # computers that don't exist, named by one address in a minute
MAX_BODY = 64 * 1024  # bytes
SEEN_EVERY = timedelta(minutes=1)


class ComputerBearer(HttpBearer):
    """`Authorization: Bearer COMPUTER_ID.SECRET`, both as the registration gave them."""

    def __call__(self, request: HttpRequest) -> Computer:
        refuse_large(request)
        computer = super().__call__(request)
        if not isinstance(computer, Computer):
            raise _unauthorized()
        count(kind="agent", who=computer.pk.hex, limit=advanced().calls_per_computer)
        now = timezone.now()
        if computer.last_seen_at is None or computer.last_seen_at < now - SEEN_EVERY:
            Computer.objects.filter(pk=computer.pk).update(
                last_seen_at=now,
                address=client_address(request)[:64],
                agent_version=request.headers.get("User-Agent", "").replace("\0", "")[:100],
            )
            computer.last_seen_at = now
        return computer

    def authenticate(self, request: HttpRequest, token: str) -> Computer:
        """Raises Unauthorized, in the same words whatever is wrong."""
        identity, _, secret = token.strip().partition(".")
        computer_id = uuid_of(identity)
        computer = _computer(request, computer_id) if computer_id else None
        expected = computer.secret_hash if computer else ""
        genuine = hmac.compare_digest(expected, secret_hash(secret))
        if computer is None or not genuine or computer.revoked_at:
            raise _unauthorized()
        return computer


def _computer(request: HttpRequest, computer_id: UUID) -> Computer | None:
    """Looking one up costs a query, so an address may name few that don't exist. Raises TooMany."""
    if (computer := computers.remembered(computer_id)) is not None:
        return computer
    limit = partial(count, kind="unknown-agent", who=client_address(request), limit=MAX_UNKNOWN)
    limit(calls=0)
    if (computer := computers.find(computer_id)) is None:
        limit()
    return computer


class WaitTicket(APIKeyHeader):
    """`Authorization: Wait TICKET`, as the document describes it; agents/wait checks it."""

    param_name = "Authorization"

    def authenticate(self, request: HttpRequest, key: str | None) -> bool:
        return True


def registering(request: HttpRequest) -> str:
    """Registration needs no secret; it is limited by the caller's address."""
    refuse_large(request)
    address = client_address(request)
    count(kind="register", who=address, limit=advanced().registrations_per_address)
    return address or "unknown"


def refuse_large(request: HttpRequest) -> None:
    """By its Content-Length, before anything is read. Raises TooLarge."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or len(length) > 9 or int(length) > MAX_BODY:
        raise TooLarge("too_large", f"A body can have at most {MAX_BODY} bytes.")


def _unauthorized() -> Unauthorized:
    return Unauthorized(
        "unauthorized",
        "This computer is unknown, its secret is wrong, or it was revoked. "
        "Register it with an install code.",
    )
