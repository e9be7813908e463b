"""`verify_audit` over a million entries on PostgreSQL (--quick: 100,000).

The entries are written by COPY, with the hashes, salts and payloads that `record` would have made:
decisions and changes of about 600 bytes. One of them is then changed, and has to be named.
"""

import json
import os
import resource
import secrets
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.comparing import Bar, arguments, finish
from benchmarks.site import ground

MAX_SECONDS = 60.0  # for a million entries
MAX_MEMORY = 300.0  # MiB, whatever the number of entries
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = (
    "sequence", "at", "actor", "actor_kind", "actor_id", "verb", "object_kind", "object_id",
    "payload_hash", "hash",
)  # fmt: skip


def entries(count: int, previous: str) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Rows of Entry and Payload, chained."""
    from core.actors import Actor
    from core.audit.chain import sha256

    actor = Actor.of_system("benchmark")
    columns = actor.columns("actor")
    facts = {"request": 0, "answer": "approve", "comment": "For the quarterly report. " * 10}
    for sequence in range(1, count + 1):
        at = BEGIN + timedelta(seconds=sequence)
        told = {
            "sequence": sequence,
            "at": at.isoformat(),
            "actor": actor.to_json(),
            "verb": "decide",
            "kind": "approvalrequest",
            "id": str(sequence),
            "facts": facts | {"request": sequence},
        }
        text, salt = json.dumps(told, sort_keys=True), secrets.token_hex(16)
        payload_hash = sha256(salt + text)
        previous = sha256(previous + payload_hash)
        entry = {
            **columns,
            "sequence": sequence,
            "at": at,
            "verb": "decide",
            "object_kind": "approvalrequest",
            "object_id": str(sequence),
            "payload_hash": payload_hash,
            "hash": previous,
        }
        yield tuple(entry[name] for name in COLUMNS), (sequence, salt, text)


def fill(count: int) -> None:
    from django.db import connection, transaction

    from core.audit.chain import GENESIS
    from core.audit.models import Entry, Head, Payload
    from core.audit.services import HEAD

    Payload.objects.all().delete()
    Entry.objects.all().delete()
    to_entries = f"COPY {Entry._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN"
    to_payloads = f"COPY {Payload._meta.db_table} (entry_id, salt, text) FROM STDIN"
    rows, last = entries(count, GENESIS), GENESIS
    with transaction.atomic(), connection.cursor() as cursor:
        while batch := [row for _, row in zip(range(20_000), rows, strict=False)]:
            with cursor.copy(to_entries) as copy:
                for entry, _ in batch:
                    copy.write_row(entry)
            with cursor.copy(to_payloads) as copy:
                for _, payload in batch:
                    copy.write_row(payload)
            last = batch[-1][0][-1]
    Head.objects.update_or_create(pk=HEAD, defaults={"sequence": count, "hash": last})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def used_by_server() -> float:
    """Seconds of processor time that PostgreSQL's process for this connection has used."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    options = arguments(__doc__)
    count = 100_000 if options.quick else 1_000_000
    ground.prepare()
    fill(count)
    from core.audit.models import Payload
    from core.audit.services import verify

    begin, cpu, servers = time.perf_counter(), time.process_time(), used_by_server()
    if faults := list(verify()):
        raise SystemExit(f"the benchmark's own trail is broken: {faults[0]}")
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    servers = used_by_server() - servers
    middle = Payload.objects.get(entry_id=count // 2)
    Payload.objects.filter(pk=middle.pk).update(text=middle.text.replace("approve", "denying"))
    if [fault.sequence for fault in verify()] != [count // 2]:
        raise SystemExit("the entry that was changed wasn't named")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:,} entries: {seconds:.1f} s, processor time {cpu:.1f} s of the command and "
        f"{servers:.1f} s of PostgreSQL; {memory:.0f} MiB at the most",
        file=sys.stderr,
    )
    finish(
        [
            Bar("a million entries", seconds * 1e6 / count / MAX_SECONDS, at_most=1),
            Bar("memory", memory / MAX_MEMORY, at_most=1),
        ],
        options,
    )


if __name__ == "__main__":
    main()
