"""Wait tickets: permission to wait for one request, checked without the database.

A ticket names the request, the computer and its own end, signed with the server's key. It is the
same however often it is issued, so it isn't stored anywhere.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core import signing

_SALT = "agents.wait"
GRACE = 600  # seconds after the request's expiry in which its agent can still learn of it


@dataclass(frozen=True, slots=True)
class Ticket:
    number: int  # of the request
    computer_id: uuid.UUID


class BadTicket(Exception):
    """Not issued by us, or expired."""


def issue_ticket(*, number: int, computer_id: uuid.UUID, expires_at: datetime) -> str:
    """A ticket that is valid a little longer than the request."""
    end = int(expires_at.timestamp()) + GRACE
    return signing.Signer(salt=_SALT).sign_object([number, computer_id.hex, end])


def read_ticket(text: str) -> Ticket:
    """Raises BadTicket."""
    try:
        number, computer, end = signing.Signer(salt=_SALT).unsign_object(text)
    except signing.BadSignature:
        raise BadTicket from None
    if end < time.time():
        raise BadTicket
    return Ticket(number=number, computer_id=uuid.UUID(computer))
