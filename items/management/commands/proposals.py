"""`manage.py proposals`: the operator's way to decide proposals when there is no second person.

What it does is recorded as an operator override, with the system's user, and told to all administrators.
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.commands import add_json, add_reason, print_json
from core.operators import operator
from core.text import visible
from items.models import Proposal
from items.proposals.services import Closed, accept, refuse
from items.proposals.steps import Outdated, merged, steps_of

ERROR, NO_SUCH_PROPOSAL, CLOSED = 1, 3, 4  # 2, wrong usage, is argparse's own


class Command(BaseCommand):
    help = "List, show, accept or refuse proposals from the command line (operator override)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py proposals list\n"
            "  manage.py proposals show 12\n"
            "  manage.py proposals accept 12 --reason 'Kim is away until Monday; asked by phone.'\n\n"
            "An override needs no second person. Your system user and reason are recorded, and all\n"
            "administrators see them at the bell for a month.\n\n"
            "exit code: 0 done, 1 error, 2 wrong usage, 3 no such proposal, 4 no longer open"
        )
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
        listing = verbs.add_parser("list", help="list open proposals")
        shown = verbs.add_parser("show", help="show what a proposal would change")
        accepting = verbs.add_parser("accept", help="make the proposed changes")
        refusing = verbs.add_parser("refuse", help="close a proposal without making its changes")
        for each in (shown, accepting, refusing):
            each.add_argument("number", type=int, metavar="NUMBER")
        add_reason(accepting, refusing, why="why there is no second person")
        add_json(listing, shown, accepting, refusing)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "list":
            self._list(**options)
            return
        proposal = (
            Proposal.objects.exclude(state=Proposal.State.DRAFT)
            .filter(pk=options["number"])
            .first()
        )
        if proposal is None:
            raise CommandError("There is no such proposal.", returncode=NO_SUCH_PROPOSAL)
        if verb == "show":
            self._show(proposal, **options)
            return
        self._decide(proposal, verb, options["reason"])
        if options["json"]:
            print_json(self, _as_json(proposal))
        else:
            self._say(f"{proposal}: {proposal.state_words}.")

    def _list(self, **options: Any) -> None:
        proposed = Proposal.objects.open().without_texts()
        if options["json"]:
            print_json(self, [_as_json(each) for each in proposed])
            return
        if not proposed:
            self._say("No proposals are open.")
        for each in proposed:
            self._say(f"{each.pk}  {each.title}, by {each.by}: {each.reason}")

    def _show(self, proposal: Proposal, **options: Any) -> None:
        if options["json"]:
            changes = [
                {"verb": step.verb, "item": step.label, "fields": step.fields}
                for step in merged(steps_of(proposal.steps))
            ]
            print_json(self, {**_as_json(proposal), "changes": changes})
            return
        self._say(f"{proposal}: {proposal.state_words}, by {proposal.by}: {proposal.reason}")
        for step in merged(steps_of(proposal.steps)):
            self._say(f"{step.verb} {step.label}")
            for label, old, new in step.fields:
                self._say(f"    {label}: {old or '(empty)'} → {new or '(empty)'}")

    def _decide(self, proposal: Proposal, verb: str, reason: str) -> None:
        by = operator().overriding()
        try:
            if verb == "accept":
                accept(proposal, by=by, user=None, comment=reason)
            else:
                refuse(proposal, by=by, comment=reason)
        except Closed as error:
            raise CommandError(f"{proposal} isn't open any more.", returncode=CLOSED) from error
        except Outdated as why:
            raise CommandError(f"Nothing was changed. {why}", returncode=ERROR) from why

    def _say(self, text: str) -> None:
        self.stdout.write(visible(text))


def _as_json(proposal: Proposal) -> dict[str, Any]:
    return {
        "number": proposal.pk,
        "title": proposal.title,
        "state": proposal.state,
        "by": proposal.by,
        "at": proposal.at,
        "reason": proposal.reason,
        "expires_at": proposal.expires_at,
        "decided_by": proposal.decided_by,
        "comment": proposal.comment,
    }
