"""`manage.py import_people`: people and their managers from a CSV file."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.people.importing import COLUMNS, MAX_BYTES, import_people, plan_people
from core.commands import add_json, print_json, read_input
from core.operators import operator
from core.text import visible
from items.author import Author, SecondPersonNeeded
from items.transfer.importing import Plan, Refused

ERROR, DIFFERENT = 1, 3  # 2, wrong usage, is argparse's own
_VERBS = {"create": "created", "update": "changed"}


class Command(BaseCommand):
    help = "Make people what a CSV file says: all of it, or nothing. Roles and passwords stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py import_people people.csv --plan\n"
            "  manage.py import_people - < people.csv\n\n"
            f"The first line names the columns: {', '.join(COLUMNS)}.\n"
            "user_name is needed and says who it is; a column that is left out stays as it is, an\n"
            "empty cell empties the field. Separate accounts by semicolons; manager and delegate are\n"
            "user names or email addresses. People who aren't in the file stay.\n\n"
            "exit code: 0 done, or nothing to change; 1 refused, nothing was changed; 2 wrong usage;\n"
            "           3 with --plan: there is something to change"
        )
        parser.add_argument("file", metavar="FILE.csv", help="the file to import; - reads stdin")
        parser.add_argument("--plan", action="store_true", help="show the changes and make none")
        add_json(parser)

    def handle(self, *args: Any, file: str, plan: bool, **options: Any) -> None:
        by = Author(operator(), "by import_people")
        try:
            data = read_input(file, limit=MAX_BYTES)
            done = plan_people(data, by=by) if plan else import_people(data, by=by)
        except SecondPersonNeeded as needed:
            raise self._refusal(_alone(needed), as_json=options["json"]) from needed
        except Refused as refused:
            problems = [problem.sentence for problem in refused.problems]
            raise self._refusal(problems, as_json=options["json"]) from refused
        if options["json"]:
            changed = [
                {"verb": change.verb, "user": change.name, "fields": change.fields}
                for change in done.changes
            ]
            print_json(self, {"planned": plan, "changes": changed})
        else:
            self._tell(done, plan=plan)
        if plan and done.changes:
            sys.exit(DIFFERENT)

    def _refusal(self, problems: list[str], *, as_json: bool) -> CommandError:
        if as_json:
            print_json(self, {"problems": problems})
        words = "\n".join(map(visible, problems))
        return CommandError(f"Nothing was changed.\n{words}", returncode=ERROR)

    def _tell(self, done: Plan, *, plan: bool) -> None:
        for change in done.changes:
            self.stdout.write(f"{_VERBS[change.verb]}: {visible(change.name)}")
            for label, old, new in change.fields:
                before = visible(old.replace("\n", "; ")) or "(empty)"
                after = visible(new.replace("\n", "; ")) or "(empty)"
                self.stdout.write(f"    {label}: {before} → {after}")
        people = len(done.changes)
        words = f"{people} {'person' if people == 1 else 'people'}"
        if not people:
            self.stdout.write("Nothing to change.")
        else:
            self.stdout.write(f"Plan: {words} to change." if plan else f"Done: {words} changed.")
        if plan and done.needs_second_person:
            self.stdout.write("It needs a second person. Import it at Admin, Users, to propose it.")


def _alone(needed: SecondPersonNeeded) -> list[str]:
    names = {change.item_name for change in needed.changes if change.needs_second_person}
    return [
        f"{name} is an administrator, whose names, addresses and accounts need a second person. Import "
        "the file at Admin, Users, to propose the change, or leave these columns out."
        for name in sorted(names)
    ]
