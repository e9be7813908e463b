"""The audit trail as lines of JSON, with all that it takes to check them without the console."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from core.audit.chain import GENESIS
from core.audit.heads import sign_head
from core.audit.models import Entry


def write_export(path: Path, shown: QuerySet[Entry] | None = None, *, about: str = "") -> int:
    """Write `export` to a new file that only its owner reads; how many entries. Raises OSError."""
    count = 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        for line in export(shown, about=about):
            file.write(f"{json.dumps(line)}\n")
            count += "sequence" in line
    return count


def export(shown: QuerySet[Entry] | None = None, *, about: str = "") -> Iterator[dict[str, Any]]:
    """The start, each entry, and the signed head.

    With `shown`, it begins with the first of these and says no more of the others than their hashes:
    evidence of one matter, which gives away nothing of the rest. `about` is what the file calls it.
    """
    head = sign_head()
    first, keys = 1, None
    if shown is not None:
        keys = set(shown.values_list("pk", flat=True))
        first = min(keys, default=(head.sequence if head else 0) + 1)
    before = Entry.objects.filter(pk=first - 1).values_list("hash", flat=True).first()
    start = {"first": first, "previous": before or GENESIS}
    yield start | ({"about": about} if about else {})
    if head is None:
        return
    rows = Entry.objects.filter(sequence__gte=first, sequence__lte=head.sequence)
    columns = ("sequence", "payload_hash", "hash", "payload__salt", "payload__text")
    found = rows.order_by("sequence").values_list(*columns)
    for sequence, payload_hash, hash_, salt, payload in found.iterator(chunk_size=2000):
        line = {"sequence": sequence, "payload_hash": payload_hash, "hash": hash_}
        if payload is not None and (keys is None or sequence in keys):
            line |= {"salt": salt, "payload": payload}
        yield line
    yield {"head": asdict(head)}
