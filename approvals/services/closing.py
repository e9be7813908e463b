"""Closing a request: by a decision, by its user, or by time; and the notices that follow."""

import uuid
from collections.abc import Collection
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from approvals.models import ApprovalRequest, Decision, Invitation
from approvals.models.requests import DESERTED_AFTER, RequestQuerySet
from approvals.services import notices
from approvals.services.attendance import watched_for
from approvals.services.wakeup import wake_on_commit
from core.actors import Actor
from core.alerts.services import close_alerts
from core.audit.services import record

CLOCK = Actor.of_system("clock")
log = structlog.get_logger(__name__)


def close(request: ApprovalRequest, *, state: str, decision: Decision | None) -> None:
    """Give an open request its one outcome. Belongs into the transaction of the verb that calls it.

    `request` holds the new state afterwards. The caller has made sure, by a conditional UPDATE in
    the same transaction, that the request is pending and stays so.
    """
    now = timezone.now()
    request.state, request.closed_at = state, now
    if state == ApprovalRequest.State.DENIED:
        request.quiet_until = now + timedelta(minutes=request.terms.pause_after_denial)
    request.save(update_fields=["state", "closed_at", "quiet_until"])
    invitations = list(request.invitations.all())
    Invitation.objects.filter(request=request, state=Invitation.State.OPEN).update(
        state=Invitation.State.CLOSED
    )
    close_alerts(prefix=f"request:{request.number}:")
    notices.cancel_unsent(request)
    notices.queue_outcomes(request, invitations, decision)
    wake_on_commit(request.number)


def cancel_request(*, number: int, computer_id: uuid.UUID, by: Actor) -> bool:
    """The user gave up. False if the request was closed already (nothing has changed)."""
    own = ApprovalRequest.objects.pending().filter(pk=number, computer_id=computer_id)
    return _close_undecided(own, state=ApprovalRequest.State.CANCELLED, by=by)


def expire_requests() -> int:
    """Expire what nobody decided in time, and cancel what nobody waits for any more."""
    pending = ApprovalRequest.objects.pending()
    due = [(pending.overdue(), ApprovalRequest.State.EXPIRED)]
    if watched_for(DESERTED_AFTER):
        deserted = pending.filter(last_waited_at__lte=Now() - DESERTED_AFTER)
        due.append((deserted, ApprovalRequest.State.CANCELLED))
    closed = 0
    for requests, state in due:
        for number in list(requests.values_list("pk", flat=True)):
            try:
                closed += _close_undecided(requests.filter(pk=number), state=state, by=CLOCK)
            except Exception:  # one request that can't be closed shall not hold up the others
                log.exception("request_not_closed", number=number, state=state)
    return closed


def expire_plea(plea_key: str) -> None:
    """Expire this plea's request if it is overdue and not swept yet, to make room for a new one."""
    overdue = ApprovalRequest.objects.pending().overdue().filter(plea_key=plea_key)
    _close_undecided(overdue, state=ApprovalRequest.State.EXPIRED, by=CLOCK)


def _close_undecided(held: RequestQuerySet, *, state: str, by: Actor) -> bool:
    """Close the one pending request of `held`, if there (still) is one when its row is held."""
    with transaction.atomic():
        number = held.values_list("pk", flat=True).first()
        if number is None or not held.update(state="pending"):
            return False
        request = ApprovalRequest.objects.get(pk=number)
        close(request, state=state, decision=None)
        record(actor=by, verb=state, kind="request", object_id=number, facts={})
    log.info("request_closed", number=number, request_id=request.trace, state=state)
    return True


def mark_waited(*, numbers: Collection[int]) -> None:
    """Agents still wait for these: one UPDATE for all. A request made with --no-wait is left as it is."""
    ApprovalRequest.objects.pending().filter(pk__in=numbers, last_waited_at__isnull=False).update(
        last_waited_at=Now()
    )
