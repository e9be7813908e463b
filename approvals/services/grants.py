"""Grants: what an approval gives, how it is used and revoked."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from approvals.errors import GrantGone
from approvals.models import ApprovalRequest, Grant, GrantUse
from approvals.services import notices
from core.actors import Actor
from core.audit.services import record

MAX_REVOKE_REASON = 250
log = structlog.get_logger(__name__)


def grant(request: ApprovalRequest, *, minutes: int | None) -> Grant:
    """The grant of an approved request: for so many minutes from now, or One Time for None.

    A One Time grant that isn't used ends too, when the process says so.
    """
    terms, now = request.terms, timezone.now()
    ends = now + timedelta(minutes=terms.one_time_ends_after if minutes is None else minutes)
    is_told = minutes is not None and 0 < terms.tell_before_end < minutes
    return Grant.objects.create(
        request=request,
        one_time=minutes is None,
        granted_at=now,
        expires_at=ends,
        tell_at=ends - timedelta(minutes=terms.tell_before_end) if is_told else None,
    )


def tell_of_ends() -> None:
    """Tell requesters whose timed approval ends soon, once each, by a conditional UPDATE."""
    due = Grant.objects.valid().filter(tell_at__lte=Now())
    for grant_id in list(due.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                if due.filter(pk=grant_id).update(tell_at=None):
                    ending = Grant.objects.select_related("request__process__smtp_server")
                    notices.queue_ending(ending.get(pk=grant_id))
        except Exception:  # one grant whose end can't be told shall not hold up the others
            log.exception("grant_end_not_told", grant=str(grant_id))


def use_grants(*, grant_ids: Sequence[str], event_id: uuid.UUID) -> None:
    """Use these grants for one execution: all of them, or none and GrantGone.

    A One Time grant is used up by a conditional UPDATE, so however many executions arrive at once,
    exactly one gets it. Call it inside the transaction that stores the verdict.
    """
    now = timezone.now()
    with transaction.atomic():
        for grant_id in grant_ids:
            if not Grant.objects.valid().filter(pk=grant_id).update(used_at=now):
                raise GrantGone("The approval was used, revoked or ended in the meantime.")
            GrantUse.objects.create(grant_id=grant_id, event_id=event_id, at=now)
        if grant_ids:
            used = {"grants": [str(grant_id) for grant_id in grant_ids]}
            first = Grant.objects.select_related("request").get(pk=grant_ids[0])
            actor = first.request.asked_by
            record(actor=actor, verb="use", kind="grant", object_id=event_id, facts=used)
    log.info("grants_used", grants=len(grant_ids), execution=str(event_id))


def revoke_grant(*, grant_id: uuid.UUID, by: Actor, reason: str) -> Grant:
    """Take a grant back, from the next execution on, and tell the requester why.

    `reason` has at most MAX_REVOKE_REASON characters. Raises GrantGone if the grant has ended already,
    ValueError without a reason.
    """
    if not 0 < len(reason.strip()) <= MAX_REVOKE_REASON:
        raise ValueError(f"a reason of 1 to {MAX_REVOKE_REASON} characters")
    with transaction.atomic():
        # Held first, as by everybody who changes its mails: no two wait for each other. New mails of it
        # don't wait, and neither does who holds its grant and adds one.
        requests = ApprovalRequest.objects.select_for_update(no_key=True)
        about = Grant.objects.filter(pk=grant_id).values("request")
        list(requests.filter(pk__in=about).values_list("pk"))
        valid = Grant.objects.valid().filter(pk=grant_id)
        revoked_values = {**by.columns("revoked_by"), "revoke_reason": reason.strip()}
        if not valid.update(revoked_at=timezone.now(), **revoked_values):
            raise GrantGone("This grant had already ended. Nothing was changed.")
        revoked = Grant.objects.select_related("request__process__smtp_server").get(pk=grant_id)
        notices.replace_unsent_outcomes(revoked.request)
        notices.queue_revoked(revoked)
        record(
            actor=by,
            verb="revoke",
            kind="grant",
            object_id=grant_id,
            facts={"request": revoked.request.number, "reason": revoked.revoke_reason},
        )
    of = revoked.request
    log.info("grant_revoked", number=of.number, request_id=of.trace)
    return revoked
