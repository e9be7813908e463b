"""`manage.py add_defaults`: what every installation begins with. Safe to run again."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from actions.defaults import add_defaults as add_actions
from approvals.defaults import add_defaults as add_processes_and_types
from console.advanced import add_defaults as add_advanced
from core.roles import ROLES
from foreign_systems.environment import provide_mailbox, provide_smtp_server
from foreign_systems.smtp_url import SmtpUrlError
from policies.defaults import add_defaults as add_groups_and_filters
from tasks.defaults import add_defaults as add_purge_tasks


def add_all(*, smtp_url: str, mailbox_url: str = "") -> None:
    """Roles, processes, types, actions, groups, filters, purge tasks, and what the environment names: an
    SMTP server and a mailbox.

    What is there stays as it is. Raises foreign_systems.smtp_url.SmtpUrlError.
    """
    with transaction.atomic():
        for role in ROLES:
            Group.objects.get_or_create(name=role)
        add_advanced()
        add_processes_and_types()
        add_actions()
        add_groups_and_filters()
        add_purge_tasks()
        domain = settings.REPLY_ADDRESS.rpartition("@")[2]
        provide_smtp_server(smtp_url, from_address=f"approvals@{domain}")
        provide_mailbox(mailbox_url, authserv_ids=settings.AUTHSERV_IDS)


class Command(BaseCommand):
    help = (
        "Add the roles, the default items, and the server and mailbox of SMTP_URL and MAILBOX_URL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example: manage.py migrate && manage.py add_defaults\n\n"
            "Run it after each update. Existing items aren't changed."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            add_all(smtp_url=settings.SMTP_URL, mailbox_url=settings.MAILBOX_URL)
        except SmtpUrlError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Default items are in place.")
