"""`manage.py create_user`: a person who may sign in, with a role."""

import getpass
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.urls import reverse

from console.people.passwords import link_to_set_password
from core.alerts.services import raise_alert
from core.operators import operator
from core.people.models import User
from core.people.selectors import people_with_address
from core.people.validators import BAD_USER_NAME
from core.roles import BY_PLATFORM, ROLES
from core.text import name_key
from items import second_person
from items.author import Author
from items.proposals.services import OVERRIDE
from items.services import note_creation


class Command(BaseCommand):
    help = (
        "Create a user who can sign in, with a role. The first administrator is made this way too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py create_user sam.ortega --full-name 'Sam Ortega' \\\n"
            "           --email sam@example.com --role Administrators --link\n\n"
            "Without --link, you type the password. With it, the command prints a link that works\n"
            "once, within a day, for the user to set a password."
        )
        parser.add_argument("name", help="the name to sign in with")
        parser.add_argument("--email", required=True, help="the user's email address")
        parser.add_argument("--full-name", default="", help="as pages and emails show it")
        parser.add_argument(
            "--role", required=True, choices=list(ROLES), help="what the user may do"
        )
        parser.add_argument("--link", action="store_true", help="print a link to set the password")

    def handle(self, *args: Any, **options: Any) -> None:
        first, _, last = options["full_name"].strip().partition(" ")
        user = User(name=options["name"], email=options["email"], first_name=first, last_name=last)
        if User.objects.filter(name_key=name_key(user.name)).exists():
            raise CommandError(f"Another user is named “{user.name}”. Enter another name.")
        try:
            UnicodeUsernameValidator()(user.name)
        except ValidationError:
            raise CommandError(BAD_USER_NAME) from None
        try:
            user.full_clean(exclude=["password"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        for other in people_with_address(user.email):
            raise CommandError(f"{user.email} is an address of {other.name} already.")
        if options["link"]:
            user.set_unusable_password()
        else:
            user.set_password(self._typed_password(user))
        try:
            with transaction.atomic():
                user.save()
                user.groups.add(Group.objects.get_or_create(name=options["role"])[0])
                note_creation(user, by=Author(operator(), "at the command line"))
        except IntegrityError as error:
            raise CommandError("Another user already has this name or email address.") from error
        if options["role"] in BY_PLATFORM.change and second_person.is_required():
            raise_alert(
                key=f"{OVERRIDE}administrator:{user.pk}",
                text=f"{operator().name} gave {user.name} the role {options['role']} at the command "
                "line, without a second person.",
                link=reverse("users:detail", args=[user.pk]),
            )
        self.stdout.write(f"{user.display_name} can sign in as {user.name}: {options['role']}.")
        if options["link"]:
            self.stdout.write(
                f"To set the password, open this link within a day:\n{link_to_set_password(user)}"
            )

    def _typed_password(self, user: User) -> str:
        if not sys.stdin.isatty():
            raise CommandError("There is no terminal to type a password in. Use --link instead.")
        password = getpass.getpass("Password: ")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if getpass.getpass("Password (again): ") != password:
            raise CommandError("The passwords don't match. No user was created.")
        return password
