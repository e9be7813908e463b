"""Reading all enabled mailboxes: a thread for each, made anew when its item changes.

A thread holds one conversation: it takes in what is there, waits in IDLE (renewed before servers give
up on it), and starts over. When the server goes away it comes back, each time after a longer pause.
"""

import random
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from approvals.inbox.mailbox import Inbox, MailboxTrouble
from foreign_systems import contacts
from foreign_systems.imap import Refused, Session, open_session
from foreign_systems.imap.session import IMAPClientError, words_of
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import imap_server_of
from foreign_systems.smtp.answers import Trouble
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.wire import Lost

IDLE_RENEWED: Final = 9 * 60.0  # seconds; servers may hang up after 30 minutes, gateways after 10
POLLED: Final = 20.0  # seconds between two looks where the server has no IDLE
LOOK_AGAIN: Final = 30.0  # seconds until what waits to be read is tried again
LEASE_RENEWED: Final = 20.0
STAND_BY: Final = 2.0  # seconds between two tries to take over from another reader
CHANGES_SEEN: Final = 2.0  # seconds until a change of an item is noticed
FIRST_PAUSE, MAX_PAUSE = 1.0, 300.0
AFTER_REFUSED_SIGN_IN: Final = 60.0  # trying quickly would lock the account
log = structlog.get_logger(__name__)
Version = tuple[uuid.UUID, datetime, datetime | None]  # of a mailbox and its credential


class MailboxReader:
    """Reads one mailbox, as its item was when it was made, on a thread of its own."""

    def __init__(self, system: ForeignSystem) -> None:
        self._system, self._id = system, uuid.uuid4()
        self._stopping = threading.Event()
        self._lease_renewed = 0.0
        self._thread = threading.Thread(target=self._run, name=f"mailbox {system.pk}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after what was begun; `join` waits for it."""
        self._stopping.set()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    @property
    def name(self) -> str:
        return self._system.name

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._stopping.wait(self._read_until_trouble())
            with suppress(DatabaseError, InterfaceError):
                contacts.release(self._system, self._id)
        finally:
            connections.close_all()

    def _read_until_trouble(self) -> float:
        """Read until it is stopped or something goes wrong; returns the seconds to pause then."""
        close_old_connections()
        try:
            if not self._holds_lease():
                return STAND_BY
            return self._converse()
        except Trouble as trouble:
            return self._note_trouble(trouble.answer.text, trouble)
        except (MailboxTrouble, IMAPClientError, Lost) as error:
            text = str(error) if isinstance(error, Lost) else words_of(error)
            return self._note_trouble(text, error)
        except (DatabaseError, InterfaceError) as error:
            log.warning("mailbox_waits_for_database", error=type(error).__name__)
            return POLLED
        except Exception as error:  # one mailbox shall not keep the others from being read
            log.exception("mailbox_not_read", mailbox=str(self._system.pk))
            return self._note_trouble(f"{type(error).__name__} while it was read", error)

    def _converse(self) -> float:
        server = imap_server_of(self._system)
        deadline = Deadline(step=server.timeout, total=server.total_timeout)
        session = open_session(server, deadline)
        try:
            inbox = Inbox(session, self._system, self._id, stopped=self._is_over)
            while not self._is_over():
                taken = inbox.take_in()
                contacts.note(self._system, _said(session, taken))
                self._wait(session, LOOK_AGAIN if inbox.waits_for_reading else IDLE_RENEWED)
            with suppress(IMAPClientError, Lost):
                session.logout()
        finally:
            session.wire.shutdown()
        return 0.0 if self._stopping.is_set() else STAND_BY

    def _wait(self, session: Session, seconds: float) -> None:
        if session.can_wait:
            session.wait(seconds, stopped=self._is_over)
            return
        until = time.monotonic() + min(seconds, POLLED)
        while time.monotonic() < until and not self._is_over():
            self._stopping.wait(1.0)

    def _is_over(self) -> bool:
        """Whether to end: it was stopped, or another reader has taken over."""
        return self._stopping.is_set() or not self._holds_lease()

    def _holds_lease(self) -> bool:
        now = time.monotonic()
        if self._lease_renewed and now - self._lease_renewed < LEASE_RENEWED:
            return True
        close_old_connections()
        holds = contacts.take(self._system, self._id)
        self._lease_renewed = now if holds else 0.0
        return holds

    def _note_trouble(self, text: str, error: Exception) -> float:
        """Tell people; returns the seconds to pause, longer after each failure."""
        log.warning("mailbox_trouble", mailbox=str(self._system.pk), reason=text)
        asks_for_people = isinstance(error, MailboxTrouble) or (
            isinstance(error, Trouble) and error.answer.alert
        )
        try:
            failures = contacts.note_trouble(self._system, text, alert=asks_for_people)
        except (DatabaseError, InterfaceError):
            failures = 1
        pause: float = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), MAX_PAUSE)
        if isinstance(error, Refused):
            pause = max(pause, AFTER_REFUSED_SIGN_IN)
        jitter: float = random.uniform(0.8, 1.2)  # noqa: S311  # not a secret
        return pause * jitter


class Mailboxes:
    """The readers of all enabled mailboxes."""

    def __init__(self) -> None:
        self._readers: dict[Version, MailboxReader] = {}
        self._ending: list[MailboxReader] = []

    def run(self, *, stopped: threading.Event, tell: Callable[[str], None]) -> None:
        """Read until `stopped`; `tell` gets the names of what is read, whenever that changes."""
        told: list[str] | None = None
        while not stopped.is_set():
            try:
                close_old_connections()
                self._follow_items()
            except (DatabaseError, InterfaceError) as error:
                log.warning("mailboxes_wait_for_database", error=type(error).__name__)
            names = sorted(reader.name for reader in self._readers.values())
            if names != told:
                tell(", ".join(names))
                told = names
            stopped.wait(CHANGES_SEEN)
        self.stop()

    def stop(self) -> None:
        """End all conversations after what was begun."""
        readers = [*self._readers.values(), *self._ending]
        for reader in readers:
            reader.stop()
        for reader in readers:
            reader.join(30.0)
        self._readers, self._ending = {}, []

    def _follow_items(self) -> None:
        """Start readers of new and changed mailboxes, and end those of changed and disabled ones."""
        systems = ForeignSystem.objects.mailboxes().select_related("credential")
        wanted = {_version(each): each for each in systems if each.mailbox.enabled}
        for version in self._readers.keys() - wanted.keys():
            reader = self._readers.pop(version)
            reader.stop()
            self._ending.append(reader)
        self._ending = [reader for reader in self._ending if reader.is_alive]
        for version in wanted.keys() - self._readers.keys():
            contacts.forget_trouble(wanted[version])
            self._readers[version] = MailboxReader(wanted[version])
            self._readers[version].start()


def _version(system: ForeignSystem) -> Version:
    credential = system.credential
    return system.pk, system.updated_at, credential.updated_at if credential else None


def _said(session: Session, taken: int) -> str:
    waits = "Waiting for mail." if session.can_wait else "The server has no IDLE; it's asked again."
    return f"{taken} taken in. {waits}" if taken else waits
