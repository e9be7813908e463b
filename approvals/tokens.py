"""The two secrets of an invitation and the one of a mail, and the addresses and links made of them.

They are derived from the id of invitation or mail and a server key, so no row and no queue holds
them; only their hashes are stored, to find the row again.
"""

import re
import uuid

from django.conf import settings

from approvals.models import ApprovalRequest, Invitation, OutgoingMail
from approvals.reply import keys
from core.addresses import bounce_address as beside_replies
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


def bounce_token(mail_id: uuid.UUID, key_number: int) -> str:
    """The token of a mail's bounce address. Raises KeyError if its key was dropped."""
    return derive_token("bounce", str(mail_id), key_number)


def bounce_address(token: str) -> str:
    """`bounce+TOKEN@domain`, beside REPLY_ADDRESS."""
    local, _, domain = beside_replies(settings.REPLY_ADDRESS).rpartition("@")
    return f"{local}+{token}@{domain}"


def link(token: str) -> str:
    """The address of the decision page."""
    return f"{settings.PUBLIC_URL}/d/{token}"


def key_numbers_in_use() -> set[int]:
    """The keys that addresses and links of open requests and of unsent mail are made with."""
    awaited = Invitation.objects.filter(request__in=ApprovalRequest.objects.pending())
    unsent = OutgoingMail.objects.unfinished().exclude(bounce_key_number=None)
    found = {
        *awaited.values_list("key_number", flat=True).distinct().order_by(),
        *unsent.values_list("bounce_key_number", flat=True).distinct().order_by(),
    }
    return {number for number in found if number is not None}


def bounce_token_in(address: str) -> str | None:
    """The token of one of our bounce addresses; None for any other address."""
    token = keys.token_in(address, beside_replies(settings.REPLY_ADDRESS))
    return token if TOKEN.match(token) else None


def token_in(address: str) -> str | None:
    """The token of one of our reply addresses; None for any other address."""
    token = keys.token_in(address, settings.REPLY_ADDRESS)
    return token if TOKEN.match(token) else None


def invitation_of_reply(token: str) -> Invitation | None:
    return Invitation.objects.filter(reply_hash=token_hash(token)).first()


def returned_mail(token: str) -> OutgoingMail | None:
    """The mail whose bounce address holds this token."""
    return OutgoingMail.objects.filter(bounce_hash=token_hash(token)).first() if token else None


def invitation_of_link(token: str) -> Invitation | None:
    if not TOKEN.match(token):
        return None
    return Invitation.objects.select_related("request").filter(link_hash=token_hash(token)).first()
