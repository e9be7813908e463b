"""`manage.py ingest_mail`: one message on standard input, as an MTA's pipe transport hands it over."""

import contextlib
import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError

from approvals.inbox.reading import process
from approvals.inbox.storing import NULL_SENDER, receive
from approvals.models import IncomingMail
from approvals.reply.explain import as_json, as_text, read_again

MAX_MESSAGE = 25 * 1024 * 1024  # bytes; an MTA's own limit is usually smaller
NULL_SENDERS = {"", "<>", "MAILER-DAEMON"}  # the last is what Postfix's pipe hands over
EX_DATAERR = 65  # sysexits.h: the MTA shall bounce, not retry
EX_TEMPFAIL = 75  # the MTA shall keep the message and retry
log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Read one email message from standard input, store it, and act on it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "example (argv of a pipe transport in Postfix's master.cf):\n"
            "  manage.py ingest_mail --recipient ${recipient} --sender ${sender}\n\n"
            "exit code: 0 stored, 65 empty or larger than 25 MB, 75 anything else (try again)"
        )
        parser.add_argument("--json", action="store_true", help="print one line of JSON")
        parser.add_argument(
            "--recipient", action="append", default=[], help="the envelope recipient"
        )
        parser.add_argument(
            "--sender",
            help='the envelope sender; "", <> and MAILER-DAEMON are those of reports and automatic '
            "answers, which decide nothing",
        )
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
                "Standard input was empty. Pipe the whole message into this command.",
                returncode=EX_DATAERR,
            )
        if len(raw) > MAX_MESSAGE:
            raise CommandError("The message is larger than 25 MB.", returncode=EX_DATAERR)
        try:
            mail = _taken(raw, options)
        except Exception as error:  # whatever it is, it's ours: the MTA keeps the message
            log.exception("mail_not_stored", size=len(raw))
            reason = f"The message isn't stored ({type(error).__name__}); try again later."
            raise CommandError(reason, returncode=EX_TEMPFAIL) from error
        reading = read_again(mail.reading, outcome=mail.outcome, reason=mail.reason)
        told = as_json if options["json"] else as_text
        self._tell(
            told("standard input", reading)
            if reading
            else f"Stored {mail.size} bytes. A worker will read it."
        )

    def _tell(self, text: str) -> None:
        """Say what became of a message that is stored; whether anybody listens makes no difference."""
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except (
            OSError,
            ValueError,
        ) as error:  # ValueError: closed, or a character that it can't write
            log.warning("not_told", error=type(error).__name__)
            # What is left in the buffer would fail again when Python ends, with an exit code of its own.
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _taken(raw: bytes, options: dict[str, Any]) -> IncomingMail:
    """The message, stored and if possible read."""
    sender = options["sender"]
    if sender is not None and sender.strip().upper() in NULL_SENDERS:
        sender = NULL_SENDER
    mail = receive(
        raw=raw,
        recipients=tuple(options["recipient"]),
        mail_from=sender or "",
        source="command",
        peer="standard input",
        verifies_senders=not options["unverified"],
    )
    process(mail.pk)
    mail.refresh_from_db()
    return mail
