"""Hints to Celery's workers. The broker carries hints only: the rows in the database are the truth."""

import structlog
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

# A publisher that never makes a request wait for a dead or hanging broker. For publishing only:
# the worker's blocking read needs a socket without such a timeout.
_PUBLISHER_OPTIONS = {
    "socket_connect_timeout": 0.2,
    "socket_timeout": 0.2,
    "max_retries": 0,
}


def hint(task: str, *args: object) -> None:
    """Tell a worker that there is something to do. A failure is only logged: the sweep finds the work."""
    options = {**_PUBLISHER_OPTIONS}
    try:
        with current_app.connection_for_write(
            url=settings.CELERY_BROKER_URL, transport_options=options, connect_timeout=0.2
        ) as connection:
            current_app.send_task(task, args=args, connection=connection, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("hint_not_sent", task=task, error=type(error).__name__)
