"""Writing to the audit trail and checking it."""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.actors import Actor, ActorKind
from core.audit.chain import GENESIS, Fault, Link, SignedHead, faults, sha256
from core.audit.heads import doubtful_keys, signed_heads
from core.audit.models import Entry, Head, Payload

HEAD = 1
ERASE = ("erase", "user")  # verb and kind of the entries that name payloads that were erased
_COLUMNS = ("actor", "actor_kind", "actor_id", "verb", "object_kind", "object_id", "at")
_LINK = ("sequence", "payload_hash", "hash", "payload__salt", "payload__text")


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
    payload_hash = sha256(salt + text)
    entry = Entry.objects.create(
        sequence=head.sequence,
        at=at,
        **actor.columns("actor"),
        verb=verb,
        object_kind=kind,
        object_id=str(object_id),
        payload_hash=payload_hash,
        hash=sha256(head.hash + payload_hash),
    )
    Payload.objects.create(entry=entry, salt=salt, text=text)
    Head.objects.filter(pk=HEAD).update(hash=entry.hash)


def verify(anchored: Iterable[SignedHead] = (), *, newest: int | None = None) -> Iterator[Fault]:
    """One fault for each place where the chain is broken, in order; none if it is intact.

    `anchored` are signed heads that were kept elsewhere: they show it even if everything in the
    database was written anew, its own signed heads included. With `newest`, only so many entries at
    the chain's end are looked at.
    """
    heads = {*signed_heads(), *anchored}
    yield from doubtful_keys(heads)
    before = Entry.objects.order_by("-sequence")[newest : newest + 1] if newest else ()
    after = next(iter(before), None) or Entry(sequence=0, hash=GENESIS)
    checked = _Checked(after=after, erased=_erased())
    heads = {head for head in heads if head.sequence > after.sequence}
    found = faults(checked.links(), heads, first=after.sequence + 1, previous=after.hash)
    yield from checked.merged(found)
    head = Head.objects.filter(pk=HEAD).first() or Head(sequence=0, hash=GENESIS)
    if (head.sequence, head.hash) != (checked.last, checked.last_hash):
        yield Fault(
            checked.last + 1,
            f"The head names entry {head.sequence}, but the last entry is {checked.last}.",
        )


class _Checked:
    """Reads the entries for `faults`, and compares their columns and payloads on the way."""

    def __init__(self, *, after: Entry, erased: set[int]) -> None:
        self._after = after.sequence
        self.last, self.last_hash = after.sequence, after.hash
        self._erased = erased
        self._found: list[Fault] = []

    def links(self) -> Iterator[Link]:
        entries = Entry.objects.filter(sequence__gt=self._after).order_by("sequence")
        rows = entries.values_list(*_LINK, *_COLUMNS)
        for row in rows.iterator(chunk_size=2000):
            link = Link(*row[: len(_LINK)])
            yield link  # its hashes are looked at first
            self._compare(link, row[len(_LINK) :])
            self.last, self.last_hash = link.sequence, link.hash

    def merged(self, of_chain: Iterator[Fault]) -> Iterator[Fault]:
        for fault in of_chain:
            yield from self._take(fault.sequence)
            yield fault
        yield from self._take(None)

    def _take(self, before: int | None) -> Iterator[Fault]:
        while self._found and (before is None or self._found[0].sequence < before):
            yield self._found.pop(0)

    def _compare(self, link: Link, columns: tuple[Any, ...]) -> None:
        if link.payload is None:
            if link.sequence not in self._erased:
                text = f"Entry {link.sequence} has lost its payload."
                self._found.append(Fault(link.sequence, text))
        elif link.is_as_written() and not _agree(json.loads(link.payload), columns):
            text = f"Entry {link.sequence} doesn't match its payload."
            self._found.append(Fault(link.sequence, text))


def _agree(payload: dict[str, Any], columns: tuple[Any, ...]) -> bool:
    actor = Actor(**payload["actor"] | {"kind": ActorKind(payload["actor"]["kind"])})
    of_actor = tuple(actor.columns("").values())
    at: datetime = columns[-1]
    says = (*of_actor, payload["verb"], payload["kind"], payload["id"], payload["at"])
    return says == (*columns[:-1], at.isoformat())


def _erased() -> set[int]:
    """The entries whose payloads were erased, as the entries say that record it."""
    verb, kind = ERASE
    records = Payload.objects.filter(entry__verb=verb, entry__object_kind=kind)
    return {
        sequence
        for text in records.values_list("text", flat=True)
        for sequence in json.loads(text)["facts"].get("entries", [])
    }
