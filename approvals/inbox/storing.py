"""Storing incoming mail as it came, before anything else happens to it."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import structlog
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from approvals.inbox.probes import is_awaited
from approvals.models import IncomingMail
from approvals.reply.limits import MAX_MESSAGE
from approvals.tokens import bounce_token_in, invitation_of_reply, returned_mail, token_in
from core.alerts.services import raise_alert
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


def refuse(
    *,
    head: bytes,
    size: int,
    source: str,
    reason: str,
    alert: str,
    recipients: tuple[str, ...] = (),
    mailbox: str = "",
) -> IncomingMail:
    """Keep the header of a message that can't be taken in, marked as failed with `reason`.

    `size` is the whole message's, in bytes; administrators get `alert`. Raises what `receive` raises.
    """
    envelope: dict[str, str | bool] = {"verifies_senders": False, "size": str(size)}
    if mailbox:
        envelope["mailbox"] = mailbox
    with transaction.atomic():  # nobody shall take the header for the message
        mail = _stored(head, recipients, source, envelope)
        IncomingMail.objects.filter(pk=mail.pk, state=IncomingMail.State.STORED).update(
            state=IncomingMail.State.FAILED, reason=reason
        )
        page = reverse("mail_queue:message", args=[mail.pk])
        raise_alert(key=f"incoming:{mail.pk}", text=alert, link=page)
    return mail


def too_large(size: int) -> str:
    """Why a message of more than MAX_MESSAGE bytes decides nothing, on whatever road it came."""
    return f"It is {size:,} bytes large, more than the {MAX_MESSAGE:,} that are read."


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
