"""The broker, and the programs that work in the background."""

from collections.abc import Iterator
from datetime import timedelta

import redis
from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now
from redis.exceptions import RedisError

from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level
from core.dates import length_words
from core.heartbeats.models import Heartbeat
from core.heartbeats.services import EVERY

SILENT_AFTER = EVERY * 3
SWEEP_LATE_AFTER = timedelta(minutes=2)

BROKER_AWAY = Kind(
    "broker-away",
    Level.TROUBLE,
    "Redis isn't answering: {why}",
    "Requests are still decided and mailed, by the web processes. Scheduled tasks, retries and "
    "reminders wait, waiting agents learn of decisions up to five seconds later, and each process "
    "counts its limits alone.",
    "Start Redis (or Valkey), or correct REDIS_URL.",
)
NO_WORKER = Kind(
    "worker-missing",
    Level.TROUBLE,
    "No worker is running.",
    "Emails aren't sent and replies aren't read, so nothing is decided by email.",
    "Start one: `celery -A pmconsole worker`. With systemd, `systemctl status` shows why it stopped.",
)
WORKER_LOST = Kind(
    "worker-lost",
    Level.WARNING,
    "A worker on {host} (process {process}) has been silent for {silent} without having been stopped.",
    "The other workers do its work, with less room for peaks.",
    "Start it again on {host}, and look at its log for the reason. If that machine is gone for good, "
    "this ends by itself a day after the last sign of life.",
)
NO_BEAT = Kind(
    "beat-missing",
    Level.TROUBLE,
    "The scheduler (Celery beat) isn't running.",
    "Retries, reminders, escalations, expiries and scheduled tasks wait. New mail is still sent.",
    "Start it: `celery -A pmconsole beat`. Running two does no harm.",
)
SWEEP_LATE = Kind(
    "sweep-late",
    Level.TROUBLE,
    "The sweep is due every five seconds. Its last run: {when}.",
    "Retries, reminders, escalations, expiries and scheduled tasks wait.",
    "Workers and scheduler use different brokers (compare their REDIS_URL), or all workers are busy or "
    "hang: look at their logs, restart them, start more.",
)


def look_at_broker(options: Options) -> Iterator[Finding]:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=3, socket_timeout=3
        ) as client:
            client.ping()
    except (RedisError, OSError, ValueError) as error:
        yield BROKER_AWAY.found(why=error)


def look_at_workers(options: Options) -> Iterator[Finding]:
    beats = Heartbeat.objects.annotate(age=Now() - F("at"))
    workers, alive = beats.filter(kind=Heartbeat.Kind.WORKER), Q(at__gt=Now() - SILENT_AFTER)
    works = workers.filter(alive).exists()
    if not works:
        yield NO_WORKER.found()
    else:
        for lost in workers.filter(~alive, at__gt=Now() - timedelta(days=1)):
            facts = {"host": lost.host, "process": lost.process, "silent": length_words(lost.age)}
            yield WORKER_LOST.found(**facts)
    if not beats.filter(alive, kind=Heartbeat.Kind.BEAT).exists():
        yield NO_BEAT.found()
    elif works:
        last = beats.filter(kind=Heartbeat.Kind.SWEEP).first()
        if last is None or last.age > SWEEP_LATE_AFTER:
            yield SWEEP_LATE.found(when=f"{length_words(last.age)} ago" if last else "never")


BROKER = Check("broker", "Redis, the broker", (BROKER_AWAY,), look_at_broker, needs_database=False)
WORKERS = Check(
    "workers",
    "Workers and scheduler",
    (NO_WORKER, WORKER_LOST, NO_BEAT, SWEEP_LATE),
    look_at_workers,
)
