"""From a filled draft to the bytes of a message (RFC 5322, MIME), the same bytes for the same input.

The header is written here, not by a mail library: libraries turn `=?utf-8?Q?=0ABcc:…?=` within a
value into a line of its own. Each value is either checked against its own grammar or encoded, so
no value can begin a header line. Bodies are quoted-printable: 7-bit, lines of at most 76. A body is
encoded once for all its recipients; what differs between them is put into the lines that hold it.
"""

import binascii
import hashlib
import re
from base64 import b64encode
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from approvals.letters.compose import PLACE, Draft, Personal, PersonalDigest
from approvals.letters.guard import begins_with_decision_word, guarded
from core.addresses import BadAddress, sent_address
from core.text import visible

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,240}>\Z")
_MAX_LINE = 76
_PART_HEAD = (
    b"Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
)
_TEXT_HEAD, _HTML_HEAD = _PART_HEAD % b"text/plain", _PART_HEAD % b"text/html"
_MAX_WORD = 42  # bytes of UTF-8 in one encoded word: 56 in base64, 68 with its frame


def build(
    draft: Draft,
    *,
    personal: Personal | PersonalDigest | None = None,
    sender: str,
    sender_name: str = "",
    recipient: str,
    reply_to: str | None,
    message_id: str,
    date: datetime,
    in_reply_to: str | None = None,
    automatic_answer: bool = False,
) -> bytes:
    """The message, CRLF line ends, every byte below 128 except in addresses that aren't ASCII.

    `personal` takes the placeholders' place in the body; None leaves them. `automatic_answer` marks
    the short answers to a reply. ValueError for an address, Message-ID or date that is not
    well-formed, or a `reply_to` beyond ASCII; `clean_message_id` says what `in_reply_to` may hold.
    """
    if date.tzinfo is None:
        raise ValueError("the date of a message needs its time zone")
    thread = _checked_id(in_reply_to) if in_reply_to else ""
    if reply_to and not (reply_to := address(reply_to)).isascii():
        raise ValueError(
            "REPLY_ADDRESS has to be ASCII before the @"
        )  # tokens are looked for there
    # What Exchange need not send back. Delivery failures always may come; an out-of-office answer
    # may where we ask somebody something: it tells that the approver is away.
    asks = reply_to is not None and not automatic_answer
    suppressed = "DR, RN, NRN, AutoReply" if asks else "DR, RN, NRN, OOF, AutoReply"
    headers = [
        ("Date", format_datetime(date)),
        ("From", from_field(sender, sender_name)),
        ("To", address(recipient)),
        *([("Reply-To", reply_to)] if reply_to else []),
        ("Subject", encoded_subject(draft.subject)),
        ("Message-ID", _checked_id(message_id)),
        *([("In-Reply-To", thread), ("References", thread)] if thread else []),
        ("Auto-Submitted", "auto-replied" if automatic_answer else "auto-generated"),
        ("X-Auto-Response-Suppress", suppressed),
        ("MIME-Version", "1.0"),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return head.encode() + _body(draft, personal, message_id)


def address(text: str) -> str:
    """An address for a header (RFC 6532), its domain in ASCII. ValueError if it is not a plain one."""
    try:
        return sent_address(text)
    except BadAddress as error:
        raise ValueError(f"not an email address ({error}): {visible(text, 80)}") from None


def from_field(sender: str, name: str) -> str:
    """The From field. Mail programs repeat the name in replies: none may look like an answer there."""
    name = guarded(visible(" ".join(name.split())))
    if not name or begins_with_decision_word(name):
        return address(sender)
    if name.isascii() and "=?" not in name:
        shown = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    else:
        shown = _encoded_words(name)
    whole = f"{shown} <{address(sender)}>"
    return whole if len(whole) + len("From: ") <= _MAX_LINE else f"{shown}\r\n <{address(sender)}>"


def clean_message_id(text: str) -> str | None:
    """A foreign Message-ID if it may stand in a header of ours, else None."""
    candidate = text.strip()
    return candidate if _MESSAGE_ID.match(candidate) and "=?" not in candidate else None


@lru_cache(maxsize=64)
def encoded_subject(subject: str) -> str:
    """The subject as header value: plain and folded, or in encoded words (RFC 2047)."""
    text = visible(subject, 200)
    if text.isascii() and "=?" not in text:
        return _folded(text.split(" "), first=len("Subject: "))
    return _encoded_words(text)


def _encoded_words(text: str) -> str:
    """Encoded words of RFC 2047, each on a line of its own."""
    pieces = [b""]  # of UTF-8; no character is divided
    for letter in text:
        octets = letter.encode()
        if len(pieces[-1]) + len(octets) > _MAX_WORD:
            pieces.append(b"")
        pieces[-1] += octets
    return "\r\n ".join(f"=?utf-8?B?{b64encode(piece).decode()}?=" for piece in pieces)


def _folded(words: list[str], *, first: int) -> str:
    lines: list[str] = []
    line = ""
    for word in words:
        room = _MAX_LINE - (0 if lines else first)
        if line.strip() and word and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])


def _checked_id(text: str) -> str:
    if clean_message_id(text) != text:
        raise ValueError(f"not a Message-ID: {visible(text, 80)}")
    return text


def _body(draft: Draft, personal: Personal | PersonalDigest | None, message_id: str) -> bytes:
    text = _part(draft.text, personal)
    if draft.html is None:
        return text
    # "=_" can stand in no quoted-printable text, so the boundary is in neither part.
    boundary = b"=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32].encode()
    between = b"\r\n--" + boundary
    return b"".join(
        (
            b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n',
            between + b"\r\n" + text,
            between + b"\r\n" + _part(draft.html, personal, html=True),
            between + b"--\r\n",
        )
    )


def _part(text: str, personal: Personal | PersonalDigest | None, *, html: bool = False) -> bytes:
    head = _HTML_HEAD if html else _TEXT_HEAD
    if personal is None:
        return head + _quoted_printable(text)
    return head + b"".join(
        piece
        if isinstance(piece, bytes)
        else _quoted_printable(personal.put_into(piece, html=html))
        for piece in _encoded_once(text)
    )


@lru_cache(maxsize=64)  # texts of the mails that are being sent: a request's come together
def _encoded_once(text: str) -> tuple[bytes | str, ...]:
    """`text` in pieces: quoted-printable, or as they are the lines that hold a placeholder."""
    pieces: list[bytes | str] = []
    done = 0
    while (place := text.find(PLACE, done)) >= 0:
        begin = text.rfind("\n", 0, place) + 1
        end = text.find("\n", place) + 1 or len(text)
        pieces += (_quoted_printable(text[done:begin]), text[begin:end])
        done = end
    return (*pieces, _quoted_printable(text[done:]))


def _quoted_printable(text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return b"\r\n".join([_encoded_line(line) for line in lines])


@lru_cache(maxsize=2048)  # most lines of a mail are those of every mail of its kind
def _encoded_line(line: str) -> bytes:
    return binascii.b2a_qp(line.encode(), istext=True).replace(b"\n", b"\r\n")
