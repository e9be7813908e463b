"""Hints to Celery's workers. The broker carries hints only: the rows in the database are the truth.

While the broker is away no worker learns of anything, not even by the sweep. Then the process that
gives the hint does the work itself, on a thread of its own, so that mail goes on.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import Final

import structlog
from celery import current_app
from django.conf import settings
from django.db import connections
from kombu.exceptions import OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

MAX_WAITING: Final = 100  # hints whose work waits in this process
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hint")
_room = BoundedSemaphore(MAX_WAITING)
log = structlog.get_logger(__name__)

# A publisher that never makes a request wait for a dead or hanging broker. For publishing only:
# the worker's blocking read needs a socket without such a timeout.
_PUBLISHER_OPTIONS = {
    "socket_connect_timeout": 0.2,
    "socket_timeout": 0.2,
    "max_retries": 0,
}


def hint(task: str, *args: object) -> None:
    """Tell a worker that there is something to do, or do it here if no worker can be told."""
    broker = current_app.connection_for_write(
        url=settings.CELERY_BROKER_URL,
        transport_options={**_PUBLISHER_OPTIONS},
        connect_timeout=0.2,
    )
    try:
        with producers[broker].acquire(block=True) as producer:  # its connection is kept
            current_app.send_task(task, args=args, producer=producer, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("hint_not_sent", task=task, error=type(error).__name__)
        # Here then, after this call, one by one; what is too much waits for the sweep.
        if _room.acquire(blocking=False):
            try:
                _thread.submit(_carry_out, task, args)
            except RuntimeError:  # the process is ending
                _room.release()


def _carry_out(task: str, args: tuple[object, ...]) -> None:
    try:
        current_app.loader.import_default_modules()
        current_app.tasks[task].apply(args=args, throw=True)
    except Exception:
        log.exception("hinted_work_failed", task=task)
    finally:
        connections.close_all()
        _room.release()
