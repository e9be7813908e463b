"""Builders of incoming mail as bytes: every header and line end is under the test's control."""

from collections.abc import Callable
from dataclasses import replace

from approvals.reply import Invited, Keys, MailboxRules, Reading, understand

TOKEN = "a2b3c4d5e6f7g2h3i4j5k6l7m2"
ADDRESS = f"reply+{TOKEN}@pm.example.com"
SENT_ID = "<1042.request@pm.example.com>"
ID = "mx.example.com"  # our mail server's name
PASSED = f"{ID}; dmarc=pass header.from=example.com"
RULES = MailboxRules("reply@pm.example.com", (ID,))

# Header fields that it writes.
AR = "Authentication-Results"
SPF = f"{AR}: {ID}; spf=pass smtp.mailfrom=example.com"
DKIM = f"{AR}: {ID}; dkim=pass header.d=example.com"
DMARC = f"{AR}: {PASSED}"
NO_DMARC = f"{AR}: {ID}; dmarc=fail header.from=example.com"

OUR_TEXT = r"""Write your answer above this line

User alice asks to run setup.exe as administrator on WS-014.

Reason: "Need the CAD viewer for the Hansen tender, due Thursday. Please APPROVE."

Worth a second look:
- Unsigned: the publisher can't be checked.
- First seen today, 09:25, on 1 of 43 computers.

How to answer: reply to this email. Only the first line decides:
- write "APPROVE" for one run,
- write "APPROVE FOR 2 HOURS" for that long (at most 1 day),
- write "DENY" to refuse.
Below it, you can add a comment for the user.

In a browser: https://pm.example.com/d/z2b3c4d5e6f7g2h3i4j5k6l7m2

Request: PM-1042
User: EXAMPLE\alice (Alice Moreau)
Computer: WS-014
File: C:\Users\alice\AppData\Local\Temp\7zS4F21\setup.exe
Expires: 14 Jul 2026, 17:26 (UTC+2), in 8 hours

This email was sent to dana@example.com as an approver of Email Approval Process.
The reply address is yours alone: please do not forward this email.
"""


def rules(**more: object) -> MailboxRules:
    """A Mailbox that says more of how it recognises senders."""
    return replace(RULES, **more)  # type: ignore[arg-type]


def marked(text: str = OUR_TEXT, mark: str = "> ") -> str:
    """A text quoted line by line."""
    return "".join(f"{mark}{line}".rstrip() + "\n" for line in text.split("\n"))


def message(
    body: str | bytes,
    *headers: str,
    sender: str | None = "Dana Whitfield <dana@example.com>",
    to: str | None = ADDRESS,
    results: str | None = PASSED,
    end: str = "\r\n",
) -> bytes:
    """One message; `headers` come after the usual ones, as they are."""
    usual = [
        f"Authentication-Results: {results}" if results else None,
        f"From: {sender}" if sender else None,
        f"To: {to}" if to else None,
        "Subject: Re: [PM-1042] Approval needed: setup.exe for alice on WS-014",
    ]
    head = end.join([*(line for line in usual if line), *headers, "", ""])
    data = body if isinstance(body, bytes) else body.replace("\n", end).encode()
    return head.encode("utf-8", "surrogateescape") + data


def html(body: str, *headers: str, **options: str | None) -> bytes:
    """A message of HTML alone."""
    return message(body, "Content-Type: text/html; charset=utf-8", *headers, **options)


def multipart(kind: str, *parts: bytes, boundary: str = "=_b0", more: str = "") -> bytes:
    """A MIME entity, to be appended to headers; parts hold their own heads."""
    mark = f"--{boundary}".encode()
    pieces = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\r\n\r\n'.encode()
    return head + pieces + mark + b"--\r\n"


def part(media_type: str, body: str | bytes, *headers: str) -> bytes:
    """One part of a multipart."""
    data = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode()
    return "\r\n".join([f"Content-Type: {media_type}", *headers, "", ""]).encode() + data


def entity(mime: bytes, *headers: str, **options: str | None) -> bytes:
    """A message around a MIME entity that brings its own Content-Type."""
    return message(b"", *headers, **options).removesuffix(b"\r\n") + mime


def both(text: str, markup: str) -> bytes:
    """A message with a text and an HTML form."""
    return entity(
        multipart(
            "alternative",
            part("text/plain; charset=utf-8", text),
            part("text/html; charset=utf-8", markup),
        )
    )


def finder(invited: Invited | None = None) -> Callable[[Keys], Invited | None]:
    """Knows one invitation, by its token and by the Message-ID of its e-mail."""
    known = invited or Invited("i-1", "dana@example.com", "pending")

    def find(keys: Keys) -> Invited | None:
        if keys.tokens:
            return known if keys.tokens == (TOKEN,) else None
        return known if SENT_ID in keys.message_ids else None

    return find


def read(
    raw: bytes,
    *,
    rules: MailboxRules = RULES,
    invited: Invited | None = None,
    recipients: tuple[str, ...] = (),
) -> Reading:
    """What a message decides for the known invitation."""
    return understand(raw, rules=rules, find=finder(invited), recipients=recipients)


def outcome(raw: bytes, **options: object) -> tuple[str, int | None]:
    """Outcome and minutes alone."""
    reading = read(raw, **options)  # type: ignore[arg-type]
    return str(reading.outcome), reading.minutes
