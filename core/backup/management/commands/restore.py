"""`manage.py restore`: the database as a backup holds it."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from core.audit.chain import Fault
from core.audit.services import verify
from core.backup.file import BadBackup
from core.backup.management.commands.backup import progress_of
from core.backup.services import Done, restore
from core.commands import add_json, print_json
from core.operators import operator


class Command(BaseCommand):
    help = "Restore a backup into an empty, migrated database. Stop the console and workers first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py migrate && manage.py restore /var/backups/pmconsole/2026-05-14.backup\n\n"
            "A file that was cut or altered, a missing or different key, a newer version's file and a\n"
            "database that isn't empty are refused before anything is changed. An earlier version's\n"
            "file is taken if only tables, columns and indexes were added since. It also moves a\n"
            "trial from SQLite to PostgreSQL, and back.\n\n"
            "What happened since the backup isn't known: unused One Time approvals are revoked, since\n"
            "they may have been used, and unsent mail is cancelled, since it may have been sent. To\n"
            "move an installation whose programs were stopped before the backup, add --resend-mail.\n\n"
            "exit code: 0 done, 1 error (the database is as it was)"
        )
        parser.add_argument("file", type=Path, help="what `manage.py backup` wrote")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="delete everything that the database holds, and restore the backup in its place",
        )

        parser.add_argument(
            "--resend-mail",
            action="store_true",
            help="send the mail that was unsent in the backup, even if it was sent since",
        )
        add_json(parser)

    def handle(
        self, *args: Any, file: Path, replace: bool, resend_mail: bool, **options: Any
    ) -> None:
        try:
            done = restore(
                file,
                by=operator(),
                replace=replace,
                resend_mail=resend_mail,
                progress=progress_of(self),
            )
        except BadBackup as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        except OSError as error:
            raise CommandError(f"Can't read {file}: {error.strerror}.") from None
        except DatabaseError as error:
            raise CommandError(f"Nothing was changed. The database says: {error}") from error
        faults = list(verify())
        if options["json"]:
            print_json(self, _as_json(done, faults))
            return
        self.stdout.write(f"Restored {done.rows:,} rows, as they were at {done.made_at}.")
        for what, which in done.ended.items():
            self.stdout.write(f"{what.replace('_', ' ').capitalize()}: {which}.")
        for fault in faults[:3]:
            self.stderr.write(str(fault))
        state = "isn't intact, as it wasn't in the backup" if faults else "is intact"
        self.stdout.write(
            f"The audit trail {state}, and goes on after entry {done.head['sequence']}."
        )


def _as_json(done: Done, faults: list[Fault]) -> dict[str, Any]:
    return {
        "rows": done.rows,
        "made_at": done.made_at,
        "ended": done.ended,
        "audit_entry": done.head["sequence"],
        "audit_faults": [{"entry": fault.sequence, "text": fault.text} for fault in faults],
    }
