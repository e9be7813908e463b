"""`manage.py remove_second_factor`: for whoever has lost it, where no administrator can help."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.people.second_factor import remove_second_factors
from core.commands import MAX_REASON, reason_of
from core.operators import operator
from core.people.models import User
from core.text import name_key


class Command(BaseCommand):
    help = "Remove a user's authenticator app, passkeys and recovery codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py remove_second_factor sam.ortega --reason 'Lost the phone.'\n\n"
            "An administrator does the same at Admin, Users."
        )
        parser.add_argument("name", help="the user name")
        parser.add_argument(
            "--reason", required=True, type=reason_of(MAX_REASON), help="why, for the audit trail"
        )

    def handle(self, *args: Any, name: str, reason: str, **options: Any) -> None:
        person = person_named(name)
        via = f"at the command line: {reason}"
        removed = remove_second_factors(person, by=operator(), via=via)
        self.stdout.write(f"Removed: {', '.join(removed) or 'nothing, there was none'}.")


def person_named(name: str) -> User:
    """The user whose name is this. Raises CommandError."""
    person = User.objects.filter(name_key=name_key(name)).first()
    if person is None:
        raise CommandError(f"Nobody has the user name {name}.")
    return person
