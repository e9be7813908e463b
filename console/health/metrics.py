"""/metrics: what the database says at this moment, and what all processes have counted.

It is the same whichever process is asked, so Prometheus scrapes one address.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, F, Min
from django.db.models.functions import Now
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from agents.services.reporting import REPORTS
from approvals.inbox.reading import REPLIES
from approvals.models import ApprovalRequest, IncomingMail, OutgoingMail
from approvals.outbox.results import ACCEPTANCE, ATTEMPTS
from approvals.services.deciding import DECISIONS
from core.alerts.models import Alert
from core.heartbeats.models import Heartbeat
from core.heartbeats.services import EVERY
from core.metrics import Counter, Duration, sums_of_all
from foreign_systems.models import Circuit
from policies.evaluation import ENGINE
from policies.models import Computer

COUNTED: Final[tuple[Counter | Duration, ...]] = (
    REPORTS,
    ENGINE,
    DECISIONS,
    ATTEMPTS,
    ACCEPTANCE,
    REPLIES,
)
WAITED_LATELY: Final = timedelta(seconds=90)  # waits are noted once a minute
Values = dict[tuple[str, ...], float]


@dataclass(frozen=True)
class Gauge:
    """A number that the database knows, by the values of its labels."""

    name: str
    about: str
    labels: tuple[str, ...]
    look: Callable[[], Values]


def _one(number: float) -> Values:
    return {(): number}


def _age(since: datetime | None) -> Values:
    """Seconds since then; 0 where nothing waits."""
    return _one(max(0.0, (timezone.now() - since).total_seconds()) if since else 0.0)


def _outbox() -> Values:
    counted = OutgoingMail.objects.unfinished().order_by().values_list("state")
    zero: Values = {(str(state),): 0.0 for state in OutgoingMail.UNFINISHED}
    return zero | {(state,): float(count) for state, count in counted.annotate(Count("pk"))}


def _oldest_due() -> Values:
    return _age(OutgoingMail.objects.due().aggregate(at=Min("due_at"))["at"])


def _stored() -> Values:
    return _one(IncomingMail.objects.filter(state=IncomingMail.State.STORED).count())


def _oldest_stored() -> Values:
    stored = IncomingMail.objects.filter(state=IncomingMail.State.STORED)
    return _age(stored.aggregate(at=Min("received_at"))["at"])


def _pending() -> Values:
    return _one(ApprovalRequest.objects.open().count())


def _waiting() -> Values:
    waited = ApprovalRequest.objects.open().filter(last_waited_at__gt=Now() - WAITED_LATELY)
    return _one(waited.count())


def _agents() -> Values:
    agents = Computer.objects.filter(revoked_at=None, retired_at=None)
    seen = agents.with_seen()
    within = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
    lately: Values = {
        (word,): float(seen.filter(seen__gt=Now() - time).count()) for word, time in within.items()
    }
    return {**lately, ("ever",): float(agents.count())}


def _circuits() -> Values:
    rows = Circuit.objects.values_list("system__name", "next_probe_at")
    return {(name,): float(probe is not None) for name, probe in rows}


def _programs() -> Values:
    alive = Heartbeat.objects.filter(at__gt=Now() - EVERY * 3)
    kinds = (Heartbeat.Kind.WORKER, Heartbeat.Kind.BEAT)
    return {(str(kind),): float(alive.filter(kind=kind).count()) for kind in kinds}


def _sweep() -> Values:
    rounds = Heartbeat.objects.filter(kind=Heartbeat.Kind.SWEEP)
    return _age(rounds.aggregate(at=Min(F("at")))["at"])


def _alerts() -> Values:
    return _one(Alert.objects.filter(closed_at=None).count())


GAUGES: Final = (
    Gauge("pmconsole_outbox_emails", "Emails that aren't finished", ("state",), _outbox),
    Gauge("pmconsole_outbox_oldest_due_seconds", "How long the oldest due email waits", (), _oldest_due),
    Gauge("pmconsole_inbox_messages", "Received messages that aren't read", (), _stored),
    Gauge("pmconsole_inbox_oldest_seconds", "How long the oldest unread one waits", (), _oldest_stored),
    Gauge("pmconsole_requests_pending", "Requests that wait for a decision", (), _pending),
    Gauge("pmconsole_agents_waiting", "Requests for whose decision an agent waits", (), _waiting),
    Gauge("pmconsole_agents", "Computers, by when they last called", ("seen",), _agents),
    Gauge("pmconsole_circuit_open", "1 while a server is in trouble", ("server",), _circuits),
    Gauge("pmconsole_programs", "Programs that gave a sign of life lately", ("kind",), _programs),
    Gauge("pmconsole_sweep_age_seconds", "Time since the newest sweep began", (), _sweep),
    Gauge("pmconsole_alerts_open", "Alerts at the bell", (), _alerts),
)  # fmt: skip


class _Everything(Collector):
    def collect(self) -> Iterator[Metric]:
        for gauge in GAUGES:
            family = GaugeMetricFamily(gauge.name, gauge.about, labels=gauge.labels)
            for values, number in gauge.look().items():
                family.add_metric(values, number)
            yield family
        try:
            sums = sums_of_all(COUNTED)
        except (RedisError, OSError):
            sums = None
        yield GaugeMetricFamily(
            "pmconsole_broker_up", "1 if Redis answers", value=0 if sums is None else 1
        )
        for metric in COUNTED if sums is not None else ():
            rows = {key[1:]: row for key, row in (sums or {}).items() if key[0] == metric.name}
            yield _counted(metric, rows)


def _counted(metric: Counter | Duration, rows: dict[tuple[str, ...], list[float]]) -> Metric:
    if isinstance(metric, Counter):
        counter = CounterMetricFamily(metric.name, metric.about, labels=metric.labels)
        for values, row in ({(known,): [0.0] for known in metric.known} | rows).items():
            counter.add_metric(values, row[0])
        return counter
    histogram = HistogramMetricFamily(metric.name, metric.about)
    row = rows.get((), [0.0] * metric.size)
    within, so_far = [], 0.0
    for bound, number in zip([*map(str, metric.bounds), "+Inf"], row, strict=False):
        so_far += number
        within.append((bound, so_far))
    histogram.add_metric((), within, sum_value=row[-1])
    return histogram


def exposition() -> bytes:
    """All metrics as Prometheus reads them. Raises DatabaseError."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Everything())
    return generate_latest(registry)
