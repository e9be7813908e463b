"""Sending claimed mail over kept connections, on threads inside this process."""

import threading
import time
from functools import partial

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from approvals.letters.compose import Personal, PersonalDigest
from approvals.letters.kinds import KINDS
from approvals.letters.message import build
from approvals.outbox.claim import BATCH, MAX_START_DELAY, ClaimedMail, claim
from approvals.outbox.results import Result, record_results
from approvals.tokens import (
    bounce_address,
    bounce_token,
    link_token,
    reply_address,
    reply_token,
)
from core.hints import hint
from core.tracing import span
from foreign_systems.circuits import allowance, give_probe_back, is_open, open_circuit
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import Pool, pool_of
from foreign_systems.smtp import Answer, Blame, Connection, Kind

RECORD_WITHIN = 0.05  # seconds from a server's answer; what is unrecorded at a death goes twice
RECORD_TRIES = 60.0  # seconds of trying to record; the leases of what was sent last longer
log = structlog.get_logger(__name__)
# Set when this process is asked to end: what is being sent is finished, and the rest set free.
stopping = threading.Event()


def send_due() -> int:
    """Send what is due, server by server; returns how many mails were tried.

    Run at every hint, so nothing here that can wait for the sweep (upkeep.py).
    """
    tried = 0
    # To ask first which servers have due mail would cost an idle system more than a claim in vain.
    servers = ForeignSystem.objects.smtp_servers().select_related(
        "credential", "circuit", "second__credential", "second__circuit"
    )
    for server in servers:
        tried += _send_or_open_circuit(server)
        if server.second is not None and is_open(server):
            tried += _send_or_open_circuit(server.second, mail_of=server)
    return tried


def _send_or_open_circuit(server: ForeignSystem, mail_of: ForeignSystem | None = None) -> int:
    """A server that can't be used, such as one whose secret can't be read, holds up no other."""
    try:
        return _send_through(server, mail_of)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("server_not_used", server=server.name)
        reason = f"Internal error ({type(error).__name__}); see the log for details"
        open_circuit(server, reason=reason, alert=True)
        return 0


def _send_through(server: ForeignSystem, mail_of: ForeignSystem | None = None) -> int:
    """Claim ahead of the connections, and record what has been answered while others still send.

    `mail_of` is the server that is down and whose mail this one takes in its place. Message-ID, From
    and bytes are what they would be there; the attempt and the circuit are this one's.
    """
    sending, owner = Sending(server, in_place_of_another=mail_of is not None), mail_of or server
    tried, more, batch, ahead = 0, not stopping.is_set(), BATCH, 0
    try:
        while more or sending.unrecorded:
            if more and sending.under_way <= ahead:
                limit = allowance(server, batch=batch)
                mails = claim(owner, limit=limit) if limit else []
                if limit == 1 and not mails:
                    give_probe_back(server)
                sending.begin(mails)
                if len(mails) == BATCH and not tried:
                    hint("approvals.tasks.send_mail")  # there is work for two
                tried += len(mails)
                more = bool(mails)
                ahead = batch // 2 if limit == batch else 0  # what becomes of a probe is awaited
            results = sending.results(ahead=ahead if more else 0)
            if results:
                _record(server, results)
            # What is left when the end comes should be little, and spread over the workers.
            batch = min(BATCH, 2 * max(len(results), server.typed.connection_limit))
            more = more and not (sending.down.is_set() or stopping.is_set())
    except BaseException:
        sending.down.set()  # nobody would record what became of the rest
        raise
    return tried


def _record(server: ForeignSystem, results: list[Result]) -> None:
    """Try again while the database is away: what is sent and not recorded would be sent twice.

    The mails' leases tell what a commit without an answer has recorded all the same.
    """
    give_up = time.monotonic() + RECORD_TRIES
    while True:
        try:
            return record_results(server, results)
        except (OperationalError, InterfaceError):
            if time.monotonic() > give_up or connection.in_atomic_block:
                raise
            log.warning("results_not_recorded", count=len(results))
            connection.close()
            time.sleep(0.2)


class Sending:
    """Claimed mail of one server that is on its way, and what became of it."""

    def __init__(self, server: ForeignSystem, *, in_place_of_another: bool = False) -> None:
        self._in_place_of_another = in_place_of_another
        self.down = threading.Event()  # the destination failed: to go on makes no sense now
        self.unrecorded = 0
        self._server = server
        self._bounce_addresses = server.typed.bounce_addresses
        self._results: list[Result] = []
        self._ahead = 0
        self._answered = threading.Condition()

    @property
    def under_way(self) -> int:
        """Mails without an answer."""
        return self.unrecorded - len(self._results)

    def begin(self, mails: list[ClaimedMail]) -> None:
        """Hand them to the pool; each is begun early enough to end within its lease, or not at all."""
        start_before = time.monotonic() + MAX_START_DELAY.total_seconds()
        if not mails:
            return
        pool = pool_of(self._server)
        self.unrecorded += len(mails)
        for mail in mails:
            with span("mail claimed", trace=mail.trace, mail=str(mail.id), purpose=mail.purpose):
                pass
            pool.run(partial(self._deliver, mail, start_before, pool))

    def results(self, *, ahead: int) -> list[Result]:
        """What has been answered, soon after the first answer; sooner if no more than `ahead` mails
        are left to send. Empty only if nothing is under way.
        """
        with self._answered:
            self._ahead = ahead
            self._answered.wait_for(lambda: self._results or not self.unrecorded)
            self._answered.wait_for(lambda: self.under_way <= ahead, timeout=RECORD_WITHIN)
            results, self._results = self._results, []
            self.unrecorded -= len(results)
        return results

    def _note(self, result: Result) -> None:
        """Keep it, and wake who waits for results only when there is something to do."""
        with self._answered:
            self._results.append(result)
            if len(self._results) == 1 or self.under_way <= self._ahead:
                self._answered.notify()

    def _deliver(
        self, mail: ClaimedMail, start_before: float, pool: Pool, connection: Connection
    ) -> None:
        """Hand one mail over. No database here, and no exception leaves: one mail delays no other."""
        if self.down.is_set() or stopping.is_set() or time.monotonic() > start_before:
            self._note(Result(mail, answer=None))
            return
        is_our_fault = False
        kind = Kind.FAILED  # what we can't build today we can't build tomorrow
        try:
            data = message_of(mail)
            kind = Kind.DEFERRED
            with span("SMTP", trace=mail.trace, mail=str(mail.id)) as traced:
                answer = connection.deliver(self._mail_from(mail), mail.recipient, data)
                if traced is not None:
                    traced.set_attribute("pmconsole.answer", f"{answer.code} {answer.kind.value}")
        except Exception as error:
            log.exception("mail_not_sent", mail=str(mail.id), request_id=mail.trace)
            connection.close()
            is_our_fault = True
            reason = f"Internal error ({type(error).__name__}); see the log for details"
            answer = Answer(kind, Blame.MESSAGE, None, reason)
        if answer.kind is Kind.SENT:
            pool.note_taken()
        elif answer.code == 421:
            pool.narrow()
        if answer.blame is Blame.DESTINATION and answer.kind is not Kind.SENT:
            self.down.set()
        self._note(
            Result(mail, answer, connection.saw_starttls, self._in_place_of_another, is_our_fault)
        )

    def _mail_from(self, mail: ClaimedMail) -> str:
        """The mail's own bounce address; its From where there is none or the server takes no other."""
        if mail.bounce_key_number is None or not self._bounce_addresses:
            return mail.sender
        return bounce_address(bounce_token(mail.id, mail.bounce_key_number))


def message_of(mail: ClaimedMail) -> bytes:
    """The whole message; the same bytes at each try. Here the tokens are put in, nowhere else."""
    personal: Personal | PersonalDigest | None = None
    reply_to = None
    if mail.invitation_id is not None and mail.key_number is not None:
        reply = reply_token(mail.invitation_id, mail.key_number)
        link = link_token(mail.invitation_id, mail.key_number)
        personal = Personal(reply, link, mail.recipient)
        reply_to = reply_address(reply)
    elif mail.asks:
        tokens = {of: (reply_token(of, key), link_token(of, key)) for of, key in mail.asks}
        personal = PersonalDigest(tokens, mail.recipient)
        reply_to = (
            settings.REPLY_ADDRESS
        )  # a reply to it names no invitation, so it decides nothing
    return build(
        mail.draft,
        personal=personal,
        sender=mail.sender,
        sender_name=mail.sender_name,
        recipient=mail.recipient,
        reply_to=reply_to,
        message_id=mail.message_id,
        date=mail.created_at,
        in_reply_to=mail.in_reply_to or None,
        automatic_answer=KINDS[mail.purpose].answers_a_reply,
    )
