"""Storing incoming mail as it came, before anything else happens to it."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import structlog
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from approvals.models import IncomingMail
from approvals.tokens import invitation_of_reply, token_in
from core.encryption import encrypt
from core.hints import hint

RECIPIENTS = "incoming recipients"  # the purpose whose key encrypts them: they hold reply tokens
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
) -> IncomingMail:
    """Store a message as it came, before anything else happens to it; once, however often it comes.

    The row is committed when this returns; reading it is hinted to a worker. Raises whatever the
    database raises: the sender must then keep the message.
    """
    envelope = {
        "recipients": list(recipients),
        "mail_from": mail_from,
        "peer": peer,
        "verifies_senders": verifies_senders,
    }
    digest = hashlib.sha256(raw + json.dumps(envelope, sort_keys=True).encode()).hexdigest()
    sealed = encrypt(json.dumps(envelope["recipients"]).encode(), RECIPIENTS).decode()
    values = {
        "source": source,
        "envelope": {**envelope, "recipients": sealed},
        "sha256": digest,
    }
    try:
        with transaction.atomic():
            mail = IncomingMail.stored(raw, received_at=timezone.now(), **values)
            mail.save(force_insert=True)
    except IntegrityError:
        mail = IncomingMail.objects.get(sha256=digest)
        log.info("mail_received_again", mail=str(mail.pk))
    transaction.on_commit(lambda: hint("approvals.tasks.read_mail", str(mail.pk)))
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
    """Whether this is the reply address of an invitation: the listener refuses the others at RCPT."""
    token = token_in(address)
    return token is not None and invitation_of_reply(token) is not None
