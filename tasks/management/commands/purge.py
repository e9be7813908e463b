"""`manage.py purge`: delete what is old, or only count it."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.commands import add_json, print_json
from core.operators import operator
from tasks.purging import PURGEABLE, Purgeable, count, counts, end_purge, purge_batch

_KINDS = {key.replace("_", "-"): what for key, what in PURGEABLE.items()}


class Command(BaseCommand):
    help = "Delete old records of one kind for good, or count them with --dry-run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        kinds = "\n".join(f"  {key:18}{what.about}" for key, what in _KINDS.items())
        parser.epilog = (
            "examples:\n"
            "  manage.py purge policy-events --older-than 30 --dry-run\n"
            "  manage.py purge requests --older-than 1095\n\n"
            f"kinds:\n{kinds}\n\n"
            "Pending requests and approvals that can still be used always stay. What was deleted is\n"
            "recorded in the audit trail. Stopped halfway, run it again.\n\n"
            "exit code: 0 done, 1 error, 2 wrong usage"
        )
        parser.add_argument("kind", choices=_KINDS, metavar="KIND", help=", ".join(_KINDS))
        parser.add_argument(
            "--older-than", type=int, required=True, metavar="DAYS", help="how old at least"
        )
        parser.add_argument("--dry-run", action="store_true", help="count and delete nothing")
        add_json(parser)

    def handle(self, *args: Any, kind: str, older_than: int, dry_run: bool, **options: Any) -> None:
        what = _KINDS[kind]
        if older_than < what.least_days():
            raise CommandError(
                f"{what.plural.capitalize()} are kept for at least {what.least_days()} days.",
                returncode=2,
            )
        try:
            before = what.before(older_than, timezone.now())
        except OverflowError:
            raise CommandError("Nothing is that old.", returncode=2) from None
        if options["json"]:
            records, along = counts(what, before) if dry_run else (self._purge(what, before), {})
            told = {"kind": kind, "before": before, "dry_run": dry_run, "records": records}
            print_json(self, told | ({"with_them": along} if dry_run else {}))
            return
        since = f"from before {before:%Y-%m-%d %H:%M} UTC"
        if dry_run:
            self.stdout.write(f"Would delete {count(what, before)} {since}.")
        else:
            self.stdout.write(f"Deleted {what.counted(self._purge(what, before))} {since}.")

    def _purge(self, what: Purgeable, before: Any) -> int:
        """Batch by batch; how many."""
        done, by = 0, operator()
        try:
            while deleted := purge_batch(what, before, by=by, done=done):
                done += deleted
                if sys.stderr.isatty():
                    self.stderr.write(f"\r{done:,}", ending="")
        finally:
            end_purge(what, before, by=by, done=done)
        return done
