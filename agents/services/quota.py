"""How much of what computers report is kept, and for how long.

The verdict never depends on it. Up to the day's quota of a computer, its events are kept whole. Up to
twice the quota they are kept without their bulky parts; beyond that only those that the agent still
refers to, for a day. The bell and the report Policy Events by Policy say what was dropped.
"""

import json
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from agents.models import ReportedBytes
from approvals.models import ApprovalRequest
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


def store(event: PolicyEvent, *, answerable: bool, passes_on: bool) -> None:
    """Save a new event as the quota of its computer allows. Called in the report's transaction.

    `answerable`: its agent may still answer for it; `passes_on`: its children refer to it.
    """
    size = len(json.dumps([event.event, event.decision], ensure_ascii=False).encode())
    quota: int = settings.EVENT_BYTES_PER_COMPUTER
    used = _count(event.computer, event.at, size)
    if used > quota:
        if used - size <= quota:
            _tell(event.computer, quota)
        if not answerable or size > MAX_ANSWERABLE:
            _shorten(event)
        if used > 2 * quota:
            event.recorded = False
            if not (answerable or passes_on):
                return
    event.save(force_insert=True)


def forget_events(now: datetime) -> int:
    """Delete events past their retention, in batches, and say how many.

    What a request points to stays until the request itself has been closed for as long.
    """
    end = now - timedelta(days=settings.EVENT_RETENTION_DAYS)
    asking = ApprovalRequest.objects.filter(number=OuterRef("request_number"))
    in_use = asking.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=end))
    past = Q(at__lt=end) | Q(at__lt=now - UNRECORDED_LIVE, recorded=False)
    old = PolicyEvent.objects.filter(past, ~Exists(in_use)).order_by()
    deleted = 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        deleted += PolicyEvent.objects.filter(pk__in=batch).delete()[0]
    ReportedBytes.objects.filter(day__lt=_day(now - COUNTS_LIVE)).delete()
    return deleted


def _count(computer: Computer, at: datetime, size: int) -> int:
    """Bytes that `computer` reported this day, with these."""
    today = {"computer": computer, "day": _day(at)}
    counted = ReportedBytes.objects.filter(**today)
    if not counted.update(bytes=F("bytes") + size):
        with suppress(IntegrityError), transaction.atomic():  # its first report may come twice
            ReportedBytes.objects.create(**today)
        counted.update(bytes=F("bytes") + size)
    return counted.values_list("bytes", flat=True).get()


def _day(at: datetime) -> date:
    return timezone.localdate(at, timezone.get_default_timezone())


def _tell(computer: Computer, quota: int) -> None:
    raise_alert(
        key=f"computer:{computer.pk}:quota",
        text=f"{computer} reported more than {quota / 1_000_000:g} MB today. Its further events are "
        "kept without arguments, command lines, groups and reasons, and beyond twice as much they "
        "aren't kept. Find out what it runs so often, or raise EVENT_BYTES_PER_COMPUTER.",
    )


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
