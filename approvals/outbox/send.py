"""Sending claimed mail over kept connections, on threads inside this process."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import structlog

from approvals.letters.compose import Draft, fill
from approvals.letters.message import build
from approvals.models import OutgoingMail
from approvals.outbox.claim import (
    BATCH,
    MAX_START_DELAY,
    claim,
    fail_overdue,
    servers_with_due_mail,
)
from approvals.outbox.results import Result, record_results
from approvals.tokens import link_token, reply_address, reply_token
from foreign_systems.circuits import allowance, give_probe_back
from foreign_systems.models import ForeignSystem, sender_of
from foreign_systems.pool import Pool, pool_of
from foreign_systems.smtp import Answer, Blame, Kind

log = structlog.get_logger(__name__)


def send_due() -> int:
    """Send what is due, server by server; returns how many mails were tried."""
    fail_overdue()
    return sum(_send_through(server) for server in servers_with_due_mail())


def _send_through(server: ForeignSystem) -> int:
    tried = 0
    while limit := allowance(server, batch=BATCH):
        mails = claim(server, limit=limit)
        if not mails:
            give_probe_back(server)
            break
        tried += len(mails)
        if not _send_batch(server, mails):
            break
    return tried


def _send_batch(server: ForeignSystem, mails: list[OutgoingMail]) -> bool:
    """Send a batch; False when the destination failed, so that going on makes no sense now."""
    pool = pool_of(server)
    down = threading.Event()
    start_before = time.monotonic() + MAX_START_DELAY.total_seconds()
    workers = min(pool.limit, len(mails))
    with ThreadPoolExecutor(workers, thread_name_prefix="smtp") as threads:
        running = {
            threads.submit(_send_one, server, pool, mail, down, start_before) for mail in mails
        }
        for results in _as_they_come(running):
            # Recorded while others are still sending: a death now costs few duplicates.
            record_results(server, results)
    return not down.is_set()


def _as_they_come(running: set["Future[Result]"]) -> Iterator[list[Result]]:
    while running:
        done, running = wait(running, return_when=FIRST_COMPLETED)
        yield [future.result() for future in done]


def _send_one(
    server: ForeignSystem,
    pool: Pool,
    mail: OutgoingMail,
    down: threading.Event,
    start_before: float,
) -> Result:
    """Hand one mail over. No database here, and no exception leaves: one mail delays no other.

    It is not begun when the destination is down or the lease could end before the delivery does.
    """
    if down.is_set() or time.monotonic() > start_before:
        return Result(mail, answer=None)
    with structlog.contextvars.bound_contextvars(request_id=mail.trace):
        try:
            data = message_of(mail, server)
            with pool.connection() as connection:
                answer = connection.deliver(sender_of(mail.sender, server), mail.recipient, data)
                saw_starttls = connection.saw_starttls
        except Exception as error:
            log.exception("mail_not_sent", mail=str(mail.pk))
            reason = f"Internal error ({type(error).__name__}); see the log for details"
            answer, saw_starttls = Answer(Kind.DEFERRED, Blame.MESSAGE, None, reason), False
        if answer.blame is Blame.DESTINATION and answer.kind is not Kind.SENT:
            down.set()
        log.info("mail_tried", mail=str(mail.pk), outcome=answer.kind, code=answer.code)
        return Result(mail, answer, saw_starttls)


def message_of(mail: OutgoingMail, server: ForeignSystem) -> bytes:
    """The whole message; the same bytes at each try. Here the tokens are put in, nowhere else."""
    draft = Draft(**mail.draft)
    reply_to = None
    invitation = mail.invitation
    if invitation is not None:
        reply = reply_token(invitation.pk, invitation.key_number)
        draft = fill(
            draft,
            reply_token=reply,
            link_token=link_token(invitation.pk, invitation.key_number),
        )
        reply_to = reply_address(reply)
    return build(
        draft,
        sender=sender_of(mail.sender, server),
        recipient=mail.recipient,
        reply_to=reply_to,
        message_id=mail.message_id,
        date=mail.created_at,
        in_reply_to=mail.in_reply_to or None,
        automatic_answer=mail.kind.answers_a_reply,
    )
