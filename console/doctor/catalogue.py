"""All checks, in the order in which they are shown: what others stand on comes first."""

from typing import Final

from console.doctor import (
    database,
    dns,
    doors,
    installation,
    mail,
    mailboxes,
    people,
    policies,
    probe,
    programs,
    records,
)
from console.doctor.checks import Check

CHECKS: Final[tuple[Check, ...]] = (
    installation.SETTINGS,
    installation.DISKS,
    database.CHECK,
    programs.BROKER,
    installation.KEYS,
    doors.WEB,
    programs.WORKERS,
    mail.SERVERS,
    mail.CIRCUITS,
    mail.OUTBOX,
    mail.INBOX,
    mailboxes.MAILBOXES,
    mailboxes.READERS,
    doors.LISTENER,
    probe.CHECK,
    dns.CHECK,
    policies.POLICIES,
    policies.PROCESSES,
    policies.AGENTS,
    people.PEOPLE,
    records.AUDIT,
    records.BACKUPS,
)
