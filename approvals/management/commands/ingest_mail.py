"""`manage.py ingest_mail`: one message on standard input, as an MTA's pipe transport hands it over."""

import contextlib
import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from functools import partial
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError

from approvals.inbox.reading import process
from approvals.inbox.storing import NULL_SENDER, receive, refuse, too_large
from approvals.models import IncomingMail
from approvals.reply.explain import as_json, as_text, read_again
from approvals.reply.headers import split_head
from approvals.reply.limits import MAX_HEAD, MAX_MESSAGE

CHUNK = 1024 * 1024  # bytes of what is dropped that are in memory at a time
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
            f"exit code: 0 stored, {EX_DATAERR} empty or larger than {MAX_MESSAGE:,} bytes (then its\n"
            f"header is kept, and administrators are told), {EX_TEMPFAIL} anything else (try again)"
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
        try:
            mail = _taken(raw, options) if len(raw) <= MAX_MESSAGE else _refused(raw, options)
        except Exception as error:  # whatever it is, it's ours: the MTA keeps the message
            log.exception("mail_not_stored", size=len(raw))
            reason = f"The message isn't stored ({type(error).__name__}); try again later."
            raise CommandError(reason, returncode=EX_TEMPFAIL) from error
        if len(raw) > MAX_MESSAGE:
            raise CommandError(f"The message isn't taken. {mail.reason}", returncode=EX_DATAERR)
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


def _refused(beginning: bytes, options: dict[str, Any]) -> IncomingMail:
    """The header of a message that is too large, kept; the rest is read, as MTAs want, and dropped."""
    size = len(beginning) + sum(map(len, iter(partial(sys.stdin.buffer.read, CHUNK), b"")))
    mail = refuse(
        head=split_head(beginning)[0][:MAX_HEAD],
        size=size,
        source="command",
        reason=too_large(size),
        alert="A message for ingest_mail was too large to be read, so it decided nothing.",
        recipients=tuple(options["recipient"]),
    )
    mail.refresh_from_db()
    return mail


def _taken(raw: bytes, options: dict[str, Any]) -> IncomingMail:
    """The message, stored and if possible read."""
    sender = options["sender"]
    if sender is not None and sender.strip().upper() in NULL_SENDERS:
        sender = NULL_SENDER
    sender = (sender or "").encode("utf-8", "replace").decode()  # bytes that are no text, for one
    mail = receive(
        raw=raw,
        recipients=tuple(options["recipient"]),
        mail_from=sender,
        source="command",
        peer="standard input",
        verifies_senders=not options["unverified"],
    )
    process(mail.pk)
    mail.refresh_from_db()
    return mail
