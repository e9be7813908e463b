"""`manage.py verify_audit`: is the audit trail intact?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.audit.models import Entry
from core.audit.services import verify


class Command(BaseCommand):
    help = (
        "Check the audit trail from its first entry to its head, and name every change, gap and "
        "truncation. Exit codes: 0 intact, 1 broken. Example: manage.py verify_audit"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(verify())
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            places = "one place" if len(faults) == 1 else f"{len(faults)} places"
            raise CommandError(f"The audit trail is broken in {places}.")
        self.stdout.write(f"The audit trail is intact: {Entry.objects.count()} entries.")
