"""Executions that an agent decided alone, reported when the console can be reached again."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import transaction
from django.utils import timezone

from agents.errors import Invalid
from agents.services import offline_codes, quota
from agents.services.reporting import event_of, row_of
from core.advanced.models import advanced
from core.ids import uuid7_of
from policies.models import Computer, PolicyEvent

MAX_SKEW: Final = timedelta(minutes=5)  # that an endpoint's clock may be ahead of ours
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Happened:
    """One execution: the agent's own id for it, the event, and what the agent decided."""

    id: uuid.UUID
    event: dict[str, Any]
    verdict: str  # "allow" or "deny"
    policies: str  # the ETag of the set that it was decided by
    offline_code: str = ""  # the request code whose response allowed it


@dataclass(frozen=True)
class _Candidate:
    event: PolicyEvent
    answerable: bool = False
    passes_on: bool = False
    grants: Sequence[str] = ()


def report_happened(*, computer: Computer, happened: Sequence[Happened]) -> None:
    """Store each of them once, however often it is reported.

    All or none. Raises Invalid, naming the field: for an event that isn't valid, has no time, a time
    ahead of the console's by more than MAX_SKEW (code `clock_skew`), or one that is older than events
    are kept (code `too_old`).
    """
    rows = [_row(computer, place, each) for place, each in enumerate(happened)]
    with transaction.atomic():
        known = set(
            PolicyEvent.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
        )
        new = {row.pk: row for row in rows if row.pk not in known}
        events = quota.admitted(_Candidate(row) for row in new.values())
        PolicyEvent.objects.bulk_create(events, ignore_conflicts=True)
        for row, each in zip(rows, happened, strict=True):
            if each.offline_code and each.verdict == "allow" and row.pk in new:
                offline_codes.compare(each.offline_code, row)
    log.info("offline_events_reported", computer=str(computer.pk), new=len(new), all=len(rows))


def _row(computer: Computer, place: int, happened: Happened) -> PolicyEvent:
    event, now = event_of(computer, happened.event), timezone.now()
    field = f"events.{place}.event.at"
    if event.at is None:
        raise Invalid("invalid", "is required", field=field)
    if event.at > now + MAX_SKEW:
        raise Invalid("clock_skew", "is in the future. Set the computer's clock.", field=field)
    if event.at < now - timedelta(days=advanced().keep_events):
        raise Invalid("too_old", "is longer ago than events are kept.", field=field)
    offline = {"policies": happened.policies}
    if happened.offline_code:
        offline["code"] = happened.offline_code
    return row_of(
        event,
        computer=computer,
        id=_row_id(computer, happened.id, event.at),
        at=event.at,
        late_at=now,
        verdict=happened.verdict,
        decision={"verdict": happened.verdict, "offline": offline},
    )


def _row_id(computer: Computer, own: uuid.UUID, at: datetime) -> uuid.UUID:
    """The same for each try, and sorted by time as all events' are: a UUIDv7 without chance.

    Made with the computer's id, so that no computer takes another one's place.
    """
    digest = hashlib.sha256(computer.pk.bytes + own.bytes).digest()
    return uuid7_of(int(at.timestamp() * 1000), digest[:10])
