"""Replies as an approver's mail program and our mail server would make them."""

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from django.utils import timezone

from approvals.models import IncomingMail, Invitation
from approvals.tokens import reply_address, reply_token


def address_of(invitation: Invitation) -> str:
    """The secret reply address of an invitation."""
    return reply_address(reply_token(invitation.pk, invitation.key_number))


def make_reply(
    invitation: Invitation,
    text: str,
    *,
    sender: str = "",
    results: str = "mx.example.com; dmarc=pass header.from=example.com",
    to: str = "",
    **headers: str,
) -> bytes:
    """A plain reply; `results` is what the receiving server found, "" for no such header."""
    message = EmailMessage()
    if results:
        message["Authentication-Results"] = results
    message["From"] = sender or invitation.address
    message["To"] = to or address_of(invitation)
    message["Subject"] = f"Re: [PM-{invitation.request_id}] Approval needed"
    message["Message-ID"] = make_msgid(domain="example.com")
    message["Date"] = format_datetime(timezone.now())
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def bring_in(
    raw: bytes,
    *,
    verifies_senders: bool = True,
    recipients: tuple[str, ...] = (),
    source: str = "command",
) -> IncomingMail:
    """Receive and process one message, as the listener and a worker do."""
    from approvals.inbox.reading import process
    from approvals.inbox.storing import receive

    mail = receive(
        raw=raw,
        recipients=recipients,
        mail_from="",
        source=source,
        peer=source,
        verifies_senders=verifies_senders,
    )
    process(mail.pk)
    mail.refresh_from_db()
    return mail
