"""`manage.py explain_reply`: what a message would do, step by step, without doing it."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from approvals.inbox.finding import find_invitation
from approvals.inbox.reading import mailbox_rules
from approvals.reply import InternalProof, Invited, Keys, MailboxRules, understand
from approvals.reply.explain import STATES, Imagined, as_json, as_text

USAGE = 2


class Command(BaseCommand):
    help = "Show, step by step, what a reply would do, without doing it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py explain_reply reply.eml\n"
            "  manage.py explain_reply --json --invitation-address dana@example.com \\\n"
            "      --message-id '<1042@pm.example.com>' --authserv-id mx.example.com *.eml\n\n"
            "With --invitation-address, no database is used: the options describe the invitation.\n\n"
            "exit code: 0 all files were read, 1 a file couldn't be read, 2 wrong usage"
        )
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="a message file, or - for standard input"
        )
        parser.add_argument("--json", action="store_true", help="print one line of JSON per file")
        parser.add_argument("--invitation-address", metavar="ADDR", help="the invited address")
        parser.add_argument(
            "--reply-address",
            default="",
            metavar="ADDR",
            help="its reply address, reply+TOKEN@domain",
        )
        parser.add_argument(
            "--message-id",
            action="append",
            default=[],
            metavar="ID",
            help="the Message-ID of an email we sent",
        )
        parser.add_argument(
            "--status", choices=STATES, default="pending", help="the request's state (pending)"
        )
        parser.add_argument(
            "--authserv-id",
            action="append",
            default=[],
            metavar="ID",
            help="the name of our mail server in Authentication-Results",
        )
        parser.add_argument(
            "--results-without-id",
            action="store_true",
            help="the topmost Authentication-Results may name no server (Exchange Online)",
        )
        parser.add_argument(
            "--one-field-per-filter",
            action="store_true",
            help="our server writes one Authentication-Results field for each of its filters",
        )
        parser.add_argument(
            "--internal-proof",
            metavar="'HEADER: VALUE'",
            help="what our server writes on mail of its own signed-in users",
        )
        parser.add_argument(
            "--internal-domain",
            action="append",
            default=[],
            metavar="DOMAIN",
            help="a domain of From for which --internal-proof counts",
        )
        parser.add_argument(
            "--longest-minutes",
            type=int,
            default=1440,
            metavar="N",
            help="the longest timed grant (1440)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rules, find = _ground(options)
        failed = False
        for name in options["files"]:
            try:
                raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            except OSError as error:
                self.stderr.write(f"Can't read {name}: {error.strerror}.")
                failed = True
                continue
            reading = understand(raw, rules=rules, find=find)
            told = as_json if options["json"] else as_text
            self.stdout.write(told(name, reading))
        if failed:
            sys.exit(1)


def _ground(options: dict[str, Any]) -> tuple[MailboxRules, Callable[[Keys], Invited | None]]:
    """Rules and look-up: those of the options, or those of this installation."""
    if not options["invitation_address"]:
        if options["reply_address"] or options["message_id"]:
            raise CommandError(
                "--reply-address and --message-id need --invitation-address.", returncode=USAGE
            )
        return mailbox_rules(peer_verifies_senders=True), find_invitation
    if not options["reply_address"] and not options["message_id"]:
        raise CommandError(
            "--invitation-address needs --reply-address or --message-id.", returncode=USAGE
        )
    imagined = Imagined(
        address=options["invitation_address"],
        reply_address=options["reply_address"],
        message_ids=tuple(options["message_id"]),
        status=options["status"],
        longest_minutes=options["longest_minutes"],
        authserv_ids=tuple(options["authserv_id"]),
        results_without_id=options["results_without_id"],
        one_field_per_filter=options["one_field_per_filter"],
        internal_proof=_internal_proof(options["internal_proof"], options["internal_domain"]),
    )
    return imagined.rules(), imagined.find()


def _internal_proof(header: str | None, domains: list[str]) -> InternalProof | None:
    name, colon, value = (header or "").partition(":")
    if header and not (name.strip() and colon and value.strip() and domains):
        raise CommandError(
            "--internal-proof takes 'HEADER: VALUE', and needs --internal-domain.", returncode=USAGE
        )
    return InternalProof(name.strip(), value.strip(), tuple(domains)) if header else None
