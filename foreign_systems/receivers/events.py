"""What receivers are told: one event for each entry of the audit trail, as JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from core.audit.models import Entry, Head
from core.audit.services import HEAD


@dataclass(frozen=True)
class Event:
    """One entry of the trail. `key` is the same each time it is sent, so that a receiver counts it once.

    `body` is its JSON in ASCII; `sequence` is 0 for a test.
    """

    key: str
    sequence: int
    at: datetime
    verb: str
    body: bytes


def head() -> int:
    """The newest entry's sequence; 0 while there is none."""
    return Head.objects.filter(pk=HEAD).values_list("sequence", flat=True).first() or 0


def events_after(sequence: int, limit: int) -> Iterator[Event]:
    """The entries beyond `sequence` in order.

    The head's row is taken before an entry is written and held until it is committed, so none appears
    later behind one that was seen.
    """
    entries = Entry.objects.filter(sequence__gt=sequence).order_by("sequence")
    for entry in entries.select_related("payload")[:limit]:
        yield _event(entry)


def a_test(by: str) -> Event:
    """What Test sends: it stands in no trail."""
    at = timezone.now()
    key = f"test-{int(at.timestamp() * 1000)}"
    return Event(
        key, 0, at, "test", _json({"id": key, "at": at.isoformat(), "test": True, "by": by})
    )


def _event(entry: Entry) -> Event:
    key = f"{entry.sequence}-{entry.hash[:32]}"
    said: dict[str, Any] = {
        "id": key,
        "sequence": entry.sequence,
        "at": entry.at.isoformat(),
        "hash": entry.hash,
        "payload_hash": entry.payload_hash,
    }
    payload = getattr(entry, "payload", None)  # gone where personal data was erased
    said |= {"erased": True} if payload is None else {"entry": json.loads(payload.text)}
    verb = "erased" if payload is None else entry.verb
    return Event(key, entry.sequence, entry.at.astimezone(UTC), verb, _json(said))


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True).encode("ascii")
