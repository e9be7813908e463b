"""`manage.py rotate_keys`: everything that is encrypted, with the newest key."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from core.commands import add_json, print_json
from core.encryption import newest_key_number
from core.keys.models import KnownKey
from core.keys.services import rotate_keys
from core.operators import operator


class Command(BaseCommand):
    help = "Re-encrypt all stored data with the newest key. The console can keep running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "1. Add a new key in front, ENCRYPTION_KEYS=2:NEW,1:OLD, and restart everything.\n"
            "2. Run this command.\n"
            "3. Remove the keys that it reports as no longer needed, and restart everything.\n\n"
            "Replies to requests that are still open need the key that was in use when they were sent:\n"
            "run the command again once those requests are closed."
        )
        add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            renewed = rotate_keys(by=operator())
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self._tell_programs(renewed)
            return
        for name, count in renewed.items():
            self.stdout.write(f"{name}: {count} renewed")
        for key in KnownKey.objects.exclude(pk=newest_key_number()):
            words = "no longer needed" if key.retired_at else "still needed by open requests"
            self.stdout.write(f"Key {key.number} is {words}.")

    def _tell_programs(self, renewed: dict[str, int]) -> None:
        others = KnownKey.objects.exclude(pk=newest_key_number())
        found = [{"number": key.number, "needed": key.retired_at is None} for key in others]
        print_json(self, {"renewed": renewed, "keys": found})
