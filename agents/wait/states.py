"""The reader's queries: a fixed number for any number of waiters."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import close_old_connections

from approvals.models import ApprovalRequest
from approvals.selectors import RequestState, states_of
from approvals.services import mark_waited
from approvals.services.attendance import keep_watching
from policies.models import Computer

GONE = RequestState(state="expired", comment="", decided_by="")  # the row has been purged


@dataclass(frozen=True)
class Seen:
    """Result of a look: requests that are no longer pending, computers that may not wait."""

    closed: dict[int, RequestState]
    revoked: frozenset[uuid.UUID]


def look(numbers: Collection[int], computers: Collection[uuid.UUID]) -> Seen:
    """Three queries at most; the whole rows only of the few that have been closed."""
    close_old_connections()
    try:
        pending = set(
            ApprovalRequest.objects.pending().filter(pk__in=numbers).values_list("pk", flat=True)
        )
        closed = set(numbers) - pending
        living = Computer.objects.filter(pk__in=computers, revoked_at__isnull=True)
        return Seen(
            closed={**dict.fromkeys(closed, GONE), **states_of(closed)} if closed else {},
            revoked=frozenset(set(computers) - set(living.values_list("pk", flat=True))),
        )
    finally:
        close_old_connections()


def mark(numbers: Collection[int]) -> None:
    """Record that this process watches and that agents wait for these: one UPDATE."""
    close_old_connections()
    try:
        if numbers:
            mark_waited(numbers=numbers)
    finally:
        close_old_connections()
    keep_watching()
