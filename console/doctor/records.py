"""What has to be provable and restorable: the audit trail and backups."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level
from core.audit.services import verify
from core.backup.services import last_backup_at
from core.dates import length_words

MAX_AGE = timedelta(days=2)
NEWEST = 1_000  # entries whose chain is looked at; `verify_audit` looks at all

BROKEN = Kind(
    "audit-broken",
    Level.TROUBLE,
    "The end of the audit trail is broken: {fault}",
    "What was recorded can't be proved from there on. Work goes on.",
    "Run `manage.py verify_audit`, keep a copy of the database as it is, and find out who could write "
    "to it: pmconsole itself never changes or deletes an entry.",
)


def look_at_audit(options: Options) -> Iterator[Finding]:
    for fault in verify(newest=NEWEST):
        yield BROKEN.found(fault=fault)
        return


BACKUP_OLD = Kind(
    "backup-old",
    Level.WARNING,
    "The newest backup is {age} old.",
    "If the database is lost, so is everything since then: policies, decisions, evidence.",
    "Let a timer run `manage.py backup FILE` daily, and keep ENCRYPTION_KEYS somewhere else.",
)
NO_BACKUP = Kind(
    "backup-missing",
    Level.WARNING,
    "No backup was ever made by `manage.py backup`.",
    "If the database is lost, so are policies, decisions and evidence, unless you back it up by other "
    "means.",
    BACKUP_OLD.mend,
)


def look_at_backups(options: Options) -> Iterator[Finding]:
    made = last_backup_at()
    if settings.TRIAL:
        return
    if made is None:
        yield NO_BACKUP.found()
    elif timezone.now() - made > MAX_AGE:
        yield BACKUP_OLD.found(age=length_words(timezone.now() - made))


BACKUPS = Check("backups", "Backups", (NO_BACKUP, BACKUP_OLD), look_at_backups)
AUDIT = Check("audit", "The audit trail's newest entries", (BROKEN,), look_at_audit, seconds=30.0)
