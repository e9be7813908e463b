"""`manage.py export_items`: items as YAML, such as for Git."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from items.transfer.exporting import export, exported


class Command(BaseCommand):
    help = "Write items as YAML. Secrets are left out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        names = ", ".join(family.namespace for family in exported())
        parser.epilog = (
            "examples:\n"
            "  manage.py export_items > items.yaml\n"
            "  manage.py export_items policies filters --output policies.yaml\n"
            "  manage.py export_items --at 2026-11-01T09:00\n\n"
            f"families: {names}\n"
            "The same items always give the same bytes. docs/items-as-yaml.md describes the file."
        )
        parser.add_argument(
            "families", nargs="*", metavar="FAMILY", help="only items of these families"
        )
        parser.add_argument(
            "--at", metavar="TIME", help="as the items were then, such as 2026-11-01T09:00+01:00"
        )
        parser.add_argument("--output", metavar="FILE", help="write to this file")

    def handle(self, *args: Any, at: str | None, output: str | None, **options: Any) -> None:
        known = {family.namespace: family for family in exported()}
        for name in options["families"]:
            if name not in known:
                raise CommandError(f"There are no items called {name}. See --help.")
        only = [known[name] for name in options["families"]]
        text = export(only, at=_time(at) if at else None)
        if output is None:
            self.stdout.write(text, ending="")
            return
        try:
            Path(output).write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise CommandError(f"{output} can't be written: {error.strerror}.") from error


def _time(text: str) -> datetime:
    """In the console's time zone unless it names its own."""
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise CommandError(f"{text} isn't a time. Write, for example, 2026-11-01T09:00.")
    return timezone.make_aware(at) if timezone.is_naive(at) else at
