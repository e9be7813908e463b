"""Questions about approvals that others ask: policies, the wait path, pages."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from approvals.models import ApprovalRequest, Grant


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


def recent_denials(*, computer_id: uuid.UUID) -> dict[str, str]:
    """Pleas of a computer that stay refused for a while: scope key to the denial's comment."""
    denied = ApprovalRequest.objects.pausing().on_computer(computer_id).with_decisions()
    return {
        request.scope_key: request.final_decision.comment if request.final_decision else ""
        for request in denied.order_by("closed_at")
    }


def states_of(numbers: Collection[int]) -> dict[int, RequestState]:
    """The states of these requests in two queries, whatever their number."""
    states = {}
    for request in ApprovalRequest.objects.filter(pk__in=numbers).with_decisions():
        final = request.final_decision
        states[request.number] = RequestState(
            state=request.state,
            comment=final.comment if final else "",
            decided_by=final.name if final else "",
        )
    return states
