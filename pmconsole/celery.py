"""The Celery application. The broker carries hints only: the rows in the database are the truth."""

import atexit
import os
import sys

import structlog
from celery import Celery
from celery.signals import (
    beat_init,
    before_task_publish,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections

from core.logs import current_trace, new_trace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmconsole.settings")
app = Celery("pmconsole")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Celery would close the database connection after each task. Django knows how long one may be kept,
# and looks whether it still works.
app.conf.update(CELERY_DB_REUSE_MAX=sys.maxsize)


@task_prerun.connect
@task_postrun.connect
def keep_connections_as_django_does(**_: object) -> None:
    close_old_connections()


@worker_init.connect
def check_keys_first(**_: object) -> None:
    """A worker without a key that is still needed would fail each mail, one by one."""
    from core.keys.services import check_keys  # models are loaded by now only

    try:
        check_keys()
    except ImproperlyConfigured as error:
        raise SystemExit(
            str(error)
        ) from error  # of other exceptions Celery's signals make a log line


@worker_ready.connect
def worker_beats(**_: object) -> None:
    _beat_until_the_end("worker")


@worker_shutting_down.connect
def worker_stops_sending(**_: object) -> None:
    """Its last task would go on as long as there is mail, and be killed with one half sent."""
    from approvals.outbox.send import stopping  # models are loaded by now only

    stopping.set()


@beat_init.connect
def scheduler_beats(**_: object) -> None:
    _beat_until_the_end("beat")


def _beat_until_the_end(kind: str) -> None:
    """`doctor` knows by it that this program is running."""
    from core.heartbeats.services import keep_beating  # models are loaded by now only

    stop = keep_beating(kind)
    worker_shutdown.connect(lambda **_: stop(), weak=False)
    atexit.register(stop)  # the scheduler has no signal for its end


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Settings have configured logging already; Celery shall leave it alone."""


@before_task_publish.connect
def send_trace_along(headers: dict[str, object], **_: object) -> None:
    headers["trace"] = current_trace()


@task_prerun.connect
def take_trace_over(task: object, **_: object) -> None:
    structlog.contextvars.clear_contextvars()
    trace = getattr(getattr(task, "request", None), "trace", None) or new_trace()
    structlog.contextvars.bind_contextvars(request_id=str(trace))
