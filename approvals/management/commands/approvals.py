"""`manage.py approvals`: the operator's way to decide when the console can't be reached.

It needs the database alone. What it does is recorded as an operator override, with the system's user.
"""

import socket
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from approvals.errors import ApprovalError, GrantGone, RequestClosed
from approvals.management import story
from approvals.models import ApprovalRequest, Decision, Grant
from approvals.models.requests import request_number
from approvals.pages.outcome_words import grant_of, outcome_words
from approvals.pages.timeline import request_with_history
from approvals.selectors import entries_about
from approvals.services import Decider, decide, revoke_grant
from approvals.services.grants import MAX_REVOKE_REASON
from core.audit.export import write_export
from core.commands import add_json, add_reason, amount, print_json
from core.operators import operator
from core.text import visible

ERROR, NO_SUCH_REQUEST, CLOSED = 1, 3, 4  # 2, wrong usage, is argparse's own
MAX_COMMENT = 1000


class Command(BaseCommand):
    help = (
        "List, show, approve, deny or revoke approvals from the command line (operator override)."
    )
    requires_system_checks: list[str] = []  # an emergency door needs the database and no more

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py approvals list\n"
            "  manage.py approvals show PM-12\n"
            "  manage.py approvals approve PM-12 --hours 2 --reason 'Mail is down; asked by phone.'\n"
            "  manage.py approvals revoke PM-12 --reason 'The wrong installer.'\n"
            "  manage.py approvals evidence PM-12 pm-12.jsonl\n\n"
            "An override settles a request alone, whoever made it and however many approvals it\n"
            "needs. Your system user and reason are recorded, and the approvers are notified.\n\n"
            "exit code: 0 done, 1 error, 2 wrong usage, 3 no such request,\n"
            "           4 already closed, or no active grant"
        )
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
        listing = verbs.add_parser("list", help="list pending requests, or active grants")
        listing.add_argument("--grants", action="store_true", help="list active grants instead")
        shown = verbs.add_parser("show", help="show everything about a request, with its timeline")
        approval = verbs.add_parser("approve", help="approve a pending request (default: One Time)")
        length = approval.add_mutually_exclusive_group()
        length.add_argument("--minutes", type=amount, metavar="N", help="approve for N minutes")
        length.add_argument("--hours", type=amount, metavar="N", help="approve for N hours")
        denial = verbs.add_parser("deny", help="deny a pending request")
        revocation = verbs.add_parser("revoke", help="revoke the grant of an approved request")
        for changing, limit in (
            (approval, MAX_COMMENT),
            (denial, MAX_COMMENT),
            (revocation, MAX_REVOKE_REASON),
        ):
            add_reason(changing, why="why; the user can read it", limit=limit)
        proof = verbs.add_parser(
            "evidence",
            help="write what the audit trail says of a request, to be verified elsewhere",
        )
        for about_one in (shown, approval, denial, revocation, proof):
            about_one.add_argument("number", type=_number, metavar="PM-n", help="the request")
        proof.add_argument("file", type=Path, help="the file to write; it must not exist")
        add_json(listing, shown, approval, denial, revocation, proof)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            if verb == "list":
                self._list(**options)
            elif verb == "show":
                self._show(**options)
            elif verb == "revoke":
                self._revoke(**options)
            elif verb == "evidence":
                self._evidence(**options)
            else:
                self._decide(verb, **options)
        except ApprovalRequest.DoesNotExist:
            sentence = f"There is no request PM-{options['number']}."
            raise CommandError(sentence, returncode=NO_SUCH_REQUEST) from None
        except (RequestClosed, GrantGone) as error:
            raise CommandError(visible(error.message), returncode=CLOSED) from error
        except ApprovalError as error:
            raise CommandError(visible(error.message), returncode=ERROR) from error
        except OSError as error:
            raise CommandError(f"Can't write {error.filename}: {error.strerror}.") from None
        except DatabaseError as error:
            sentence = f"The database can't be used: {error}".strip()
            raise CommandError(sentence, returncode=ERROR) from error

    def _list(self, *, grants: bool, **options: Any) -> None:
        pending = (
            ApprovalRequest.objects.open().select_related("grant").order_by("created_at", "number")
        )
        active = Grant.objects.valid().select_related("request").order_by("granted_at", "id")
        if options["json"] and grants:
            print_json(self, [story.request_json(grant.request) for grant in active])
        elif options["json"]:
            print_json(self, [story.request_json(request) for request in pending])
        else:
            self._print(story.grants_table(active) if grants else story.pending_table(pending))

    def _show(self, *, number: int, **options: Any) -> None:
        request = request_with_history(number)
        if request is None:
            raise ApprovalRequest.DoesNotExist
        if options["json"]:
            print_json(self, story.story_json(request))
        else:
            self._print(story.whole_story(request))

    def _decide(self, verb: str, *, number: int, reason: str, **options: Any) -> None:
        minutes = options.get("minutes") or 60 * (options.get("hours") or 0) or None
        by = operator()
        decide(
            number=number,
            decider=Decider(channel=Decision.Channel.COMMAND, operator=by),
            answer=verb,
            minutes=minutes,
            comment=reason,
            evidence={"operator": by.name, "host": socket.gethostname()},
        )
        self._report(number, by=by.name, reason=reason, as_json=options["json"])

    def _revoke(self, *, number: int, reason: str, **options: Any) -> None:
        request = ApprovalRequest.objects.select_related("grant").get(pk=number)
        grant, by = grant_of(request), operator()
        if grant is None:
            state = request.get_state_display().lower()
            raise GrantGone(f"{request} is {state}, so there is no grant to revoke.")
        revoke_grant(grant_id=grant.pk, by=by.overriding(), reason=reason)
        self._report(number, by=by.name, reason=reason, as_json=options["json"])

    def _evidence(self, *, number: int, file: Path, **options: Any) -> None:
        request = ApprovalRequest.objects.get(pk=number)
        count = write_export(file, entries_about(request), about=str(request))
        if options["json"]:
            print_json(self, {"request": number, "file": str(file), "entries": count})
            return
        self.stdout.write(
            f"{request}: the audit trail's entries, and the hashes of those between them and the signed "
            f"head, {count:,} in all. Check them with `manage.py verify_audit --file {file}`."
        )

    def _report(self, number: int, *, by: str, reason: str, as_json: bool) -> None:
        """What was done, and whom it concerns."""
        request = ApprovalRequest.objects.select_related("grant").get(pk=number)
        if as_json:
            print_json(
                self, {**story.request_json(request), "override_by": by, "override_reason": reason}
            )
            return
        self._print(
            [
                story.title(request),
                f"{outcome_words(request)}. Recorded as operator override by {visible(by)}.",
            ]
        )

    def _print(self, lines: Any) -> None:
        for line in lines:
            self.stdout.write(line)


def _number(text: str) -> int:
    number = request_number(text.strip(), bare=True)
    if number is None:
        raise ArgumentTypeError("name the request by its number, such as PM-12")
    return number
