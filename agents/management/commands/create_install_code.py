"""Create an install code, with which agents register their computers."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from actions.platforms import Platform
from agents.services import create_install_code
from core.operators import operator
from core.text import name_key
from policies.models import ComputerGroup


class Command(BaseCommand):
    help = (
        "Create an install code and print it. It is shown only once: only its hash is stored.\n\n"
        "Example:\n"
        '  manage.py create_install_code --group "Engineering workstations" --uses 20 --days 7\n\n'
        "Exit codes: 0 created, 2 usage error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument(
            "--group",
            action="append",
            required=True,
            help="computer group that the computers join; can be repeated",
        )
        parser.add_argument(
            "--platform", choices=list(Platform), help="default: the platform of the groups"
        )
        parser.add_argument("--uses", type=int, default=1, help="number of computers (default: 1)")
        parser.add_argument(
            "--days", type=float, default=7, help="days until it expires (default: 7)"
        )

    def handle(self, *args: object, **options: Any) -> None:
        groups = [_group(name) for name in options["group"]]
        platforms = {options["platform"]} if options["platform"] else {g.platform for g in groups}
        if len(platforms) != 1 or {group.platform for group in groups} != platforms:
            raise CommandError(
                "Choose groups of one platform, and no other --platform.", returncode=2
            )
        if options["uses"] < 1 or not 0 < options["days"] <= 366:
            raise CommandError(
                "--uses must be at least 1, and --days more than 0 and at most 366.", returncode=2
            )
        code = create_install_code(
            platform=platforms.pop(),
            groups=groups,
            valid_for=timedelta(days=options["days"]),
            uses=options["uses"],
            by=operator(),
        )
        self.stdout.write(code)


def _group(name: str) -> ComputerGroup:
    found = ComputerGroup.objects.filter(name_key=name_key(name)).first()
    if found:
        return found
    known = ", ".join(ComputerGroup.objects.values_list("name", flat=True)) or "none"
    raise CommandError(
        f"There is no computer group {name}. Existing groups: {known}.", returncode=2
    )
