"""By what a message is known again, whatever road it has come by. Pure."""

import hashlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from approvals.reply.headers import Fields, Malformed, fields_of, split_head, values
from approvals.reply.limits import TooMuch

# The fields that a message's author writes, or his mail program for him (RFC 5322, 3.6; RFC 2045).
# Everything else is a trace of the road: servers add it, on top or among these (Received,
# Return-Path, Delivered-To, Authentication-Results, ARC and DKIM of forwarders, X-Spam…).
AUTHORS_FIELDS = frozenset(
    (
        *("from", "sender", "reply-to", "to", "cc", "date", "message-id", "in-reply-to"),
        *("references", "subject", "comments", "keywords", "auto-submitted", "precedence"),
        *("list-id", "content-type", "content-transfer-encoding", "content-disposition"),
        *("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-autoreply-from"),
    )
)


def content_hash(raw: bytes) -> str:
    """SHA-256 of what the author wrote, in hex: his header fields, Message-ID among them, and the body.

    The same for copies that differ in trace fields, in the order and folding of fields, in CR LF or
    LF, and in empty lines at the end. A relay that encodes the body anew (8-bit as quoted-printable)
    makes another message. Never raises.
    """
    plain = raw.replace(b"\r\n", b"\n")
    head, body = split_head(plain)
    try:
        written = sorted(
            f"{name}: {' '.join(value.split())}"
            for name, value in fields_of(head)
            if name in AUTHORS_FIELDS
        )
    except (Malformed, TooMuch):  # it will be refused: any copy of the same bytes is the same
        written, body = [], plain
    digest = hashlib.sha256("\n".join(written).encode("utf-8", "surrogateescape"))
    digest.update(b"\n\n")
    digest.update(body.rstrip(b"\n"))
    return digest.hexdigest()


def written_at(fields: Fields) -> datetime | None:
    """When its author says that he wrote it, in UTC; None unless one Date field says it clearly."""
    dates = values(fields, "date")
    if len(dates) != 1:
        return None
    try:
        date = parsedate_to_datetime(dates[0])
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
