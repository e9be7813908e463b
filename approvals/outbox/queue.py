"""Putting mail into the outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from approvals.mail.compose import Draft
from approvals.models import ApprovalRequest, Invitation, OutgoingMail
from foreign_systems.models import ForeignSystem
from pmconsole.celery import hint
from pmconsole.ids import uuid7

NOTICES_LIVE = timedelta(days=2)  # how long a notice is tried that has no expiry of its own


@dataclass(frozen=True)
class Letter:
    """One mail to queue. `expires` is when no further try makes sense; None: two days."""

    purpose: str  # OutgoingMail.Purpose
    recipient: str
    draft: Draft
    invitation: Invitation | None = None
    in_reply_to: str = ""
    follows: OutgoingMail | None = None
    expires: datetime | None = None


def add(
    letters: list[Letter], *, request: ApprovalRequest, server: ForeignSystem | None
) -> list[OutgoingMail]:
    """Queue these mails about a request; after the commit a worker is told."""
    if not letters:
        return []
    now = timezone.now()
    domain = settings.REPLY_ADDRESS.rpartition("@")[2]
    rows = []
    for letter in letters:
        identity = uuid7()
        rows.append(
            OutgoingMail(
                id=identity,
                request=request,
                invitation=letter.invitation,
                follows=letter.follows,
                purpose=letter.purpose,
                server=server,
                sender=request.terms.from_address,
                recipient=letter.recipient,
                message_id=f"<{identity.hex}@{domain}>",
                in_reply_to=letter.in_reply_to,
                draft={
                    "subject": letter.draft.subject,
                    "text": letter.draft.text,
                    "html": letter.draft.html,
                },
                due_at=now,
                not_after=letter.expires or now + NOTICES_LIVE,
                created_at=now,
                trace=request.trace,
            )
        )
    transaction.on_commit(lambda: hint("approvals.tasks.send_mail"))
    return OutgoingMail.objects.bulk_create(rows)
