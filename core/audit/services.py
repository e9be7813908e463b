"""Writing to the audit trail and checking it."""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.actors import Actor, ActorKind
from core.audit.models import Entry, Head, Payload

GENESIS = "0" * 64
HEAD = 1


def record(
    *, actor: Actor, verb: str, kind: str, object_id: object, facts: Mapping[str, object]
) -> None:
    """Append one entry. Call it last in the transaction of the change that it records.

    The head row is taken by an UPDATE, so writers queue only for the rest of their transaction.
    Raises RuntimeError outside a transaction: an entry must not outlive a rolled-back change.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record must run in the transaction of the change")
    if not Head.objects.filter(pk=HEAD).update(sequence=F("sequence") + 1):
        Head.objects.create(pk=HEAD, sequence=1, hash=GENESIS)
    head = Head.objects.get(pk=HEAD)
    at = timezone.now()
    text = json.dumps(
        {
            "sequence": head.sequence,
            "at": at.isoformat(),
            "actor": actor.to_json(),
            "verb": verb,
            "kind": kind,
            "id": str(object_id),
            "facts": facts,
        },
        sort_keys=True,
        default=str,
    )
    salt = secrets.token_hex(16)
    payload_hash = _sha256(salt + text)
    entry = Entry.objects.create(
        sequence=head.sequence,
        at=at,
        **actor.columns("actor"),
        verb=verb,
        object_kind=kind,
        object_id=str(object_id),
        payload_hash=payload_hash,
        hash=_sha256(head.hash + payload_hash),
    )
    Payload.objects.create(entry=entry, salt=salt, text=text)
    Head.objects.filter(pk=HEAD).update(hash=entry.hash)


def verify(*, newest: int | None = None) -> Iterator[str]:
    """One sentence for each fault in the chain, in order; none if it is intact.

    With `newest`, only so many entries at its end are looked at, and the head.
    """
    previous, expected = GENESIS, 1
    entries = Entry.objects.select_related("payload").order_by("sequence")
    before = Entry.objects.order_by("-sequence")[newest : newest + 1] if newest else ()
    for entry in before:
        previous, expected = entry.hash, entry.sequence + 1
        entries = entries.filter(sequence__gt=entry.sequence)
    for entry in entries.iterator(1000):
        if entry.sequence != expected:
            yield f"Entries {expected} to {entry.sequence - 1} are missing."
        yield from _faults(entry, previous)
        previous, expected = entry.hash, entry.sequence + 1
    head = Head.objects.filter(pk=HEAD).first() or Head(sequence=0, hash=GENESIS)
    if (head.sequence, head.hash) != (expected - 1, previous):
        yield f"The head names entry {head.sequence}, but the last entry is {expected - 1}."


def _faults(entry: Entry, previous: str) -> Iterator[str]:
    if entry.hash != _sha256(previous + entry.payload_hash):
        yield f"Entry {entry.sequence} doesn't continue the previous one."
    payload: Payload | None = getattr(entry, "payload", None)
    if payload is None:
        yield f"Entry {entry.sequence} has lost its payload."
        return
    if _sha256(payload.salt + payload.text) != entry.payload_hash:
        yield f"Entry {entry.sequence} was changed."
        return
    facts = json.loads(payload.text)
    actor = Actor(**facts["actor"] | {"kind": ActorKind(facts["actor"]["kind"])})
    expected = {
        **actor.columns("actor"),
        "verb": facts["verb"],
        "object_kind": facts["kind"],
        "object_id": facts["id"],
    }
    same = all(getattr(entry, column) == value for column, value in expected.items())
    if not same or entry.at.isoformat() != facts["at"]:
        yield f"Entry {entry.sequence} doesn't match its payload."


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
