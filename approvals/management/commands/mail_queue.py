"""`manage.py mail_queue`: the Mail Queue at a shell. It needs the database alone."""

import uuid
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from approvals.errors import MailNotChanged
from approvals.management import mail_story
from approvals.models import IncomingMail, OutgoingMail
from approvals.pages.mail_queue.incoming import INCOMING_LIST
from approvals.pages.mail_queue.outgoing import OUTGOING_LIST
from approvals.services.mail_queue import cancel_mail, retry_mail
from core.commands import add_json, amount, print_json
from core.ids import uuid_of
from core.operators import operator
from core.text import visible
from items.listings import Listing

ERROR, NO_SUCH_MAIL, NOT_CHANGED = 1, 3, 4  # 2, wrong usage, is argparse's own
SHOWN = 50


class Command(BaseCommand):
    help = "List, show, retry or cancel the emails of the Mail Queue."
    requires_system_checks: list[str] = []  # for when the console can't be reached

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py mail_queue list --state deferred\n"
            "  manage.py mail_queue list --incoming --state unclear --json\n"
            "  manage.py mail_queue show 019a0c2e-…\n"
            "  manage.py mail_queue retry 019a0c2e-… 019a0c2f-…\n\n"
            "What you retry or cancel is recorded in the audit trail with your system user.\n\n"
            "exit code: 0 done, 1 error, 2 wrong usage, 3 no such email,\n"
            "           4 one of the emails can't be retried or cancelled"
        )
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
        listing = verbs.add_parser("list", help="list the newest emails")
        listing.add_argument(
            "--incoming", action="store_true", help="list what came in, with how it was read"
        )
        listing.add_argument(
            "--state",
            metavar="STATE",
            help="only these: waiting, queued, deferred, unknown, sent, failed, cancelled, "
            "came-back; incoming: approve, deny, unclear, ignored, rejected, …",
        )
        listing.add_argument(
            "--limit", type=amount, default=SHOWN, metavar="N", help=f"at most N ({SHOWN})"
        )
        shown = verbs.add_parser("show", help="show everything about an email, either way")
        shown.add_argument("ids", nargs=1, type=_id, metavar="ID", help="the email")
        retry = verbs.add_parser("retry", help="have emails tried now")
        cancel = verbs.add_parser("cancel", help="withdraw emails that haven't left")
        for changing in (retry, cancel):
            changing.add_argument("ids", nargs="+", type=_id, metavar="ID", help="the emails")
        add_json(listing, shown, retry, cancel)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            if verb == "list":
                self._list(**options)
            elif verb == "show":
                self._show(options["ids"][0], as_json=options["json"])
            else:
                self._change(verb, options["ids"], as_json=options["json"])
        except DatabaseError as error:
            sentence = f"The database can't be used: {error}".strip()
            raise CommandError(sentence, returncode=ERROR) from error

    def _list(self, *, incoming: bool, state: str | None, limit: int, **options: Any) -> None:
        if incoming:
            received = IncomingMail.objects.order_by("-received_at", "-pk")
            came = list(self._narrowed(INCOMING_LIST, received, state)[:limit])
            values, lines = map(mail_story.incoming_json, came), mail_story.incoming_table(came)
        else:
            queued = (
                OutgoingMail.objects.with_next_probe()
                .with_newest_answer()
                .order_by("-created_at", "-pk")
            )
            goes = list(self._narrowed(OUTGOING_LIST, queued, state)[:limit])
            values, lines = map(mail_story.outgoing_json, goes), mail_story.outgoing_table(goes)
        if options["json"]:
            print_json(self, list(values))
        else:
            self._print(lines)

    def _narrowed(self, listing: Listing, rows: Any, state: str | None) -> Any:
        """The rows of a state, as the list's first menu on the page narrows them."""
        if state is None:
            return rows
        choice = listing.choices[0]
        known = [value for value, _ in choice.options()]
        if state not in known:
            raise CommandError(f"--state is one of {', '.join(known)}.", returncode=2)
        return choice.narrow(rows, state)

    def _show(self, mail_id: uuid.UUID, *, as_json: bool) -> None:
        outgoing = (
            OutgoingMail.objects.with_next_probe().with_newest_answer().select_related("draft")
        )
        sent = outgoing.prefetch_related("attempts").filter(pk=mail_id).first()
        received = None if sent else IncomingMail.objects.filter(pk=mail_id).first()
        if sent is not None and as_json:
            print_json(self, mail_story.outgoing_story_json(sent))
        elif sent is not None:
            self._print(mail_story.outgoing_story(sent))
        elif received is not None and as_json:
            print_json(self, mail_story.incoming_story_json(received))
        elif received is not None:
            self._print(mail_story.incoming_story(received))
        else:
            raise CommandError(f"There is no email {mail_id}.", returncode=NO_SUCH_MAIL)

    def _change(self, verb: str, ids: list[uuid.UUID], *, as_json: bool) -> None:
        """Each by itself: one that can't be changed leaves the others changed."""
        act, by = {"retry": retry_mail, "cancel": cancel_mail}[verb], operator()
        changed, refused, code = [], [], 0
        for mail_id in dict.fromkeys(ids):
            try:
                changed.append(act(mail_id=mail_id, by=by))
            except OutgoingMail.DoesNotExist:
                refused.append(f"{mail_id}: There is no such outgoing email.")
                code = code or NO_SUCH_MAIL
            except MailNotChanged as error:
                refused.append(f"{mail_id}: {visible(error.message)}")
                code = NOT_CHANGED
        if as_json:
            print_json(self, [mail_story.outgoing_json(mail) for mail in changed])
        elif changed:
            self._print(mail_story.outgoing_table(changed))
        if refused:
            raise CommandError("\n".join(refused), returncode=code)

    def _print(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)


def _id(text: str) -> uuid.UUID:
    if (mail_id := uuid_of(text)) is None:
        raise ArgumentTypeError("name the email by its ID, as `mail_queue list` shows it")
    return mail_id
