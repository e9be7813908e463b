"""`manage.py ingest_mail`: one message on standard input, as an MTA's pipe transport hands it over."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from approvals.inbox.reading import process
from approvals.inbox.storing import receive

MAX_MESSAGE = 25 * 1024 * 1024  # bytes; an MTA's own limit is usually smaller
EX_DATAERR = 65  # sysexits.h: the MTA shall bounce, not retry


class Command(BaseCommand):
    help = "Read one email message from standard input, store it, and act on it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example (argv of a pipe transport in Postfix's master.cf):\n"
            "  manage.py ingest_mail --recipient ${recipient} --sender ${sender}\n\n"
            "exit code: 0 stored, 65 larger than 25 MB, 1 not stored (try again)"
        )
        parser.add_argument(
            "--recipient", action="append", default=[], help="the envelope recipient"
        )
        parser.add_argument("--sender", default="", help="the envelope sender")
        parser.add_argument(
            "--unverified",
            action="store_true",
            help="the server that hands this over doesn't verify senders: ignore its "
            "Authentication-Results",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(MAX_MESSAGE + 1)
        if not raw:
            raise CommandError(
                "Standard input was empty. Pipe the whole message into this command."
            )
        if len(raw) > MAX_MESSAGE:
            raise CommandError("The message is larger than 25 MB.", returncode=EX_DATAERR)
        mail = receive(
            raw=raw,
            recipients=tuple(options["recipient"]),
            mail_from=options["sender"],
            source="command",
            peer="standard input",
            verifies_senders=not options["unverified"],
        )
        process(mail.pk)
        mail.refresh_from_db()
        reading = f"{mail.outcome or mail.state}: {mail.reason}"
        self.stdout.write(f"Stored {mail.size} bytes. Read as {reading}")
