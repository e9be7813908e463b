"""Giving signs of life, and forgetting those of programs that have ended."""

import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog
from django.db import connection
from django.db.models.functions import Now

from core.heartbeats.models import Heartbeat

EVERY: Final = timedelta(seconds=20)
log = structlog.get_logger(__name__)


def beat(kind: str, *, host: str = "", process: int = 0, address: str = "") -> None:
    """Write that this program is alive, or that this work was just done."""
    program = {"kind": kind, "host": host, "process": process}
    if not Heartbeat.objects.filter(**program).update(at=Now(), address=address):
        new = Heartbeat(**program, address=address, at=Now())
        Heartbeat.objects.bulk_create([new], ignore_conflicts=True)


def keep_beating(kind: str, *, address: str = "") -> Callable[[], None]:
    """Beat for this process, on a thread of its own, until the returned function is called.

    `address` is where it can be reached. What a killed predecessor on this host has left is removed,
    so that it isn't missed.
    """
    host, process, stopped = socket.gethostname(), os.getpid(), threading.Event()

    def run() -> None:
        _quietly(lambda: _forget_ended(kind, host))
        while not stopped.is_set():
            _quietly(lambda: beat(kind, host=host, process=process, address=address))
            stopped.wait(EVERY.total_seconds())
        _quietly(lambda: Heartbeat.objects.filter(host=host, process=process).delete())

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join(5)

    return stop


def _forget_ended(kind: str, host: str) -> None:
    for left in Heartbeat.objects.filter(kind=kind, host=host):
        try:
            os.kill(left.process, 0)
        except ProcessLookupError:
            left.delete()
        except PermissionError:
            continue  # another account's, and alive


def _quietly(work: Callable[[], object]) -> None:
    """Whatever hinders a sign of life is no reason to stop the work; no connection is kept open."""
    try:
        work()
    except Exception as error:
        log.warning("heartbeat_not_written", error=type(error).__name__)
    finally:
        connection.close()
