"""`manage.py verify_audit`: is the audit trail whole?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.audit.models import Entry
from core.audit.services import verify


class Command(BaseCommand):
    help = (
        "Follow the audit trail from its first entry to its head and name every change, gap and "
        "cut. Exit code 0: whole; 1: not. Example: manage.py verify_audit"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(verify())
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"The audit trail is broken in {len(faults)} places.")
        self.stdout.write(f"The audit trail is whole: {Entry.objects.count()} entries.")
