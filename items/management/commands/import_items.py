"""`manage.py import_items`: makes the items what a YAML file says, or shows what that would change."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.commands import add_json, print_json, read_input
from core.operators import operator
from core.text import visible
from items.author import Author, SecondPersonNeeded
from items.proposals.models import MAX_REASON
from items.proposals.services import draft, propose
from items.transfer.importing import Plan, Planned, Refused, import_items, plan_import
from items.transfer.text import MAX_BYTES

ERROR, DIFFERENT, PROPOSED = 1, 3, 4  # 2, wrong usage, is argparse's own
_VERBS = {"create": "create", "update": "change", "delete": "delete"}


class Command(BaseCommand):
    help = "Make items as a YAML file says: all of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py import_items items.yaml --plan\n"
            "  manage.py import_items items.yaml --reason 'Merged: block old installers'\n"
            "  manage.py import_items - --prune --plan < items.yaml\n\n"
            "Items that the file doesn't have stay, unless you add --prune. Your system user and\n"
            "reason are recorded. docs/items-as-yaml.md describes the file.\n\n"
            "exit code: 0 done, or nothing to change; 1 refused, nothing was changed;\n"
            "           2 wrong usage; 3 with --plan: there is something to change;\n"
            "           4 proposed: policy changes need a second person; in the console, one\n"
            "             administrator takes it on and another one accepts it"
        )
        parser.add_argument("file", metavar="FILE", help="the file to import; - reads stdin")
        parser.add_argument("--plan", action="store_true", help="show the changes and make none")
        parser.add_argument(
            "--prune",
            action="store_true",
            help="delete items that the file doesn't have, of the families that it names",
        )
        parser.add_argument("--reason", default="", help="why; required without --plan")
        add_json(parser)

    def handle(self, *args: Any, file: str, prune: bool, reason: str, **options: Any) -> None:
        reason = reason.strip()
        if not options["plan"] and not reason:
            raise CommandError("Say why: add --reason, or --plan to change nothing.", returncode=2)
        if len(reason) > MAX_REASON or visible(reason) != reason:
            raise CommandError(
                f"Enter a reason of up to {MAX_REASON} visible characters.", returncode=2
            )
        by = Author(operator(), "by import_items")
        try:
            data = read_input(file, limit=MAX_BYTES)
            if options["plan"]:
                plan = plan_import(data, by=by, prune=prune)
            else:
                plan = import_items(data, by=by, prune=prune, reason=reason)
        except SecondPersonNeeded as needed:
            self._propose(needed, as_json=options["json"])
            return
        except Refused as refused:
            raise self._refusal(refused, as_json=options["json"]) from refused
        self._show(plan, planned=options["plan"], as_json=options["json"])
        if options["plan"] and plan.changes:
            sys.exit(DIFFERENT)

    def _propose(self, needed: SecondPersonNeeded, *, as_json: bool) -> None:
        proposal = draft(needed)
        propose(proposal, by=needed.by.actor, reason=needed.reason)
        if as_json:
            print_json(self, {"proposed": proposal.pk})
        else:
            self.stdout.write(
                f"Nothing was changed: this needs a second person. In the console, one administrator "
                f"can take on {proposal}, and another one accept it."
            )
        sys.exit(PROPOSED)

    def _show(self, plan: Plan, *, planned: bool, as_json: bool) -> None:
        if as_json:
            print_json(self, asdict(plan))
            return
        for change in plan.changes:
            for line in _lines(change):
                self.stdout.write(line)
        for kept in plan.kept:
            self.stdout.write(f"keep {visible(kept)}")
        if not plan.changes:
            self.stdout.write("Nothing to change.")
        else:
            self.stdout.write(f"Plan: {plan.summary}." if planned else f"Done: {plan.done}.")
        if planned and plan.needs_second_person:
            self.stdout.write("It needs a second person: importing it makes a proposal.")

    def _refusal(self, refused: Refused, *, as_json: bool) -> CommandError:
        if as_json:
            problems = [{"line": p.line, "item": p.item, "text": p.text} for p in refused.problems]
            print_json(self, {"problems": problems})
        words = "\n".join(visible(str(problem)) for problem in refused.problems)
        return CommandError(f"Nothing was changed.\n{words}", returncode=ERROR)


def _lines(change: Planned) -> Iterator[str]:
    """One item of a plan: fields on one line each, those of several lines as - old and + new."""
    yield f"{_VERBS[change.verb]} {change.kind} “{visible(change.name)}”"
    for label, old, new in change.fields:
        if "\n" in old + new:
            yield f"    {label}:"
            yield from (f"      - {visible(line)}" for line in old.splitlines())
            yield from (f"      + {visible(line)}" for line in new.splitlines())
        elif change.verb == "create":
            yield f"    {label}: {visible(new)}"
        else:
            yield f"    {label}: {visible(old) or '(empty)'} → {visible(new) or '(empty)'}"
    if change.note:
        yield f"    ! {change.note}"
