"""Storing incoming mail as it came, before anything else happens to it."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import structlog
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from approvals.inbox.probes import is_awaited
from approvals.models import IncomingMail
from approvals.tokens import bounce_token_in, invitation_of_reply, returned_mail, token_in
from core.hints import hint
from foreign_systems.pool import tested_server

NULL_SENDER = "<>"  # the envelope's sender of reports and automatic answers (RFC 5321, RFC 3834)
A = TypeVar("A")
R = TypeVar("R")
log = structlog.get_logger(__name__)


def receive(
    *,
    raw: bytes,
    recipients: tuple[str, ...],
    mail_from: str,
    source: str,
    peer: str,
    verifies_senders: bool,
    mailbox: str = "",
) -> IncomingMail:
    """Store a message as it came, before anything else happens to it.

    The same bytes with the same envelope are stored once, however often they come. The same message
    by another road is stored as a duplicate of the first. The row is committed when this returns;
    reading it is hinted to a worker. Raises whatever the database raises: the sender must then keep
    the message. `mail_from` is the envelope's sender, "<>" of a server's notification, "" if unknown;
    `mailbox` is the id of the one that it was read from.
    """
    envelope: dict[str, str | bool] = {
        "mail_from": mail_from,
        "peer": peer,
        "verifies_senders": verifies_senders,
    }
    if mailbox:
        envelope["mailbox"] = mailbox
    mail = _stored(raw, recipients, source, envelope)
    transaction.on_commit(lambda: hint("approvals.tasks.read_mail", str(mail.pk)))
    return mail


def refuse(*, head: bytes, size: int, source: str, mailbox: str, reason: str) -> IncomingMail:
    """Keep the header of a message that is too large to be taken in, marked as failed with `reason`."""
    envelope: dict[str, str | bool] = {
        "mailbox": mailbox,
        "verifies_senders": False,
        "size": str(size),
    }
    mail = _stored(head, (), source, envelope)
    IncomingMail.objects.filter(pk=mail.pk, state=IncomingMail.State.STORED).update(
        state=IncomingMail.State.FAILED, reason=reason
    )
    return mail


def _stored(
    raw: bytes, recipients: tuple[str, ...], source: str, envelope: dict[str, str | bool]
) -> IncomingMail:
    """The row of this message with this envelope, new or from before."""
    digest = hashlib.sha256(raw)
    digest.update(json.dumps({**envelope, "recipients": recipients}, sort_keys=True).encode())
    mail = IncomingMail.stored(
        raw,
        received_at=timezone.now(),
        recipients=recipients,
        source=source,
        envelope=envelope,
        sha256=digest.hexdigest(),
    )
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:
        return _stored_again(mail)
    return mail


def _stored_again(mail: IncomingMail) -> IncomingMail:
    """The row of a delivery that came before, or else a new one, of a duplicate."""
    earlier = IncomingMail.objects.filter(sha256=mail.sha256).first()
    if earlier is not None:
        log.info("mail_received_again", mail=str(earlier.pk))
        return earlier
    mail.duplicate_of = IncomingMail.objects.filter(
        content_sha256=mail.content_sha256, duplicate_of=None
    ).first()
    mail.save(force_insert=True)
    return mail


def closing_connections(work: Callable[[A], R]) -> Callable[[A], R]:
    """`work`, leaving no database connection open on the listener's thread that does it."""

    @wraps(work)
    def done(argument: A) -> R:
        try:
            return work(argument)
        finally:
            connections.close_all()

    return done


def known_address(address: str) -> bool:
    """Whether it is the reply address of an invitation, the bounce address of a mail or of a test of a
    server, or one that a probe of ours is on its way to.

    The listener refuses the others at RCPT.
    """
    if (token := token_in(address)) and invitation_of_reply(token) is not None:
        return True
    if (token := bounce_token_in(address)) and (returned_mail(token) or tested_server(token)):
        return True
    return is_awaited(address)
