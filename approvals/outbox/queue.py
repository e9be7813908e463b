"""Putting mail into the outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from approvals.letters.compose import Draft
from approvals.letters.kinds import MailKind
from approvals.models import ApprovalRequest, Invitation, MailDraft, OutgoingMail
from approvals.tokens import bounce_token
from core.encryption import newest_key_number, token_hash
from core.hints import hint
from core.ids import uuid7
from core.logs import current_trace
from foreign_systems.models import ForeignSystem

NOTICES_LIVE = timedelta(days=2)  # how long a notice is tried that has no expiry of its own


@dataclass(frozen=True)
class Letter:
    """One mail to queue. `expires` is when no further try makes sense; None: two days."""

    kind: MailKind
    recipient: str
    draft: Draft
    invitation: Invitation | None = None
    in_reply_to: str = ""
    follows: OutgoingMail | None = None
    expires: datetime | None = None
    due: datetime | None = None  # None: now


def add(
    letters: list[Letter],
    *,
    request: ApprovalRequest | None,
    server: ForeignSystem | None,
    sender: str = "",
    sender_name: str = "",
) -> list[OutgoingMail]:
    """Queue these mails; after the commit a worker is told.

    Mail about a request has the From that the request froze; other mail `sender` and `sender_name`, ""
    for the server's defaults.
    """
    if not letters:
        return []
    now = timezone.now()
    domain = settings.REPLY_ADDRESS.rpartition("@")[2]
    key_number = newest_key_number() if settings.REPLY_ADDRESS else None
    terms = request.terms if request else None
    from_address, from_name = (
        (terms.from_address, terms.from_name) if terms else (sender, sender_name)
    )
    trace = request.trace if request else current_trace()
    drafts = {letter.draft: MailDraft.of(letter.draft) for letter in letters}
    MailDraft.objects.bulk_create(drafts.values())
    rows = []
    for letter in letters:
        identity = uuid7()
        token = bounce_token(identity, key_number) if key_number else ""
        rows.append(
            OutgoingMail(
                id=identity,
                request=request,
                invitation=letter.invitation,
                follows=letter.follows,
                purpose=letter.kind.key,
                server=server,
                sender=from_address,
                sender_name=from_name,
                recipient=letter.recipient,
                message_id=f"<{identity.hex}@{domain}>",
                in_reply_to=letter.in_reply_to,
                draft=drafts[letter.draft],
                bounce_key_number=key_number,
                bounce_hash=token_hash(token) if token else "",
                due_at=letter.due or now,
                not_after=letter.expires or now + NOTICES_LIVE,
                created_at=now,
                trace=trace,
            )
        )
    transaction.on_commit(lambda: hint("approvals.tasks.send_mail"))
    return OutgoingMail.objects.bulk_create(rows)
