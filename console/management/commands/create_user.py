"""`manage.py create_user`: a person who may sign in, with a role."""

import getpass
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from console.passwords import link_to_set_password
from core.actors import Actor
from core.audit.services import record
from core.people.models import User
from core.roles import ROLES


class Command(BaseCommand):
    help = "Create a person who may sign in, with a role; this also makes the first administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py create_user sam.ortega --full-name 'Sam Ortega' \\\n"
            "           --email sam@example.com --role Administrators --link\n\n"
            "Without --link you type the password; with it, the command prints a link that works\n"
            "once, within a day, with which the person sets a password."
        )
        parser.add_argument("name", help="the name to sign in with")
        parser.add_argument("--email", required=True, help="the person's address")
        parser.add_argument("--full-name", default="", help="as pages and e-mails show it")
        parser.add_argument(
            "--role", required=True, choices=list(ROLES), help="what the person may do"
        )
        parser.add_argument("--link", action="store_true", help="print a link to set the password")

    def handle(self, *args: Any, **options: Any) -> None:
        first, _, last = options["full_name"].strip().partition(" ")
        user = User(
            username=options["name"], email=options["email"], first_name=first, last_name=last
        )
        try:
            user.full_clean(exclude=["password"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if options["link"]:
            user.set_unusable_password()
        else:
            user.set_password(self._typed_password(user))
        try:
            with transaction.atomic():
                user.save()
                user.groups.add(Group.objects.get_or_create(name=options["role"])[0])
                facts = {"user_name": user.username, "role": options["role"]}
                actor = Actor.of_operator(getpass.getuser())
                record(actor=actor, verb="create", kind="user", object_id=user.pk, facts=facts)
        except IntegrityError as error:
            raise CommandError("Somebody else has this name or email address already.") from error
        self.stdout.write(f"{user.display_name} may sign in as {user.username}: {options['role']}.")
        if options["link"]:
            self.stdout.write(f"Set the password within a day at\n{link_to_set_password(user)}")

    def _typed_password(self, user: User) -> str:
        if not sys.stdin.isatty():
            raise CommandError("There is no terminal to type a password at. Use --link instead.")
        password = getpass.getpass("Password: ")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if getpass.getpass("The same password again: ") != password:
            raise CommandError("The two passwords differ. Nobody was created.")
        return password
