"""A part's bytes without their transfer encoding, which is read strictly."""

import base64
import binascii
import quopri
import re
from collections.abc import Callable

import re2

from approvals.reply.limits import TooMuch

# Only CR LF and LF end a line: the library takes a bare CR behind "=" for a line end, and drops all up
# to the next one.
BAD_QUOTED = re2.compile(rb"=[^0-9A-Fa-f\n]|=[0-9A-Fa-f][^0-9A-Fa-f]|=[0-9A-Fa-f]?\z|\r")
SOFT_BREAK = re.compile(rb"=[ \t]++\n")  # relays may put white space behind it
NOT_BASE64 = re2.compile(rb"[^A-Za-z0-9+/=\r\n\t ]")


class Undecodable(Exception):
    """The part's bytes are not text in a charset that we read."""


def without_transfer_encoding(body: bytes, encoding: str, *, most: int) -> bytes:
    """A part's body as it was before it was sent (RFC 2045, section 6), of at most so many bytes.

    Raises Undecodable and TooMuch.
    """
    if len(body) > most * 3:
        raise TooMuch("The text of the message is too large.")
    decode = DECODERS.get(encoding)
    if decode is None:
        raise Undecodable("its transfer encoding is unknown")
    data = decode(body)
    if len(data) > most:
        raise TooMuch("The text of the message is too large.")
    return data


def _from_base64(body: bytes) -> bytes:
    if NOT_BASE64.search(body):
        raise Undecodable("its base64 is damaged")
    try:
        return base64.b64decode(body.translate(None, b" \t\r\n"), validate=True)
    except binascii.Error:
        raise Undecodable("its base64 is damaged") from None


def _from_quoted_printable(body: bytes) -> bytes:
    trimmed = body.replace(b"\r\n", b"\n").rstrip(b"\n")
    trimmed = SOFT_BREAK.sub(b"=\n", trimmed.removesuffix(b"="))
    if BAD_QUOTED.search(trimmed):
        raise Undecodable("its quoted-printable is damaged")
    return quopri.decodestring(trimmed)


DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "7bit": bytes,
    "8bit": bytes,
    "binary": bytes,
    "base64": _from_base64,
    "quoted-printable": _from_quoted_printable,
}
