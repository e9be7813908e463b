"""The contact with a mailbox: who reads it, how far, and what came of it. All times are the database's.

One process reads a mailbox at a time: it holds a lease, which it renews while it reads. Others stand
by and take over when the lease ends, so a reader may run on any number of hosts.
"""

import uuid
from datetime import timedelta
from typing import Final

from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from core.alerts.services import close_alerts, raise_alert
from foreign_systems.models import ForeignSystem, MailboxContact

LEASE: Final = timedelta(seconds=60)
ALERT_AFTER: Final = (
    3  # failures in a row that mend themselves; of others administrators hear at once
)


def take(system: ForeignSystem, reader: uuid.UUID) -> bool:
    """Take or renew the lease on a mailbox; False while another reader has it."""
    MailboxContact.objects.get_or_create(system=system)
    free = Q(reader__isnull=True) | Q(reader=reader) | Q(lease_until__lte=Now())
    mine = MailboxContact.objects.filter(free, pk=system.pk)
    return bool(mine.update(reader=reader, lease_until=Now() + LEASE))


def release(system: ForeignSystem, reader: uuid.UUID) -> None:
    MailboxContact.objects.filter(pk=system.pk, reader=reader).update(reader=None, lease_until=None)


def note(system: ForeignSystem, said: str) -> None:
    """The server answered, and all is well."""
    MailboxContact.objects.filter(pk=system.pk).update(
        contacted_at=Now(), said=said[:1000], trouble="", failures=0
    )
    close_alerts(prefix=f"mailbox:{system.pk}")


def note_trouble(system: ForeignSystem, reason: str, *, alert: bool) -> int:
    """The mailbox can't be read; returns how often that has failed in a row."""
    rows = MailboxContact.objects.filter(pk=system.pk)
    rows.update(failures=F("failures") + 1, trouble=reason[:1000], said=reason[:1000])
    failures = rows.values_list("failures", flat=True).first() or 1
    if alert or failures >= ALERT_AFTER:
        raise_alert(
            key=f"mailbox:{system.pk}",
            text=f"{system.name} isn't being read: {reason}"[:500],
            link=reverse("mailboxes:detail", args=[system.pk]),
        )
    return failures


def forget_trouble(system: ForeignSystem) -> None:
    """Its settings were changed, so what was wrong may be right now."""
    MailboxContact.objects.filter(pk=system.pk).update(trouble="", failures=0)
    close_alerts(prefix=f"mailbox:{system.pk}")


def read_up_to(system: ForeignSystem, reader: uuid.UUID, folder: str, uid_validity: int) -> int:
    """The UID up to which all of a folder is dealt with; 0 for a folder that was made anew."""
    same = MailboxContact.objects.filter(
        pk=system.pk, folder=folder, uid_validity=uid_validity
    ).first()
    if same is not None:
        return same.read_up_to
    MailboxContact.objects.filter(pk=system.pk, reader=reader).update(
        folder=folder, uid_validity=uid_validity, read_up_to=0, other_mail=0
    )
    return 0


def note_progress(
    system: ForeignSystem,
    reader: uuid.UUID,
    folder: str,
    uid_validity: int,
    *,
    read_up_to: int,
    stored: int,
    other_mail: int,
) -> None:
    """How far the reading is, and what was taken in or left alone since the last call.

    Nothing changes if another reader has taken over, or has found the folder made anew.
    """
    mine = MailboxContact.objects.filter(
        pk=system.pk, reader=reader, folder=folder, uid_validity=uid_validity
    )
    mine.update(
        read_up_to=read_up_to,
        stored=F("stored") + stored,
        other_mail=F("other_mail") + other_mail,
    )
