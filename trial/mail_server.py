"""The trial mail server: it keeps what would have gone out, and takes replies in.

It captures mail only from who signs in with the password that `up` has generated: everybody on this
machine can connect to it, and could otherwise put e-mails of his own into the Trial Mailbox. Replies
from a client that signed in get the finding `dmarc=pass`, as an organisation's own mail server would
state it for mail of its people. Others get none, and are rejected when they are read; only so many of
them are stored.
"""

import re
from uuid import UUID

from django.db import transaction

from approvals.inbox.listener import Listener, NotTaken, Received
from approvals.inbox.storing import NULL_SENDER, closing_connections, known_address, receive
from approvals.models import IncomingMail
from trial import mail_account
from trial.messages import sender_of, subject_of
from trial.models import CapturedMail

_RESULTS = re.compile(rb"(?i)authentication-results[ \t]*:")
MAX_SUBJECT = 300  # characters; more is cut in the list, the message itself stays whole
MAX_KEPT = 2_000  # messages; the oldest go first
MAX_KEPT_BYTES = 200_000_000  # of all kept messages together
SIGNED_IN, STRANGER = "trial", "trial, no sign-in"  # sources of incoming mail
MAX_OF_STRANGERS = 100  # stored replies of clients that haven't signed in
MAX_SIZE_OF_STRANGERS = 100_000  # bytes of one


def trial_listener(port: int) -> Listener:
    """A listener on loopback for both directions; not yet started."""
    return Listener(
        host="127.0.0.1",
        port=port,
        known=closing_connections(known_address),
        store=closing_connections(take_reply),
        capture=closing_connections(keep),
        login=mail_account.is_right,
    )


def take_reply(received: Received) -> None:
    """Hand a reply over to the inbox, with this server's finding about its sender.

    Raises NotTaken where a client that hasn't signed in would fill the trial's database.
    """
    raw = without_results(received.raw)
    if received.signed_in:
        raw = finding(raw) + raw
    elif len(raw) > MAX_SIZE_OF_STRANGERS:
        raise NotTaken("552 5.3.4 Too large without signing in")
    elif IncomingMail.objects.filter(source=STRANGER).count() >= MAX_OF_STRANGERS:
        raise NotTaken("452 4.3.1 Too many replies without signing in")
    receive(
        raw=raw,
        recipients=received.recipients,
        mail_from=received.mail_from or NULL_SENDER,
        source=SIGNED_IN if received.signed_in else STRANGER,
        peer=received.peer,
        verifies_senders=True,
    )


def keep(received: Received) -> None:
    """Keep a message once for each recipient: the mailboxes of the trial."""
    subject = subject_of(received.raw)[:MAX_SUBJECT]
    with transaction.atomic():
        for recipient in received.recipients:
            mail = CapturedMail(recipient=recipient, subject=subject)
            mail.set_raw(received.raw)
            mail.save()
        _drop_oldest()


def _drop_oldest() -> None:
    """Drop the captured messages that are more than the trial keeps."""
    room = MAX_KEPT_BYTES
    too_many: list[UUID] = []
    sizes = CapturedMail.objects.order_by("-at", "-id").values_list("pk", "size")
    for place, (mail_id, size) in enumerate(sizes):
        room -= size
        if place and (place >= MAX_KEPT or room < 0):
            too_many.append(mail_id)
    CapturedMail.objects.filter(pk__in=too_many).delete()


def without_results(raw: bytes) -> bytes:
    """`raw` without any Authentication-Results field: only this server's own may be believed."""
    head, gap, body = raw.partition(b"\r\n\r\n")
    kept: list[bytes] = []
    dropping = False
    for line in head.split(b"\r\n"):
        if not line.startswith((b" ", b"\t")):  # else it continues the field before it
            dropping = bool(_RESULTS.match(line))
        if not dropping:
            kept.append(line)
    return b"\r\n".join(kept) + gap + body


def finding(raw: bytes) -> bytes:
    """This server's Authentication-Results (RFC 8601) for mail of somebody who has signed in."""
    domain = sender_of(raw).lower().partition("@")[2]
    domain = re.sub(r"[^a-z0-9.-]", "", domain) or "invalid"
    field = f"Authentication-Results: {mail_account.AUTHSERV_ID}; dmarc=pass header.from={domain}"
    return field.encode() + b"\r\n"
