"""`manage.py person`: what is known of one person, handed out or erased."""

import json
import os
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from console.management.commands.remove_second_factor import person_named
from console.people.personal_data import NotErased, erase, personal_data, settings_naming
from core.audit.services import record
from core.commands import MAX_REASON, add_json, print_json, reason_of
from core.operators import operator
from core.people.models import User


class Command(BaseCommand):
    help = "Export or erase the personal data of one user."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py person export kim.vale kim.json\n"
            "  manage.py person erase kim.vale --reason 'Left; asked for it on 14 May.'\n\n"
            "Erasing is for good. It empties the profile, deletes the user's policy events and mail,\n"
            "what was said in offline approvals, and what the audit trail says of them; the trail still\n"
            "verifies, and records the erasure. Requests that they made or decided are evidence: they\n"
            "go by a purge, or at once by --with-evidence. Not reached: backups, logs, mailboxes,\n"
            "settings that name them (such as a To Address), and emails of others' requests that\n"
            "mention theirs; docs/operating.md lists all that stays.\n\n"
            "exit code: 0 done, 1 nothing was done"
        )
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
        exporting = verbs.add_parser("export", help="write all of it to a file, as JSON")
        erasing = verbs.add_parser("erase", help="erase it, for good; the user must be disabled")
        for each in (exporting, erasing):
            each.add_argument("name", help="the user name")
        exporting.add_argument("file", type=Path, help="the file to write; it must not exist")
        erasing.add_argument(
            "--reason", required=True, type=reason_of(MAX_REASON), help="why, for the audit trail"
        )
        erasing.add_argument(
            "--with-evidence", action="store_true", help="delete their decided requests too"
        )
        add_json(erasing)

    def handle(self, *args: Any, verb: str, name: str, **options: Any) -> None:
        person = person_named(name)
        if verb == "export":
            self._export(person, options["file"])
            return
        named = settings_naming(person)
        try:
            done = erase(
                person,
                by=operator(),
                reason=options["reason"],
                with_evidence=options["with_evidence"],
            )
        except NotErased as error:
            raise CommandError(f"{error} Nothing was erased.") from None
        if options["json"]:
            print_json(self, {"erased": done, "still_named_in": named})
            return
        counted = ", ".join(f"{count:,} {plural}" for plural, count in done.items())
        self.stdout.write(f"Erased {name}: {counted}.")
        if named:
            self.stderr.write(f"Their address is still in the settings of {', '.join(named)}.")

    def _export(self, person: User, path: Path) -> None:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"Can't write {path}: {error.strerror}.") from None
        with os.fdopen(handle, "w") as file:
            json.dump(personal_data(person), file, cls=DjangoJSONEncoder, indent=1)
        with transaction.atomic():
            facts = {"user_name": person.name}
            record(actor=operator(), verb="export", kind="user", object_id=person.pk, facts=facts)
        self.stdout.write(f"Exported what is known of {person.name} to {path}.")
