"""The circuit of a foreign system: while it can't be reached, one message probes and the rest wait.

Its state lives in the database, so that all workers share it. All times are the database's.
"""

import random
from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.urls import reverse

from core.alerts.services import close_alerts, raise_alert
from foreign_systems.models import Circuit, ForeignSystem

FIRST_PAUSE = timedelta(seconds=10)
MAX_PAUSE = timedelta(minutes=10)
AFTER_REFUSED_SIGN_IN = timedelta(minutes=10)  # probing quickly would lock the account


def allowance(system: ForeignSystem, *, batch: int) -> int:
    """How many messages may go now: `batch`, 1 (a probe, taken by this call) or 0."""
    circuit, _ = Circuit.objects.get_or_create(system=system)
    if circuit.next_probe_at is None:
        return batch
    due = Circuit.objects.filter(pk=system.pk, next_probe_at__lte=Now())
    probe_taken = due.update(next_probe_at=Now() + MAX_PAUSE)
    return 1 if probe_taken else 0


def is_open(system: ForeignSystem) -> bool:
    """Whether the system can't be reached at present."""
    return Circuit.objects.filter(pk=system.pk, next_probe_at__isnull=False).exists()


def open_circuit(
    system: ForeignSystem, *, reason: str, alert: bool, slowly: bool = False, link: str = ""
) -> None:
    """The destination failed: wait longer after each failure, up to ten minutes.

    `link` is where the alert leads; "" for the system's own page.
    """
    circuit, _ = Circuit.objects.get_or_create(system=system)
    grown = FIRST_PAUSE * 2 ** min(circuit.failures, 10)
    pause = AFTER_REFUSED_SIGN_IN if slowly else min(grown, MAX_PAUSE)
    pause *= random.uniform(0.8, 1.2)  # noqa: S311  # jitter, not a secret
    Circuit.objects.filter(pk=system.pk).update(
        failures=F("failures") + 1,
        opened_at=Coalesce("opened_at", Now()),
        next_probe_at=Now() + pause,
        reason=reason[:1000],
    )
    if alert or circuit.failures >= 2:
        raise_alert(
            key=f"smtp:{system.pk}",
            text=f"{system.name} isn't accepting mail: {reason}"[:500],
            link=link or reverse("smtp_servers:detail", args=[system.pk]),
        )


def close_circuit(system: ForeignSystem, *, saw_starttls: bool) -> None:
    """The destination answered: everything may go again, and what it offered is remembered."""
    broken = Q(next_probe_at__isnull=False) | Q(failures__gt=0)
    if Circuit.objects.filter(broken, pk=system.pk).update(
        failures=0, opened_at=None, next_probe_at=None, reason=""
    ):
        close_alerts(prefix=f"smtp:{system.pk}")
    if saw_starttls:
        Circuit.objects.filter(pk=system.pk, saw_starttls=False).update(saw_starttls=True)


def forget_starttls(system: ForeignSystem) -> None:
    """What another address offered says nothing of this one."""
    Circuit.objects.filter(pk=system.pk).update(saw_starttls=False)


def give_probe_back(system: ForeignSystem) -> None:
    """The next message probes at once. A closed circuit stays so."""
    Circuit.objects.filter(pk=system.pk, next_probe_at__isnull=False).update(next_probe_at=Now())
