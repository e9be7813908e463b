"""`manage.py unlock_user`: for whoever typed too many wrong passwords and can't wait."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from console.management.commands.remove_second_factor import person_named
from core.audit.services import record
from core.commands import MAX_REASON, reason_of
from core.operators import operator
from core.people.attempts import lock_words, unlock


class Command(BaseCommand):
    help = "Let a user sign in again at once after too many wrong passwords or codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py unlock_user sam.ortega --reason 'Called; Caps Lock was on.'\n\n"
            "Ask first whether it was the user who tried. A disabled user stays disabled. While Redis\n"
            "is away each process counts by itself, and only time helps.\n\n"
            "exit code: 0 done, 1 no such user"
        )
        parser.add_argument("name", help="the user name")
        parser.add_argument(
            "--reason", required=True, type=reason_of(MAX_REASON), help="why, for the audit trail"
        )

    def handle(self, *args: Any, name: str, reason: str, **options: Any) -> None:
        person = person_named(name)
        unlock(person.pk)
        with transaction.atomic():
            facts = {"user_name": person.name, "reason": reason}
            record(actor=operator(), verb="unlock", kind="user", object_id=person.pk, facts=facts)
        self.stdout.write(
            f"{person.display_name} can try again now. Without this, wrong passwords stop counting after "
            f"{lock_words()}."
        )
        if not person.is_active:
            self.stderr.write(
                f"{person.name} is disabled and can't sign in. Enable the user first."
            )
