"""`manage.py check_smtp`: what is wrong with an SMTP server, and how to mend it."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from dataclasses import asdict
from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from approvals.inbox.probes import follow, send_probe
from core.commands import add_json, print_json
from core.text import name_key
from foreign_systems.connection_report import ConnectionReport
from foreign_systems.connection_test import check_connection
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import bounce_address_for_test, server_of
from foreign_systems.smtp_url import SmtpUrlError

FAULT, USAGE = 1, 2  # exit codes
MARKS = {"good": "ok", "bad": "NO", "off": "--"}


class Command(BaseCommand):
    help = "Try an SMTP server as a worker would: connect, encrypt, sign in, ask for the sender."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py check_smtp                       # the default server\n"
            '  manage.py check_smtp "Exchange Online" --transcript\n'
            "  manage.py check_smtp --send-probe --within 300\n\n"
            "Test Connection on the server's page says the same. Nothing is sent without --send-probe,\n"
            "and no secret is shown. --send-probe queues messages to the reply address, with and\n"
            "without a plus part, and to a bounce address, which a worker sends. It waits until they\n"
            "are back and read.\n\n"
            "exit code: 0 all is well, 1 something is wrong, 2 no such server"
        )
        parser.add_argument("server", nargs="?", default="", help="its name; else the default one")
        add_json(parser)
        parser.add_argument(
            "--transcript", action="store_true", help="show the conversation with the server"
        )

        parser.add_argument(
            "--send-probe", action="store_true", help="send messages to the reply address and back"
        )
        parser.add_argument(
            "--within", type=float, default=120, help="seconds that the probe is awaited (120)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        system = server_named(options["server"])
        report, verdict = test_of(system), None
        if not options["json"]:
            self._tell(system, report, transcript=options["transcript"])
        if options["send_probe"] and report.ok:
            verdict = follow(send_probe(system), seconds=options["within"])
        if options["json"]:
            told = asdict(report)
            probe = asdict(verdict) if verdict else None
            print_json(self, {"server": system.name, **told, "probe": probe})
        elif verdict:
            self.stdout.write(f"\nProbe: {verdict.headline}\n  {verdict.advice}")
        if not report.ok or (verdict and verdict.key):
            raise SystemExit(FAULT)

    def _tell(self, system: ForeignSystem, report: ConnectionReport, *, transcript: bool) -> None:
        self.stdout.write(f"{system.name} ({system.typed.base_url}): {report.headline}")
        self.stdout.write(f"  {report.advice}\n\n")
        for step in report.steps:
            self.stdout.write(f"  {MARKS[step.tone]}  {step.label:<11} {step.text}")
        if transcript:
            self.stdout.write("")
            for line in report.transcript:
                self.stdout.write(f"  {line.who or ' '} {line.text}")


def server_named(name: str) -> ForeignSystem:
    """The SMTP server of this name, or the default one. Raises CommandError (2)."""
    servers = ForeignSystem.objects.smtp_servers().select_related("credential", "circuit")
    if not name:
        system = servers.filter(is_default=True).first()
        problem = "There is no default SMTP server."
    else:
        system = servers.filter(name_key=name_key(name)).first()
        problem = f"There is no SMTP server {name}."
    if system is None:
        known = ", ".join(servers.values_list("name", flat=True)) or "none"
        raise CommandError(f"{problem} Servers: {known}.", returncode=USAGE)
    return system


def test_of(system: ForeignSystem) -> ConnectionReport:
    """What Test Connection would say of the stored server."""
    try:
        server = server_of(system)
    except SmtpUrlError as error:
        return _untried("The Base URL can't be used", str(error))
    except InvalidToken:
        return _untried(
            "The credential's secret can't be decrypted",
            f"Put back the key that it was encrypted with (ENCRYPTION_KEYS), or enter the secret of "
            f"{system.credential} again.",
        )
    return check_connection(
        server,
        mail_from=system.typed.from_address,
        bounce_address=bounce_address_for_test(system),
    )


def _untried(headline: str, advice: str) -> ConnectionReport:
    return ConnectionReport(
        ok=False, headline=headline, advice=advice, steps=(), transcript=(), milliseconds=0
    )
