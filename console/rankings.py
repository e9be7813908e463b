"""The rankings of Home: the policies with the most events, and the programs asked for most.

They look at the newest of them alone, and what they count is remembered for a minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Count

from approvals.models import ApprovalRequest
from core.roles import Roles
from items.rights import seen_items
from policies.items import POLICIES
from policies.models import PolicyEvent

MAX_LOOKED_AT: Final = 10_000  # events or requests
MAX_COUNTED: Final = 200  # policies, among which are those that somebody sees
MAX_RANKED: Final = 5
KEPT: Final = 60  # seconds


@dataclass(frozen=True)
class Ranked:
    """What was counted how often, and that in percent of the first one's."""

    name: str
    count: int
    share: int
    url: str = ""
    note: str = ""


def top_policies(roles: Roles, *, since: datetime) -> list[Ranked]:
    """The policies that decided the most of the newest events, as somebody with these roles sees them."""
    rows: Any = cache.get_or_set(
        f"home:policies:{since:%Y-%m-%d}", lambda: list(_events_by_policy(since)), KEPT
    )
    seen: Any = seen_items(POLICIES, roles)
    names = dict(seen.filter(pk__in=[key for key, _ in rows]).values_list("pk", "name"))
    ranked = [(key, events) for key, events in rows if key in names][:MAX_RANKED]
    return [
        Ranked(names[key], events, _share(events, ranked[0][1]), url=POLICIES.url_of_key(key))
        for key, events in ranked
    ]


def top_programs(*, since: datetime) -> list[Ranked]:
    """The programs of the most of the newest requests, by name and publisher as they were reported."""
    rows: Any = cache.get_or_set(
        f"home:programs:{since:%Y-%m-%d}", lambda: list(_requests_by_program(since)), KEPT
    )
    return [
        Ranked(
            name,
            requests,
            _share(requests, rows[0][-1]),
            note=(signer or "unsigned") + (f", {files} files of this name" if files > 1 else ""),
        )
        for name, signer, files, requests in rows
    ]


def _share(count: int, most: int) -> int:
    return max(1, 100 * count // most)


def _events_by_policy(since: datetime) -> Iterable[Any]:
    newest = PolicyEvent.objects.filter(at__gte=since).order_by("-at", "-id")[:MAX_LOOKED_AT]
    return (
        PolicyEvent.objects.filter(pk__in=newest.values("pk"), policy_id__isnull=False)
        .order_by()
        .values_list("policy_id")
        .annotate(events=Count("pk"))
        .order_by("-events", "policy_id")[:MAX_COUNTED]
    )


def _requests_by_program(since: datetime) -> Iterable[Any]:
    requests = ApprovalRequest.objects.filter(created_at__gte=since)
    newest = requests.order_by("-created_at")[:MAX_LOOKED_AT]
    return (
        ApprovalRequest.objects.filter(pk__in=newest.values("pk"))
        .order_by()
        .values_list("file_name", "signer")
        .annotate(files=Count("sha256", distinct=True), requests=Count("pk"))
        .order_by("-requests", "file_name", "signer")[:MAX_RANKED]
    )
