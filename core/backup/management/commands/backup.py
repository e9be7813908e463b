"""`manage.py backup`: everything that the database holds, in one file."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from core.backup.services import Progress, backup
from core.commands import add_json, print_json
from core.operators import operator


class Command(BaseCommand):
    help = "Write a backup of the database to a new file. The console can keep running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py backup /var/backups/pmconsole/2026-05-14.backup\n\n"
            "The file restores on SQLite and on PostgreSQL, with this version or a later one and the\n"
            "same ENCRYPTION_KEYS: keep these somewhere else. Passwords, received mail and computers'\n"
            "keys stay encrypted in it; names, requests and events don't. Sessions aren't in it.\n\n"
            "exit code: 0 done, 1 error (there is no file then)"
        )
        parser.add_argument("file", type=Path, help="the file to write; it must not exist")
        add_json(parser)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            done = backup(file, by=operator(), progress=progress_of(self))
        except FileExistsError:
            raise CommandError(f"{file} exists already. Name a new file.") from None
        except OSError as error:
            raise CommandError(f"Can't write {file}: {error.strerror}.") from None
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            told = {"file": str(file), "rows": done.rows, "audit_entry": done.head["sequence"]}
            print_json(self, told)
            return
        self.stdout.write(
            f"Backed up {done.rows:,} rows to {file}, up to entry {done.head['sequence']} of the audit "
            "trail."
        )


def progress_of(command: BaseCommand) -> Progress:
    """Counts at the terminal, if somebody sits at one."""
    shows, next_shown = sys.stderr.isatty(), 1000

    def progress(rows: int) -> None:
        nonlocal next_shown
        if shows and rows >= next_shown:
            command.stderr.write(f"\r{rows:,} rows", ending="")
            next_shown = rows + 1000

    return progress
