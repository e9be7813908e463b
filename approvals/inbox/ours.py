"""Whether a message in a shared mailbox is for pmconsole, from its header alone where that tells."""

from collections.abc import Iterable

import structlog
from django.conf import settings

from approvals.inbox.storing import known_address
from approvals.models import OutgoingMail
from approvals.reply.addresses import recipient_addresses
from approvals.reply.automatic import detect_automatic
from approvals.reply.headers import Fields, Malformed, fields_of, split_head, values
from approvals.reply.keys import keys_of
from approvals.reply.limits import MAX_HEAD, TooMuch
from approvals.reply.parts import parse_message

_RECIPIENTS = ("delivered-to", "to", "cc")
log = structlog.get_logger(__name__)


def is_ours(head: bytes) -> bool:
    """Whether a header names a reply address, another address of ours, or a mail that we sent.

    One that can't be read is ours if it holds the beginning of a reply address: then the message is
    stored and refused, which people see. Whatever is in it, only the database's trouble is raised.
    """
    try:
        fields = fields_of(split_head(head)[0][:MAX_HEAD])
        keys = keys_of(fields, settings.REPLY_ADDRESS, ())
        recipients = list(_recipients(fields))
    except Exception as error:
        _tell_unexpected(error)
        local, _, _ = settings.REPLY_ADDRESS.partition("@")
        return f"{local}+".lower().encode() in head.lower()
    if keys.tokens or any(known_address(address) for address in recipients):
        return True
    return _were_sent(keys.message_ids)


def is_report(head: bytes) -> bool:
    """Whether a header is that of a delivery report, whose body may name a mail of ours."""
    try:
        fields = fields_of(split_head(head)[0])
    except Exception as error:
        _tell_unexpected(error)
        return False
    return any("multipart/report" in value.lower() for value in values(fields, "content-type"))


def reports_on_ours(raw: bytes) -> bool:
    """Whether this delivery report is about a mail that we sent."""
    try:
        found = detect_automatic(parse_message(raw), settings.REPLY_ADDRESS)
    except Exception as error:
        _tell_unexpected(error)
        return False
    return found.report is not None and _were_sent(found.report.message_ids)


def _tell_unexpected(error: Exception) -> None:
    """Note a fault of ours: a message that is merely malformed is nothing to tell of."""
    if not isinstance(error, Malformed | TooMuch):
        log.error("header_not_read", exc_info=error)


def _recipients(fields: Fields) -> Iterable[str]:
    for name in _RECIPIENTS:
        for value in values(fields, name):
            yield from recipient_addresses(value)


def _were_sent(message_ids: tuple[str, ...]) -> bool:
    return bool(message_ids) and OutgoingMail.objects.filter(message_id__in=message_ids).exists()
