"""Incoming mail: stored first, then read, then acted on; at least once, and counted at most once."""

import uuid
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from approvals.inbox.acting import act_on
from approvals.inbox.finding import find_invitation
from approvals.inbox.probes import note_return
from approvals.inbox.signing_keys import SigningKeys
from approvals.inbox.storing import NULL_SENDER
from approvals.inbox.tried_servers import note_report
from approvals.models import IncomingMail, Invitation
from approvals.reply import (
    InternalProof,
    KeyUnavailable,
    MailboxRules,
    Outcome,
    Reading,
    understand,
)
from approvals.reply.headers import Malformed, fields_of, split_head
from approvals.reply.keys import keys_of
from approvals.reply.limits import TooMuch
from approvals.tokens import returned_mail
from core.alerts.services import raise_alert
from core.logs import current_trace
from core.metrics import Counter
from core.tracing import span
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import tested_server

_signing_keys = SigningKeys()
REPLIES = Counter(
    "pmconsole_replies",
    "Received messages that were read",
    ("outcome",),
    tuple(IncomingMail.Outcome.values),
)
MAX_TRIES = 5  # then the message is marked as failed and administrators are alerted
# Begun without an end that was told: it ends the worker each time. More than an hour without DNS takes.
MAX_DEATHS = 25
WAIT_FOR_DNS = timedelta(hours=1)
# Between two tries of a message that waits for the DNS: doubled with each one.
FIRST_WAIT, MAX_WAIT = timedelta(minutes=1), timedelta(minutes=10)
# The outcomes of what an invited approver has written to us.
_ANSWERS = {Outcome.APPROVE, Outcome.DENY, Outcome.UNCLEAR, Outcome.CLOSED}
log = structlog.get_logger(__name__)


def mailbox_rules(*, peer_verifies_senders: bool, mailbox: str = "") -> MailboxRules:
    """How the place where a message arrived recognises senders: AUTHSERV_IDS says so for a listener or
    a command, the item for `mailbox`, its id. A mailbox that is gone proves nothing any more.
    """
    if not mailbox:
        return MailboxRules(
            reply_address=settings.REPLY_ADDRESS,
            authserv_ids=settings.AUTHSERV_IDS,
            peer_verifies_senders=peer_verifies_senders,
        )
    system = ForeignSystem.objects.mailboxes().filter(pk=mailbox).first()
    if system is None:
        return MailboxRules(settings.REPLY_ADDRESS, peer_verifies_senders=False)
    typed = system.mailbox
    proof = InternalProof(typed.internal_header, typed.internal_value, typed.internal_domains)
    return MailboxRules(
        reply_address=settings.REPLY_ADDRESS,
        authserv_ids=typed.authserv_ids,
        peer_verifies_senders=peer_verifies_senders,
        results_without_id=typed.results_without_id,
        one_field_per_filter=typed.one_field_per_filter,
        internal_proof=proof if typed.internal_header else None,
        dkim_key=_signing_keys if typed.verifies_dkim else None,
    )


def process(mail_id: uuid.UUID) -> None:
    """Read one stored message and act on it. Does nothing if that has happened already.

    Understanding runs outside of the transaction, since it may take a while; whether the request
    is still open is decided inside it.
    """
    mail = _due().filter(pk=mail_id).first()
    if mail is None or _waits_for_first_copy(mail):
        return
    # The request that it belongs to gives its id to the log lines of this message, and of no other.
    with structlog.contextvars.bound_contextvars(request_id=current_trace()):
        _process(mail)


def _due() -> QuerySet[IncomingMail]:
    """What was stored and not read, and doesn't wait for the DNS just now."""
    is_due = Q(next_try_at__isnull=True) | Q(next_try_at__lte=Now())
    return IncomingMail.objects.filter(is_due, state=IncomingMail.State.STORED)


def _process(mail: IncomingMail) -> None:
    mail_id = mail.pk
    if mail.tries >= MAX_DEATHS:  # else it's the first to be read again, and none behind it ever is
        _give_up(mail_id, "It ended the worker each time that it was read")
        return
    IncomingMail.objects.filter(pk=mail_id).update(tries=F("tries") + 1)
    try:
        reading = _understood(mail)
        with transaction.atomic():
            _record(mail, reading)
    except KeyUnavailable as error:
        log.warning("mail_waits_for_dns", mail=str(mail_id), key=str(error))
        wait = min(FIRST_WAIT * (1 << min(mail.tries, 10)), MAX_WAIT)
        IncomingMail.objects.filter(pk=mail_id).update(next_try_at=Now() + wait)
    except (OperationalError, InterfaceError) as error:  # the database's trouble, not the mail's
        log.warning("mail_waits_for_database", mail=str(mail_id), error=type(error).__name__)
        with suppress(OperationalError, InterfaceError):
            IncomingMail.objects.filter(pk=mail_id).update(tries=F("tries") - 1)
    except Exception as error:
        log.exception("mail_not_read", mail=str(mail_id))
        _give_up(mail_id, f"{type(error).__name__} while it was read", after=MAX_TRIES)


def _understood(mail: IncomingMail) -> Reading:
    """Raises KeyUnavailable while the DNS is away; after a while the signature counts for nothing."""
    rules = _rules_of(mail)
    if mail.received_at < timezone.now() - WAIT_FOR_DNS:
        rules = replace(rules, dkim_key=None)
    return understand(
        mail.raw(),
        rules=rules,
        find=find_invitation,
        recipients=mail.recipients(),
        null_sender=mail.envelope.get("mail_from") == NULL_SENDER,
    )


def _rules_of(mail: IncomingMail) -> MailboxRules:
    return mailbox_rules(
        peer_verifies_senders=mail.envelope["verifies_senders"],
        mailbox=mail.envelope.get("mailbox", ""),
    )


def _waits_for_first_copy(mail: IncomingMail) -> bool:
    """Whether this is a duplicate, and the copy that counts can't be read yet."""
    if mail.duplicate_of_id is None:
        return False
    first = _copy_that_counts(mail)
    if first is not None and first.state == IncomingMail.State.STORED:
        process(first.pk)
        first.refresh_from_db()
    if first is None or first.state != IncomingMail.State.STORED:
        return False
    IncomingMail.objects.filter(pk=mail.pk).update(next_try_at=first.next_try_at)
    return True


def _copy_that_counts(mail: IncomingMail) -> IncomingMail | None:
    copies = IncomingMail.objects.filter(content_sha256=mail.content_sha256, duplicate_of=None)
    return copies.exclude(pk=mail.pk).first()


def _record(mail: IncomingMail, reading: Reading) -> None:
    """Keep what was read and act on it, unless another worker was quicker or it is a duplicate."""
    stored = IncomingMail.objects.filter(pk=mail.pk, state=IncomingMail.State.STORED)
    if not stored.update(state=IncomingMail.State.READ):
        return
    transaction.on_commit(lambda: REPLIES.count(mail.outcome))
    mail.state = IncomingMail.State.READ
    invitation = (
        Invitation.objects.select_related("request").filter(pk=reading.invitation_id).first()
        if reading.invitation_id
        else None
    )
    returned = _bounce_token(mail)
    mail.returned = returned_mail(returned)
    if mail.returned is not None:
        mail.invitation, mail.request = mail.returned.invitation, mail.returned.request
    elif invitation is not None:
        mail.invitation, mail.request = invitation, invitation.request
        structlog.contextvars.bind_contextvars(request_id=invitation.request.trace)
    mail.outcome, mail.reason = reading.outcome, reading.reason[:500]
    mail.reading, mail.sender = asdict(reading), reading.sender[:300]
    if invitation is None:
        note_return(mail, _rules_of(mail))
        note_report(mail, reading, returned)
    first = _copy_that_counts(mail) if mail.duplicate_of_id else None
    if first is not None and not _takes_its_place(mail, first, reading):
        mail.outcome = IncomingMail.Outcome.DUPLICATE
        mail.reason = (
            f"The same message came at {first.received_at:%Y-%m-%d %H:%M} UTC. It counts once."
        )
        mail.save()
        return
    mail.save()
    with span("reply", outcome=mail.outcome):
        act_on(mail, reading, invitation)
    log.info("mail_read", mail=str(mail.pk), outcome=mail.outcome, reason=mail.reason)


def _bounce_token(mail: IncomingMail) -> str:
    """The token of the one bounce address of ours to which this came; "" if there isn't one."""
    try:
        fields = fields_of(split_head(mail.raw())[0])
        tokens = keys_of(fields, settings.REPLY_ADDRESS, mail.recipients()).returned
    except (Malformed, TooMuch):
        return ""
    known = [token for token in tokens if returned_mail(token) or tested_server(token)]
    return known[0] if len(known) == 1 else ""


def _takes_its_place(mail: IncomingMail, first: IncomingMail, reading: Reading) -> bool:
    """Let this copy count if it is an approver's answer, or tells that they are away, and the first one
    was proven to be none.

    Else whoever gets hold of an answer could keep it from counting, by a copy that comes earlier
    from a peer that doesn't verify senders. At most one copy of a message ever acts as an answer:
    there is one that counts, and this takes its place by a conditional UPDATE.
    """
    counted = first.reading.get("outcome")
    # A copy of which less is proven may be unclear where the answer is not. She was told then that it
    # didn't count, so it doesn't approve any more; refusing is the safe side.
    refuses = counted == Outcome.UNCLEAR and reading.outcome == Outcome.DENY
    is_answer = reading.outcome in _ANSWERS and (counted not in _ANSWERS or refuses)
    tells_away = reading.out_of_office and reading.authenticated
    if not (is_answer or (tells_away and not first.reading.get("authenticated"))):
        return False
    if not IncomingMail.objects.filter(pk=first.pk, duplicate_of=None).update(duplicate_of=mail):
        return False
    IncomingMail.objects.filter(duplicate_of=first).exclude(pk=mail.pk).update(duplicate_of=mail)
    mail.duplicate_of = None
    return True


def _give_up(mail_id: uuid.UUID, reason: str, *, after: int = 0) -> None:
    """Mark a message as failed, if it was tried that often, and alert administrators."""
    failed = IncomingMail.objects.filter(
        pk=mail_id, state=IncomingMail.State.STORED, tries__gte=after
    )
    if failed.update(state=IncomingMail.State.FAILED, reason=reason):
        raise_alert(
            key=f"incoming:{mail_id}",
            text="An incoming message couldn't be read, so it decided nothing. "
            "See the worker's log for the reason.",
            link=reverse("mail_queue:message", args=[mail_id]),
        )


def process_left_over(*, limit: int = 50) -> int:
    """Read what was stored and not read: its hint got lost or its worker died. Returns how many."""
    mail_ids = list(_due().order_by("received_at").values_list("pk", flat=True)[:limit])
    for mail_id in mail_ids:
        process(mail_id)
    return len(mail_ids)
