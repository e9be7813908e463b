"""`manage.py audit`: the trail for whoever checks it elsewhere."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.audit.export import write_export
from core.audit.heads import anchor
from core.commands import add_json, print_json


class Command(BaseCommand):
    help = "Export the audit trail, or sign its head and put it where the database has no hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py audit export audit.jsonl\n"
            "  manage.py verify_audit --file audit.jsonl\n"
            "  manage.py audit anchor\n\n"
            "An export is one line of JSON for each entry, with its hashes, and at the end the signed\n"
            "head: docs/operating.md says how anybody can check it. `anchor` writes the head to the\n"
            "log and to AUDIT_ANCHOR_FILE; beat does so once a day.\n\n"
            "exit code: 0 done, 1 error"
        )
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
        exporting = verbs.add_parser("export", help="write all entries as lines of JSON")
        exporting.add_argument("file", type=Path, help="the file to write; it must not exist")
        signing = verbs.add_parser(
            "anchor", help="sign the head now, and write it to the log and the file"
        )
        add_json(exporting, signing)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            if verb == "anchor":
                self._anchor(as_json=options["json"])
            else:
                self._export(options["file"], as_json=options["json"])
        except OSError as error:
            raise CommandError(f"Can't write {error.filename}: {error.strerror}.") from None

    def _anchor(self, *, as_json: bool) -> None:
        head = anchor()
        if head is None:
            raise CommandError("The audit trail has no entry yet.")
        if as_json:
            print_json(self, asdict(head))
            return
        self.stdout.write(f"Signed the head, entry {head.sequence}, with {head.public_key}.")

    def _export(self, path: Path, *, as_json: bool) -> None:
        count = write_export(path)
        if as_json:
            print_json(self, {"file": str(path), "entries": count})
            return
        self.stdout.write(f"Exported {count:,} entries to {path}.")
