"""Reading one mailbox: each message is stored, understood, acted on, and then moved.

Nothing is skipped and nothing counts twice: a message is dealt with once it is moved or known not to
be ours, the contact remembers up to which UID all are (`foreign_systems/contacts.py`), and what is
fetched again after a death or a change of UIDVALIDITY is known by its content (`storing.receive`).
"""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Final

import structlog
from django.db import DatabaseError, DataError, InterfaceError

from approvals.inbox import ours
from approvals.inbox.reading import process
from approvals.inbox.storing import receive, refuse, too_large
from approvals.models import IncomingMail
from approvals.reply.limits import MAX_MESSAGE
from core.alerts.services import raise_alert
from foreign_systems import contacts
from foreign_systems.imap.session import IMAPClientError, Session, words_of
from foreign_systems.models import ForeignSystem
from foreign_systems.smtp.answers import Trouble
from foreign_systems.smtp.wire import Lost

SOURCE: Final = "imap"
BATCH: Final = 50  # headers fetched at once
MAX_ROUNDS: Final = 100  # of one pass, while the server goes on announcing mail
log = structlog.get_logger(__name__)


class MailboxTrouble(Exception):
    """The mailbox can't be read as it should be; the text says why, in the server's words."""


class Inbox:
    """The messages of one mailbox's Inbox, over one conversation.

    `reader` holds the lease (`foreign_systems/contacts.py`). `stopped` is asked between messages: what
    was begun is finished, nothing new is begun.
    """

    def __init__(
        self,
        session: Session,
        system: ForeignSystem,
        reader: uuid.UUID,
        *,
        stopped: Callable[[], bool],
    ) -> None:
        self._session, self._system, self._stopped = session, system, stopped
        self._reader = reader
        self._typed = system.mailbox
        self._read_up_to = 0
        self._done: set[int] = set()  # UIDs above `_read_up_to` that are dealt with
        self._waiting: dict[int, uuid.UUID] = {}  # stored, and not read yet
        self._refused: dict[int, str] = {}  # what the server wouldn't do in this pass
        self._uid_validity = 0
        self._stored = self._others = 0  # since progress was noted

    @property
    def waits_for_reading(self) -> bool:
        """Whether messages are stored that couldn't be read yet."""
        return bool(self._waiting)

    def take_in(self) -> int:
        """Deal with all that is there; returns how many messages were taken in.

        Raises MailboxTrouble if the server refused something; all other messages were dealt with.
        """
        uid_validity, _ = self._session.open_folder(self._typed.inbox)
        if uid_validity != self._uid_validity:  # the UIDs that we know are of other messages
            self._done, self._waiting = set(), {}
        self._uid_validity = uid_validity
        self._read_up_to = contacts.read_up_to(
            self._system, self._reader, self._typed.inbox, uid_validity
        )
        self._refused, taken = {}, 0
        self._look_again_at_waiting()
        for _ in range(MAX_ROUNDS):
            self._session.forget_news()
            taken += self._take_in_new()
            if self._stopped() or not self._session.has_news:
                break
        if self._refused:
            raise MailboxTrouble(next(iter(self._refused.values())))
        return taken

    def _take_in_new(self) -> int:
        known = self._done | self._waiting.keys() | self._refused.keys()
        new = [uid for uid in self._session.uids_after(self._read_up_to) if uid not in known]
        taken = 0
        for first in range(0, len(new), BATCH):
            uids = new[first : first + BATCH]
            heads = self._session.heads(uids)
            for uid in uids:
                if self._stopped():
                    return taken
                size, head = heads.get(uid, (0, b""))
                if self._attempt(uid, partial(self._deal_or_put_aside, uid, size, head)):
                    taken += 1
            self._note_progress(uids[-1])
        return taken

    def _attempt(self, uid: int, work: Callable[[], bool]) -> bool:
        """`work`; a refusal of the server is kept for the pass's end, so that other mail goes on."""
        try:
            return work()
        except IMAPClientError as error:
            if not self._session.search(["UID", str(uid)]):  # another program has taken it away
                self._waiting.pop(uid, None)
                self._done.add(uid)
                return False
            log.warning("mailbox_refused", mailbox=str(self._system.pk), uid=uid, error=str(error))
            self._refused[uid] = words_of(error)
            return False

    def _deal_or_put_aside(self, uid: int, size: int, head: bytes) -> bool:
        """Take in one message; whatever it makes go wrong, the next one is read."""
        for deal in (self._deal_with, self._put_aside, self._leave):
            try:
                return deal(uid, size, head)
            except (IMAPClientError, Lost, Trouble, OSError):
                raise  # the connection's trouble, not the message's
            except Exception as error:
                if isinstance(error, DatabaseError | InterfaceError) and not isinstance(
                    error, DataError
                ):
                    raise
                log.exception("message_not_taken_in", mailbox=str(self._system.pk), uid=uid)
        return False

    def _deal_with(self, uid: int, size: int, head: bytes) -> bool:
        """Take in one message, unless it is gone or not ours; whether it was taken in."""
        raw: bytes | None = None
        is_ours = bool(head) and ours.is_ours(head)
        if not is_ours and ours.is_report(head) and size <= MAX_MESSAGE:
            raw = self._session.message(uid)
            is_ours = raw is not None and ours.reports_on_ours(raw)
        if not is_ours:
            self._others += bool(head)
            self._done.add(uid)
            return False
        if size > MAX_MESSAGE:
            return self._refuse(uid, size, head, "was too large to be read", too_large(size))
        raw = raw if raw is not None else self._session.message(uid)
        if raw is None:  # another program has taken it away
            self._done.add(uid)
            return False
        mail = receive(
            raw=raw,
            recipients=(),  # Delivered-To, To and Cc are read from the message itself
            mail_from="",
            source=SOURCE,
            peer="mailbox",
            verifies_senders=True,
            mailbox=str(self._system.pk),
        )
        self._stored += 1
        process(mail.pk)
        self._file(uid, mail.pk)
        return True

    def _put_aside(self, uid: int, size: int, head: bytes) -> bool:
        reason = "It couldn't be taken in. See the log for the reason."
        return self._refuse(uid, size, head, "couldn't be taken in", reason)

    def _leave(self, uid: int, size: int, head: bytes) -> bool:
        """Not even its header can be kept: it stays in the Inbox, where people can look at it."""
        raise_alert(
            key=f"message:{self._system.pk}:{self._uid_validity}:{uid}",
            text=f"A message in {self._system.name} ({size:,} bytes, UID {uid}) couldn't be taken in, "
            "so it decided nothing. It stays in the Inbox.",
        )
        self._done.add(uid)
        return False

    def _refuse(self, uid: int, size: int, head: bytes, why: str, reason: str) -> bool:
        mail = refuse(
            head=head,
            size=size,
            source=SOURCE,
            reason=reason,
            alert=f"A message in {self._system.name} {why}, so it decided nothing.",
            mailbox=str(self._system.pk),
        )
        self._stored += 1
        self._file(uid, mail.pk)
        return True

    def _look_again_at_waiting(self) -> None:
        for uid, mail_id in list(self._waiting.items()):
            process(mail_id)
            self._attempt(uid, partial(self._file, uid, mail_id))

    def _file(self, uid: int, mail_id: uuid.UUID) -> bool:
        """Move a stored message to where it belongs, or let it wait; whether it was moved."""
        state = IncomingMail.objects.values_list("state", flat=True).get(pk=mail_id)
        if state == IncomingMail.State.STORED:
            self._waiting[uid] = mail_id
            return False
        failed = state == IncomingMail.State.FAILED
        self._session.add_flags([uid], [b"\\Seen"], silent=True)
        self._session.move_to(uid, self._typed.failed if failed else self._typed.processed)
        self._waiting.pop(uid, None)
        self._done.add(uid)
        return True

    def _note_progress(self, last: int) -> None:
        """Remember up to where everything is dealt with, so that nobody looks at it again."""
        unfinished = self._waiting.keys() | self._refused.keys()
        self._read_up_to = min(unfinished, default=last + 1) - 1
        self._done = {uid for uid in self._done if uid > self._read_up_to}
        contacts.note_progress(
            self._system,
            self._reader,
            self._typed.inbox,
            self._uid_validity,
            read_up_to=self._read_up_to,
            stored=self._stored,
            other_mail=self._others,
        )
        self._stored = self._others = 0
