"""`manage.py doctor`: what is wrong with this installation, and what mends it."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.doctor.catalogue import CHECKS
from console.doctor.checks import Options
from console.doctor.running import run
from console.doctor.telling import as_json, as_text, exit_code
from core.commands import add_json

USAGE = 3


class Command(BaseCommand):
    help = "Look at everything that pmconsole stands on, and say what is wrong and what mends it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        names = "\n".join(f"  {check.name:<10} {check.about}" for check in CHECKS)
        parser.epilog = (
            f"checks:\n{names}\n\n"
            "examples:\n"
            "  manage.py doctor\n"
            "  manage.py doctor --only smtp --only dns --json\n\n"
            "It changes nothing, sends nothing unless told to, and shows no secret. docs/doctor.md has "
            "an entry for\neach finding.\n\n"
            "exit code: 0 fine, 1 warnings, 2 trouble, 3 wrong usage"
        )
        add_json(parser)
        parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a check")
        parser.add_argument(
            "--min-free", type=int, default=1_000, help="megabytes a disk should have free (1000)"
        )
        parser.add_argument(
            "--folder", action="append", default=[], type=Path, help="look at this disk too"
        )
        parser.add_argument(
            "--name-server",
            default="",
            metavar="ADDRESS[:PORT]",
            help="ask this one, not the system's",
        )
        parser.add_argument(
            "--web",
            action="append",
            default=[],
            metavar="URL",
            help="look for the console at this address, not at PUBLIC_URL",
        )
        parser.add_argument(
            "--send-probe", action="store_true", help="send messages to the reply address and back"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        unknown = set(options["only"]) - {check.name for check in CHECKS}
        if unknown:
            known = ", ".join(check.name for check in CHECKS)
            raise CommandError(
                f"There is no check {min(unknown)}. There are: {known}.", returncode=USAGE
            )
        if "probe" in options["only"] and not options["send_probe"]:
            raise CommandError("The probe is sent with --send-probe only.", returncode=USAGE)
        for address in options["web"]:
            if not address.startswith(("http://", "https://")):
                raise CommandError(
                    f"--web {address}: begin with http:// or https://.", returncode=USAGE
                )
        left_out = set() if options["send_probe"] else {"probe"}
        wanted = options["only"] or [check.name for check in CHECKS]
        chosen = [c for c in CHECKS if c.name in wanted and c.name not in left_out]
        results = run(
            chosen,
            Options(
                min_free=options["min_free"],
                name_server=options["name_server"],
                web=tuple(options["web"]),
                folders=tuple(options["folder"]),
                send_probe=options["send_probe"],
            ),
        )
        self.stdout.write((as_json if options["json"] else as_text)(results))
        sys.exit(exit_code(results))
