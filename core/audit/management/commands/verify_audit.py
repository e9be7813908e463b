"""`manage.py verify_audit`: is the audit trail intact?"""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.audit.chain import Fault, verify_export
from core.audit.heads import doubtful_keys, read_anchors
from core.audit.models import Entry
from core.audit.services import verify

SHOWN = 20  # faults; after the first one, many follow from it


class Command(BaseCommand):
    help = (
        "Check the audit trail from its first entry to its head, and name the first broken entry."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py verify_audit\n"
            "  manage.py verify_audit --anchors /var/lib/pmconsole/audit-heads.jsonl\n"
            "  manage.py verify_audit --file audit.jsonl     # what `audit export` wrote\n\n"
            "Changed, deleted, inserted and reordered entries are found, and a cut-off end. With\n"
            "--anchors, so is a trail that was written anew as a whole.\n\n"
            "exit code: 0 intact, 1 broken or not readable"
        )
        parser.add_argument(
            "--anchors", type=Path, help="signed heads kept elsewhere (AUDIT_ANCHOR_FILE)"
        )
        parser.add_argument("--file", type=Path, help="check an export instead of the database")

        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, file: Path | None, anchors: Path | None, **options: Any) -> None:
        self._as_json: bool = options["json"]
        try:
            if file:
                found, head, count = verify_export(_lines(file))
                self._judge([*doubtful_keys([head]), *found], count)
                if not self._as_json:
                    key = head.public_key
                    self.stdout.write(f"Signed on {head.at} with the public key {key}.")
            else:
                known = read_anchors(anchors) if anchors else []
                self._judge(list(verify(known)), Entry.objects.count())
        except OSError as error:
            raise CommandError(f"Can't read {error.filename}: {error.strerror}.") from None
        except ValueError as error:
            raise CommandError(f"Can't check {file or anchors}: {error}.") from None

    def _judge(self, faults: list[Fault], count: int) -> None:
        if self._as_json:
            shown = [{"entry": fault.sequence, "text": fault.text} for fault in faults]
            found = {"intact": not faults, "entries": count, "faults": shown}
            self.stdout.write(json.dumps(found, indent=2))
        else:
            for fault in faults[:SHOWN]:
                self.stderr.write(str(fault))
            if len(faults) > SHOWN:
                self.stderr.write(f"… and {len(faults) - SHOWN:,} more.")
        if faults:
            first = min(fault.sequence for fault in faults)
            places = "one place" if len(faults) == 1 else f"{len(faults):,} places"
            raise CommandError(f"The audit trail is broken in {places}, first at entry {first}.")
        if not self._as_json:
            self.stdout.write(f"The audit trail is intact: {count:,} entries.")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as file:
        for line in file:
            yield json.loads(line)
