"""Writing what reports leave behind: answers, policy events and the use of grants.

Reports that arrive at once share a transaction, since most of its cost is the commit. Whichever
thread gets the turn writes for all that wait for theirs, and each goes on when its own is committed:
what an agent is told is stored by then. A report that uses grants has a transaction to itself.
"""

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from django.db import DatabaseError, transaction

from agents.models import StoredAnswer
from agents.services import quota
from agents.services.inserting import insert
from approvals.services import use_grants
from policies.models import PolicyEvent

MAX_BATCH = 100  # reports in one transaction


@dataclass(eq=False)
class Entry:
    """What one report leaves behind."""

    answer: StoredAnswer
    event: PolicyEvent | None
    answerable: bool  # its agent may still answer for the event
    passes_on: bool  # the event's children refer to it
    grants: Sequence[str] = ()
    committed: "Future[None]" = field(default_factory=Future)


_waiting: deque[Entry] = deque()
_turn = threading.Lock()


def write(entry: Entry) -> None:
    """Commit the entry, alone or with others.

    Raises IntegrityError if its key has an answer already, GrantGone if a grant can't be used; nothing
    of the entry is stored then.
    """
    if entry.grants:
        assert entry.event is not None
        with transaction.atomic():
            _store([entry])
            use_grants(grant_ids=entry.grants, event_id=entry.event.pk)
        return
    _waiting.append(entry)
    with _turn:
        while not entry.committed.done():
            _write_batch([_waiting.popleft() for _ in range(min(len(_waiting), MAX_BATCH))])
    entry.committed.result()


def _write_batch(batch: Sequence[Entry]) -> None:
    """In one transaction, or if one of them can't be stored, each in its own."""
    try:
        with transaction.atomic():
            _store(batch)
    except DatabaseError as error:
        if len(batch) == 1:
            batch[0].committed.set_exception(error)
        else:
            for entry in batch:
                _write_batch([entry])
    else:
        for entry in batch:
            entry.committed.set_result(None)
    finally:  # whatever ended this, nobody waits for ever, and nobody takes it for written
        for entry in batch:
            if not entry.committed.done():
                entry.committed.set_exception(RuntimeError("the report wasn't written"))


def _store(batch: Sequence[Entry]) -> None:
    insert([entry.answer for entry in batch])
    insert(quota.admitted(batch))
