"""How much of what computers report is kept, and for how long.

The verdict never depends on it. Up to the day's quota of a computer, its events are kept whole. Up to
twice the quota they are kept without their bulky parts. Beyond that only those are that ran by an
approval, so that no flood hides them, and for a day those that the agent still refers to. The bell and
the report Policy Events by Policy say what was dropped.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from agents.models import ReportedBytes
from approvals.models import ApprovalRequest
from core.advanced.models import advanced
from core.alerts.services import raise_alert
from core.text import ELLIPSIS
from policies.models import Computer, PolicyEvent

MAX_ANSWERABLE = 16_384  # bytes of an event that is kept whole for its answer, whatever the quota
MAX_SHORT = 200  # characters of a text that is kept where bulky parts are dropped
UNRECORDED_LIVE = timedelta(days=1)  # events that only a child or an answer refers to
COUNTS_LIVE = timedelta(days=7)
BATCH = 1_000  # rows deleted at a time
# Of a decision: all that children of an elevated program need.
_NEEDED = ("verdict", "code", "rights", "matched", "record", "event_digest", "root")


class Candidate(Protocol):
    """An event that is to be stored: `answerable` if its agent may still answer for it, `passes_on`
    if its children refer to it, and the grants that it used.
    """

    @property
    def event(self) -> PolicyEvent | None: ...
    @property
    def answerable(self) -> bool: ...
    @property
    def passes_on(self) -> bool: ...
    @property
    def grants(self) -> Sequence[str]: ...


def admitted(candidates: Iterable[Candidate]) -> list[PolicyEvent]:
    """The events to store, each as the quota of its computer allows. Called in their transaction."""
    events = [(each, each.event, _size(each.event)) for each in candidates if each.event]
    # Of the report: of when it happened, the endpoint says what it likes.
    today = _day(timezone.now())
    added: Counter[UUID] = Counter()
    for _, event, size in events:
        added[event.computer_id] += size
    used = {each: total - added[each] for each, total in _count(added, today).items()}
    kept = []
    for candidate, event, size in events:
        used[event.computer_id] += size
        if _admit(candidate, event, size, used[event.computer_id]):
            kept.append(event)
    return kept


def _admit(candidate: Candidate, event: PolicyEvent, size: int, used: int) -> bool:
    """Whether to store it; a computer beyond its quota, at `used` bytes with this, keeps less."""
    quota = advanced().event_megabytes * 1_000_000
    if used <= quota:
        return True
    if used - size <= quota:
        raise_alert(
            key=f"computer:{event.computer.pk}:quota",
            text=f"{event.computer} reported more than {quota / 1_000_000:g} MB today. Its further "
            "events are kept without arguments, command lines, groups and reasons, and beyond twice as "
            "much they aren't kept. Find out what it runs so often, or raise the limit at "
            "Configuration, Advanced.",
        )
    if not candidate.answerable or size > MAX_ANSWERABLE:
        _shorten(event)
    if used <= 2 * quota or candidate.grants:
        return True
    event.recorded = False
    return candidate.answerable or candidate.passes_on


def _size(event: PolicyEvent) -> int:
    return len(json.dumps([event.event, event.decision], ensure_ascii=False).encode())


def forget_events(now: datetime) -> int:
    """Delete events past their retention, in batches, and say how many."""
    end = now - timedelta(days=advanced().keep_events)
    past = Q(at__lt=end) | Q(at__lt=now - UNRECORDED_LIVE, recorded=False)
    old = without_evidence(PolicyEvent.objects.filter(past), now).order_by()
    deleted = 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        deleted += PolicyEvent.objects.filter(pk__in=batch).delete()[0]
    ReportedBytes.objects.filter(day__lt=_day(now - COUNTS_LIVE)).delete()
    return deleted


def without_evidence(events: QuerySet[PolicyEvent], now: datetime) -> QuerySet[PolicyEvent]:
    """Those of `events` that no request needs: it is open, or closed not so long ago."""
    kept_since = now - timedelta(days=advanced().keep_evidence)
    asking = ApprovalRequest.objects.filter(number=OuterRef("request_number"))
    return events.exclude(
        Exists(asking.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=kept_since)))
    )


def _count(added: Mapping[UUID, int], day: date) -> dict[UUID, int]:
    """Bytes that each computer reported on the day, with those `added`; one statement for all.

    In order of the computers, so that two processes never wait for each other.
    """
    if not added:
        return {}
    table = ReportedBytes._meta.db_table
    rows = [
        (Computer._meta.pk.get_db_prep_value(computer, connection), day, size)
        for computer, size in sorted(added.items())
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (computer_id, day, bytes) "  # noqa: S608  # names of ours alone
            f"VALUES {', '.join(['(%s, %s, %s)'] * len(rows))} "
            f"ON CONFLICT (computer_id, day) DO UPDATE SET bytes = {table}.bytes + EXCLUDED.bytes "
            "RETURNING computer_id, bytes",
            [value for row in rows for value in row],
        )
        # SQLite gives text for the id.
        return {UUID(str(computer)): total for computer, total in cursor.fetchall()}


def _day(at: datetime) -> date:
    return timezone.localdate(at, timezone.get_default_timezone())


def _shorten(event: PolicyEvent) -> None:
    """Leave out lists and cut long texts; `dropped` names the parts."""
    dropped = []

    def short(name: str, value: Any) -> Any:
        if isinstance(value, list) and value:
            dropped.append(name)
            return []
        if isinstance(value, str) and len(value) > MAX_SHORT:
            dropped.append(name)
            return value[:MAX_SHORT] + ELLIPSIS
        return value

    event.event = {name: short(name, value) for name, value in event.event.items()}
    event.file_path = event.event["file_path"]
    event.decision = {name: event.decision[name] for name in _NEEDED if name in event.decision}
    event.dropped = [*dropped, "reasons"]
