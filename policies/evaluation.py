"""Asking the engine with all that the database knows of a computer."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from django.utils import timezone

from approvals.selectors import pending_keys, recent_denials, was_revoked
from core.ids import uuid_of
from core.metrics import Duration
from core.people.accounts import Account
from core.tracing import traced
from policies.engine import Decision, Event, ParentDecision, PolicySet
from policies.in_force import in_force
from policies.models import PolicyEvent
from policies.snapshot import grants_of

ENGINE = Duration(
    "pmconsole_engine_seconds",
    "Seconds that the engine took for one decision, without the database",
    (0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1),
)
PASSED_ON_FOR = timedelta(days=1)  # a program's rights to its children


@dataclass(frozen=True)
class Evaluation:
    """A decision, and the requests that it has to do with."""

    decision: Decision
    request: int | None  # the one that waits, or the one whose grant is used
    root: uuid.UUID | None  # the ancestor whose approval and Child Actions it runs under
    passes_on: bool  # its children get Child Actions, so it must be found when they are reported
    policies: PolicySet  # that decided: those in force may be others meanwhile


@traced("evaluate")
def evaluate(
    event: Event,
    *,
    computer_id: uuid.UUID,
    answered: str = "",
    trace: bool = False,
    now: datetime | None = None,
) -> Evaluation:
    """The decision by the current policies, grants and requests, with `trace` its reasons too.

    Changes nothing. `answered` is the verdict whose prompt the user has answered; `now` another time
    than the present, to see what would be decided then. Approvals are read only where one is needed:
    without them the decision tells.
    """
    policies = in_force.on(computer_id)
    parent, root = _parent(event, computer_id)
    known: dict[str, Any] = {
        "parent": parent,
        "now": now or timezone.now(),
        "answered": answered,
        "trace": trace,
    }
    decision, request = _timed(policies, event, **known), None
    if decision.need:
        grants, request_of_grant = grants_of(computer_id)
        pending = pending_keys(computer_id=computer_id)
        account = Account(event.account, event.account_id)
        denied = recent_denials(computer_id=computer_id, account=account)
        decision = _timed(
            policies, event, grants=grants, pending=pending, recently_denied=denied, **known
        )
        if decision.verdict == "pending" and decision.need:
            request = pending[decision.need.plea_key]
        elif decision.used_grants:
            request = request_of_grant[decision.used_grants[-1]]
    passes_on = decision.verdict == "allow" and any(
        policies.by_id[matched].enforce_child for matched in decision.matched
    )
    inherits = parent is not None and bool(policies.passed_on(parent))
    return Evaluation(decision, request, root if inherits else None, passes_on, policies)


def _timed(policies: PolicySet, event: Event, **known: Any) -> Decision:
    began = perf_counter()
    decision = policies.decide(event, **known)
    ENGINE.took(perf_counter() - began)
    return decision


_NOBODY: tuple[None, None] = (None, None)


def _parent(
    event: Event, computer_id: uuid.UUID
) -> tuple[ParentDecision, uuid.UUID] | tuple[None, None]:
    """What was decided for the parent, if this computer reported it for this very account.

    With it the root: the parent, or the ancestor whose rights it runs with. Those are not passed on
    for ever, by however many generations: not a day later, and not once a grant of theirs is revoked.
    """
    parent_id = uuid_of(event.parent_event)
    if parent_id is None:
        return _NOBODY
    row = PolicyEvent.objects.filter(
        pk=parent_id,
        computer_id=computer_id,
        account__iexact=event.account,
    ).first()
    if row is None or row.event.get("account_id", "") != event.account_id:
        return _NOBODY
    root = uuid.UUID(row.decision.get("root") or str(parent_id))
    lately = PolicyEvent.objects.filter(pk=root, at__gt=timezone.now() - PASSED_ON_FOR)
    if was_revoked(parent_id, root) or not lately.exists():
        return _NOBODY
    return ParentDecision.from_json(row.decision), root


def deciding_policy(decision: Decision) -> uuid.UUID | None:
    """The policy that decided: the first that matched; None where none did."""
    return uuid.UUID(decision.matched[0]) if decision.matched else None
