"""Questions about approvals that others ask: policies, the wait path, pages."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from approvals.models import ApprovalRequest, Grant, GrantUse
from core.audit.models import Entry
from core.people.accounts import Account


@dataclass(frozen=True)
class RequestState:
    """Where a request stands, as far as its waiting agent may know."""

    state: str
    comment: str
    decided_by: str


def valid_grants(*, computer_id: uuid.UUID) -> list[Grant]:
    """The grants that may still be used on a computer, oldest first, with their requests."""
    return list(
        Grant.objects.valid()
        .filter(request__computer_id=computer_id)
        .select_related("request")
        .order_by("granted_at", "id")
    )


def pending_keys(*, computer_id: uuid.UUID) -> dict[str, int]:
    """The open pleas of a computer: plea key to request number."""
    on_computer = ApprovalRequest.objects.open().on_computer(computer_id)
    return dict(on_computer.values_list("plea_key", "number"))


def was_revoked(*event_ids: str | uuid.UUID) -> bool:
    """Whether an approval that one of these executions used has been revoked since."""
    used = GrantUse.objects.filter(event_id__in=event_ids)
    return used.filter(grant__revoked_at__isnull=False).exists()


def recent_denials(*, computer_id: uuid.UUID, account: Account) -> dict[str, str]:
    """What stays refused to an account for a while: pause key to the denial's comment."""
    denied = ApprovalRequest.objects.pausing().on_computer(computer_id).of_account(account)
    return {
        request.pause_key: request.final_decision.comment if request.final_decision else ""
        for request in denied.with_decisions().order_by("closed_at")
    }


def states_of(numbers: Collection[int]) -> dict[int, RequestState]:
    """The states of these requests in two queries, whatever their number."""
    states = {}
    for request in ApprovalRequest.objects.filter(pk__in=numbers).with_decisions():
        final = request.final_decision
        states[request.number] = RequestState(
            state=request.state,
            comment=final.comment if final else "",
            decided_by=final.deciders if final else "",
        )
    return states


def entries_about(request: ApprovalRequest) -> QuerySet[Entry]:
    """The audit trail's entries of the request, of its grant and of each execution under it."""
    grants = Grant.objects.filter(request=request).values_list("pk", flat=True)
    uses = GrantUse.objects.filter(grant__request=request).values_list("event_id", flat=True)
    keys = [str(key) for key in (*grants, *uses)]
    return Entry.objects.filter(
        Q(object_kind="request", object_id=str(request.pk))
        | Q(object_kind="grant", object_id__in=keys)
    )
