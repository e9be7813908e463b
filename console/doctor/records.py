"""What has to be provable and restorable: the audit trail (and backups)."""

from collections.abc import Iterator

from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level
from core.audit.services import verify

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


AUDIT = Check("audit", "The audit trail's newest entries", (BROKEN,), look_at_audit, seconds=30.0)
