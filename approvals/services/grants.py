"""Grants: what an approval gives, how it is used up and taken back."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from approvals.errors import GrantGone
from approvals.models import ApprovalRequest, Grant, GrantUse
from core.audit.services import record

log = structlog.get_logger(__name__)


def grant(request: ApprovalRequest, *, narrowest: int | None) -> Grant:
    """The grant of an approved request: One Time for None, else that many minutes from now."""
    now = timezone.now()
    return Grant.objects.create(
        request=request,
        one_time=narrowest is None,
        granted_at=now,
        expires_at=None if narrowest is None else now + timedelta(minutes=narrowest),
    )


def use_grants(*, grant_ids: Sequence[str], event_id: uuid.UUID) -> None:
    """Use these grants for one execution: all of them, or none and GrantGone.

    A One Time grant is used up by a conditional UPDATE, so however many executions arrive at once,
    exactly one gets it. Call it inside the transaction that stores the verdict.
    """
    now = timezone.now()
    with transaction.atomic():
        for grant_id in grant_ids:
            valid = Grant.objects.valid().filter(pk=grant_id)
            if not valid.update(used_at=now):
                raise GrantGone("The approval has been used, taken back or has ended meanwhile.")
            GrantUse.objects.create(grant_id=grant_id, event_id=event_id, at=now)
        if grant_ids:
            used = [str(grant_id) for grant_id in grant_ids]
            record(
                actor="agent", verb="use", kind="grant", object_id=event_id, facts={"grants": used}
            )
    log.info("grants_used", grants=len(grant_ids), execution=str(event_id))


def revoke_grant(*, grant_id: uuid.UUID, by: str) -> Grant:
    """Take a grant back; it takes effect at the next execution. Raises GrantGone if it had ended."""
    with transaction.atomic():
        taken = Grant.objects.valid().filter(pk=grant_id)
        if not taken.update(revoked_at=timezone.now(), revoked_by=by[:254]):
            raise GrantGone("This grant had ended already; there was nothing to take back.")
        revoked = Grant.objects.select_related("request").get(pk=grant_id)
        record(
            actor=by,
            verb="revoke",
            kind="grant",
            object_id=grant_id,
            facts={"request": revoked.request.number},
        )
    log.info("grant_revoked", number=revoked.request.number)
    return revoked
