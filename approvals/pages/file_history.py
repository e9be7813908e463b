"""Earlier requests about the same file: for a whole page of requests in one query."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count

from approvals.models import ApprovalRequest


@dataclass(frozen=True)
class FileHistory:
    """How many closed requests about one file there are of each state, from any user."""

    states: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def words(self) -> str:
        """How many earlier requests: "First time", "Once", "5 times"."""
        names = {0: "First time", 1: "Once", 2: "Twice"}
        return names.get(self.total, f"{self.total} times")

    @property
    def outcomes(self) -> str:
        """How that ended: "1 approved, 1 denied"."""
        return ", ".join(f"{count} {state}" for state, count in sorted(self.states.items()))


def file_histories(requests: Iterable[ApprovalRequest]) -> dict[str, FileHistory]:
    """For each hash of `requests`, its closed requests. Without a hash nothing is known."""
    hashes = {request.sha256 for request in requests if request.sha256}
    counted = (
        ApprovalRequest.objects.decided()
        .filter(sha256__in=hashes)
        .order_by()
        .values_list("sha256", "state")
        .annotate(count=Count("number"))
    )
    states: dict[str, dict[str, int]] = defaultdict(dict)
    for digest, state, count in counted if hashes else ():
        states[digest][state] = count
    return {digest: FileHistory(states.get(digest, {})) for digest in hashes}


def decided_before(request: ApprovalRequest, *, limit: int = 5) -> list[ApprovalRequest]:
    """The newest closed requests about the same file, with their decisions."""
    if not request.sha256:
        return []
    same = ApprovalRequest.objects.decided().filter(sha256=request.sha256)
    others = same.exclude(pk=request.pk).prefetch_related("decisions")
    if request.closed_at:
        others = others.filter(closed_at__lt=request.closed_at)
    return list(others.order_by("-closed_at", "-number")[:limit])
