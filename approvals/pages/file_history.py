"""Other requests about the same file: counted for a page of requests, listed for one request."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q

from approvals.models import ApprovalRequest, Decision
from approvals.pages.outcome_words import grant_of, outcome_state, outcome_words

MAX_LISTED = 5  # requests of each list on a request's page


@dataclass(frozen=True)
class FileHistory:
    """How many other requests about one file there are of each outcome, pending ones included."""

    states: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def words(self) -> str:
        """How many other requests: "First time", "Once", "5 times"."""
        names = {0: "First time", 1: "Once", 2: "Twice"}
        return names.get(self.total, f"{self.total} times")

    @property
    def outcomes(self) -> str:
        """How they stand: "1 approved, 1 denied, 1 pending"."""
        return ", ".join(f"{count} {state}" for state, count in sorted(self.states.items()))


def file_histories(requests: Iterable[ApprovalRequest]) -> dict[int, FileHistory]:
    """For each number of `requests`, the other requests about its file; in one query.

    Without a hash nothing is known of a file.
    """
    requests = list(requests)
    hashes = {request.sha256 for request in requests if request.sha256}
    counted = (
        ApprovalRequest.objects.filter(sha256__in=hashes)
        .order_by()
        .values_list("sha256", "state")
        .annotate(
            count=Count("number"), revoked=Count("number", Q(grant__revoked_at__isnull=False))
        )
    )
    found: dict[str, dict[str, int]] = {digest: {} for digest in hashes}
    for digest, state, count, revoked in counted if hashes else ():
        found[digest] |= {state: count - revoked}
        if revoked:
            found[digest]["revoked"] = revoked
    histories = {}
    for request in requests:
        states, own = dict(found.get(request.sha256, {})), outcome_state(request)
        states[own] = states.get(own, 0) - 1  # the request itself
        histories[request.number] = FileHistory({s: n for s, n in states.items() if n > 0})
    return histories


@dataclass(frozen=True)
class SameFileDecision:
    """Another request about the same file, with its outcome as it stood at some moment."""

    request: ApprovalRequest
    state: str
    words: str
    final: Decision | None
    revoked_later: datetime | None = None


def decided_before(request: ApprovalRequest) -> list[SameFileDecision]:
    """What was known when `request` was decided (while it is pending: when it was asked)."""
    known = request.known_until
    found = []
    for other in _same_file(request, Q(closed_at__lt=known)):
        grant = grant_of(other)
        later = grant.revoked_at if grant and not grant.was_revoked_by(known) else None
        words = outcome_words(other, known_at=known)
        found.append(
            SameFileDecision(other, outcome_state(other), words, other.final_decision, later)
        )
    return found


def decided_later(request: ApprovalRequest) -> list[SameFileDecision]:
    """What nobody could know then."""
    return [
        SameFileDecision(other, outcome_state(other), outcome_words(other), other.final_decision)
        for other in _same_file(request, Q(closed_at__gte=request.known_until))
    ]


def _same_file(request: ApprovalRequest, when: Q) -> list[ApprovalRequest]:
    """The newest closed ones."""
    if not request.sha256:
        return []
    same = ApprovalRequest.objects.decided().filter(when, sha256=request.sha256)
    others = same.exclude(pk=request.pk).select_related("grant").with_decisions()
    return list(others.order_by("-closed_at", "-number")[:MAX_LISTED])
