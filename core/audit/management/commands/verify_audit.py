"""`manage.py verify_audit`: is the audit trail intact?"""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.audit.chain import Fault, Verified, verify_export
from core.audit.heads import read_anchors, strangers_key
from core.audit.models import Entry
from core.audit.services import verify
from core.commands import add_json, print_json
from core.text import visible

SHOWN = 20  # faults; after the first one, many follow from it
PART = 3  # exit code


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
            "An export is signed with a key that ENCRYPTION_KEYS gives. Elsewhere, or once that key is\n"
            "retired, give its public key, from the log or the anchor file: not from the export.\n\n"
            "Evidence of a request (`approvals evidence`) begins where the request does, and says so.\n\n"
            "exit code: 0 intact, 1 broken or not readable, 3 intact entries, but the beginning of the\n"
            "           trail is missing from a file that doesn't say that it is evidence of one matter"
        )
        source = parser.add_mutually_exclusive_group()
        source.add_argument(
            "--anchors", type=Path, help="signed heads kept elsewhere (AUDIT_ANCHOR_FILE)"
        )
        source.add_argument("--file", type=Path, help="check an export instead of the database")
        parser.add_argument(
            "--public-key", default="", metavar="HEX", help="the key that has to have signed --file"
        )
        add_json(parser)

    def handle(self, *args: Any, file: Path | None, anchors: Path | None, **options: Any) -> None:
        self._as_json: bool = options["json"]
        try:
            if file:
                self._check_file(file, options["public_key"])
            else:
                known = read_anchors(anchors) if anchors else []
                self._judge(list(verify(known)), Entry.objects.count())
        except OSError as error:
            raise CommandError(f"Can't read {error.filename}: {error.strerror}.") from None
        except ValueError as error:
            raise CommandError(f"Can't check {file or anchors}: {error}.") from None

    def _check_file(self, file: Path, public_key: str) -> None:
        with file.open() as lines:
            export = verify_export(map(json.loads, lines))
        faults = [*strangers_key(export.head, known=public_key), *export.faults]
        self._judge(faults, export.count, export)
        if not self._as_json:
            head, whose = export.head, "that you gave" if public_key else "of this console"
            if export.unread:
                self.stdout.write(
                    f"Of {export.unread:,} entries, no more than the hashes are in the file: what they "
                    "said was erased, or isn't shown."
                )
            self.stdout.write(
                f"Signed on {head.at} with the public key {whose}, {head.public_key}."
            )
        if not export.is_whole and not export.about:
            raise SystemExit(PART)

    def _judge(self, faults: list[Fault], count: int, export: Verified | None = None) -> None:
        if self._as_json:
            print_json(self, _as_json(faults, count, export))
        else:
            for fault in faults[:SHOWN]:
                self.stderr.write(str(fault))
            if len(faults) > SHOWN:
                self.stderr.write(f"… and {len(faults) - SHOWN:,} more.")
        if faults:
            first = min(fault.sequence for fault in faults)
            places = "one place" if len(faults) == 1 else f"{len(faults):,} places"
            raise CommandError(f"The audit trail is broken in {places}, first at entry {first}.")
        if self._as_json:
            return
        if export is None or export.is_whole:
            self.stdout.write(f"The audit trail is intact: {count:,} entries.")
        else:
            matter = f"Evidence of {visible(export.about)}: entries" if export.about else "Entries"
            self.stdout.write(
                f"{matter} {export.first} to {export.last} are intact; those before aren't in this file."
            )


def _as_json(faults: list[Fault], count: int, export: Verified | None) -> dict[str, Any]:
    shown = [{"entry": fault.sequence, "text": fault.text} for fault in faults]
    found = {"intact": not faults, "entries": count, "faults": shown}
    if export is not None:
        found["intact"] = not faults and (export.is_whole or bool(export.about))
        found |= {"whole": export.is_whole, "about": export.about}
        found |= {"first": export.first, "last": export.last, "without_payload": export.unread}
        found |= {"signed_at": export.head.at, "public_key": export.head.public_key}
    return found
