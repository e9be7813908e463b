"""The two secrets of an invitation, and the addresses and links made of them.

Both are derived from the invitation's id and a server key, so no row and no queue holds them; only
their hashes are stored, to find the invitation again.
"""

import re
import uuid

from django.conf import settings

from approvals.models import ApprovalRequest, Invitation
from approvals.reply import keys
from core.encryption import derive_token, token_hash

TOKEN = re.compile(r"[a-z2-7]{26}\Z")


def reply_token(invitation_id: uuid.UUID, key_number: int) -> str:
    """The token of the reply address. Raises KeyError if its key was dropped."""
    return derive_token("reply", str(invitation_id), key_number)


def link_token(invitation_id: uuid.UUID, key_number: int) -> str:
    """The token of the decision link. Raises KeyError if its key was dropped."""
    return derive_token("link", str(invitation_id), key_number)


def reply_address(token: str) -> str:
    """`reply+TOKEN@domain`, from REPLY_ADDRESS."""
    local, _, domain = settings.REPLY_ADDRESS.rpartition("@")
    return f"{local}+{token}@{domain}"


def link(token: str) -> str:
    """The address of the decision page."""
    return f"{settings.PUBLIC_URL}/d/{token}"


def key_numbers_in_use() -> set[int]:
    """The keys that the addresses and links of open requests are made with."""
    awaited = Invitation.objects.filter(request__in=ApprovalRequest.objects.pending())
    return set(awaited.values_list("key_number", flat=True).distinct().order_by())


def token_in(address: str) -> str | None:
    """The token of one of our reply addresses; None for any other address."""
    token = keys.token_in(address, settings.REPLY_ADDRESS)
    return token if TOKEN.match(token) else None


def invitation_of_reply(token: str) -> Invitation | None:
    return Invitation.objects.filter(reply_hash=token_hash(token)).first()


def invitation_of_link(token: str) -> Invitation | None:
    if not TOKEN.match(token):
        return None
    return Invitation.objects.select_related("request").filter(link_hash=token_hash(token)).first()
