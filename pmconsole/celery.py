"""The Celery application. The broker carries hints only: the rows in the database are the truth."""

import os

import structlog
from celery import Celery
from celery.signals import before_task_publish, setup_logging, task_prerun
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from pmconsole.logs import current_trace, new_trace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmconsole.settings")
app = Celery("pmconsole")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
log = structlog.get_logger(__name__)

# A publisher that never makes a request wait for a dead or hanging broker. For publishing only:
# the worker's blocking read needs a socket without such a timeout.
_PUBLISHER_OPTIONS = {
    "socket_connect_timeout": 0.2,
    "socket_timeout": 0.2,
    "max_retries": 0,
}


def hint(task: str, *args: object) -> None:
    """Tell a worker that there is something to do. A failure is logged, and the sweep makes up for it."""
    options = {**_PUBLISHER_OPTIONS}
    try:
        with app.connection_for_write(
            url=settings.CELERY_BROKER_URL, transport_options=options, connect_timeout=0.2
        ) as connection:
            app.send_task(task, args=args, connection=connection, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("hint_not_sent", task=task, error=type(error).__name__)


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
