"""Kept connections to SMTP servers, one pool a server and process.

The pool's limit is the server's connection limit; it counts per worker process.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings

from foreign_systems.models import ForeignSystem
from foreign_systems.smtp import Connection, Server
from foreign_systems.smtp_url import parse

MAX_DELIVERY = timedelta(seconds=120)  # all steps of one delivery together
_pools: dict[tuple[object, ...], "Pool"] = {}
_lock = threading.Lock()


def server_of(system: ForeignSystem) -> Server:
    """What the SMTP client needs to know of a foreign system, its secret included."""
    typed = system.typed
    circuit = getattr(system, "circuit", None)
    credential = system.credential
    return Server(
        address=parse(typed.base_url),
        username=credential.account_name if credential else None,
        password=credential.secret() if credential else None,
        timeout=typed.timeout,
        total_timeout=min(typed.timeout * 4, MAX_DELIVERY.total_seconds()),
        ca=typed.ca or None,
        requires_tls=bool(circuit and circuit.saw_starttls),
        loopback_only=not settings.REAL_MAIL,
    )


class Pool:
    """Connections to one server: borrowed by one thread at a time, kept while they are well."""

    def __init__(self, server: Server, limit: int) -> None:
        self.limit = limit
        self._server = server
        self._free = threading.BoundedSemaphore(limit)
        self._idle: list[Connection] = []

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for one delivery; it goes back when it is still usable."""
        with self._free:
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = Connection(self._server)
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


def pool_of(system: ForeignSystem) -> Pool:
    """The pool of a system as it is now; when its address or credential changes, a new one."""
    credential = system.credential
    key = (
        system.pk,
        system.updated_at,
        credential.updated_at if credential else None,
        ForeignSystem.objects.filter(pk=system.pk, circuit__saw_starttls=True).exists(),
    )
    with _lock:
        pool = _pools.get(key)
        if pool is None:
            for old in [other for other in _pools if other[0] == system.pk]:
                _pools.pop(old).close()
            pool = _pools[key] = Pool(server_of(system), system.typed.connection_limit)
    return pool


def close_pools() -> None:
    """Say goodbye to all servers; the next delivery opens its connection anew."""
    with _lock:
        for key in list(_pools):
            _pools.pop(key).close()
