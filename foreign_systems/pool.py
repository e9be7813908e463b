"""Kept connections to SMTP servers, each with a thread that uses it; one pool a server and process.

The pool's limit is the server's connection limit; it counts per worker process.
"""

import math
import threading
from collections.abc import Callable
from datetime import date, timedelta
from queue import Empty, SimpleQueue

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from core.addresses import bounce_address
from core.encryption import derive_token, keys, newest_key_number
from foreign_systems.mailbox_test import Wanted
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.smtp import Connection, Server
from foreign_systems.smtp.server import Tokens
from foreign_systems.smtp_url import IMAP, parse
from foreign_systems.tokens import CredentialTokens

MAX_DELIVERY = timedelta(seconds=120)  # all steps of one delivery together
TESTS_REPORTED_FOR = timedelta(days=7)  # servers give up within five days, as a rule
MAX_IDLE = 240.0  # seconds; many servers end a conversation after five minutes of silence
WIDEN_AFTER = 100  # mails taken: then one connection more is tried again
Work = Callable[[Connection], None]
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
        tokens=_tokens_of(credential),
        timeout=typed.timeout,
        total_timeout=min(typed.timeout * 4, MAX_DELIVERY.total_seconds()),
        ca=typed.ca or None,
        requires_tls=bool(circuit and circuit.saw_starttls),
        loopback_only=not settings.REAL_MAIL,
        ehlo_name=typed.ehlo_name,
    )


def bounce_address_for_test(system: ForeignSystem) -> str:
    """The envelope sender of a test of this server, in the form that its mails have; "" for the From.

    Its token is the server's own for today and belongs to no mail, so what comes back there decides
    nothing.
    """
    if not system.typed.bounce_addresses:
        return ""
    local, _, domain = bounce_address(settings.REPLY_ADDRESS).rpartition("@")
    today = timezone.now().date()
    return f"{local}+{_token_of_test(system, today, newest_key_number())}@{domain}"


def tested_server(token: str) -> ForeignSystem | None:
    """The server that was tested lately with the bounce address that holds this token.

    Nothing is stored of a test, so the tokens of all servers and days are derived.
    """
    today = timezone.now().date()
    days = [today - timedelta(days=age) for age in range(TESTS_REPORTED_FOR.days + 1)]
    for system in ForeignSystem.objects.smtp_servers():
        known = (_token_of_test(system, day, int(number)) for day in days for number in keys())
        if any(constant_time_compare(token.lower(), each) for each in known):
            return system
    return None


def _token_of_test(system: ForeignSystem, day: date, key_number: int) -> str:
    return derive_token("bounce", f"test of {system.pk} on {day}", key_number)


def imap_server_of(system: ForeignSystem) -> Server:
    """What the IMAP client needs to know of a mailbox, its secret included."""
    typed, credential = system.mailbox, system.credential
    return Server(
        address=parse(typed.base_url, protocol=IMAP),
        username=credential.account_name if credential else None,
        password=credential.secret() if credential else None,
        tokens=_tokens_of(credential),
        timeout=typed.timeout,
        total_timeout=math.inf,  # a conversation goes on as long as the mailbox is read
        ca=typed.ca or None,
        loopback_only=not settings.REAL_MAIL,
    )


def _tokens_of(credential: Credential | None) -> Tokens | None:
    by_password = credential is None or credential.method == Credential.Method.PASSWORD
    return None if credential is None or by_password else CredentialTokens(credential)


def wanted_of(system: ForeignSystem) -> Wanted:
    """What a mailbox is expected to hold, for its connection test."""
    typed = system.mailbox
    return Wanted(
        inbox=typed.inbox,
        processed=typed.processed,
        failed=typed.failed,
        reply_address=settings.REPLY_ADDRESS,
        authserv_ids=typed.authserv_ids,
        takes_no_id=typed.results_without_id,
    )


class Pool:
    """Threads that each keep a connection to one server and do whatever comes first with it."""

    def __init__(self, server: Server, limit: int) -> None:
        self._server = server
        self._limit = self._full_limit = limit
        self._taken = 0  # since the limit was changed
        self._work: SimpleQueue[Work | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._unfinished = 0
        self._closed = False

    def run(self, work: Work) -> None:
        """Have `work` done with a connection as soon as one is free. It must not raise."""
        with self._lock:
            self._unfinished += 1
            self._work.put(work)
            if self._threads < min(self._limit, self._unfinished):
                self._threads += 1
                threading.Thread(target=self._serve, name="smtp", daemon=True).start()

    def narrow(self) -> None:
        """The server ends conversations (421): half as many from now on, but one."""
        with self._lock:
            self._limit, self._taken = max(1, self._limit // 2), 0

    def note_taken(self) -> None:
        """The server took a mail: after a while, as many connections as it allowed may do again."""
        with self._lock:
            self._taken += 1
            if self._taken >= WIDEN_AFTER and self._limit < self._full_limit:
                self._limit, self._taken = self._limit + 1, 0

    def _serve(self) -> None:
        connection = Connection(self._server)
        while work := self._next():
            work(connection)
            with self._lock:
                self._unfinished -= 1
        connection.close()

    def _next(self) -> Work | None:
        """What is to be done next; None once this thread isn't needed any more."""
        while True:
            with self._lock:
                if self._threads > self._limit:
                    self._threads -= 1
                    return None
            try:
                work = self._work.get(timeout=0 if self._closed else MAX_IDLE)
            except Empty:
                work = None
            if work is not None:
                return work
            with self._lock:
                if self._threads > self._unfinished:
                    self._threads -= 1
                    return None

    def close(self) -> None:
        """End the conversations once what has been asked for is done."""
        self._closed = True
        for _ in range(self._threads):
            self._work.put(None)  # wakes who waits for work


def pool_of(system: ForeignSystem) -> Pool:
    """The pool of a system as it is now; when its address or credential changes, a new one."""
    credential = system.credential
    circuit = getattr(system, "circuit", None)
    key = (
        system.pk,
        system.updated_at,
        credential.updated_at if credential else None,
        bool(circuit and circuit.saw_starttls),
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
