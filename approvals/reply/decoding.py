"""From a part's bytes to its text: transfer encoding and charset, both strictly, from short lists."""

import base64
import binascii
import quopri
from collections.abc import Callable

import re2

from approvals.reply.limits import MAX_TEXT, TooMuch
from approvals.reply.parts import Part

# MIME name -> Python codec. Never a Python-only codec, never utf-7. The wider codecs are those that
# mail programs use for the narrower names.
CHARSETS = {
    "us-ascii": "ascii",
    "ascii": "ascii",
    "ansi_x3.4-1968": "ascii",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "big5-hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "windows-31j": "cp932",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "macintosh": "mac_roman",
    **{f"iso-8859-{number}": f"iso8859_{number}" for number in (*range(2, 12), 13, 14, 15, 16)},
    "iso-8859-9": "cp1254",
    # Hebrew and Arabic mail says how the text runs, too (RFC 1556): -i by its letters, -e by marks.
    **{f"iso-8859-{number}-{way}": f"iso8859_{number}" for number in (6, 8) for way in "ie"},
    **{f"windows-125{digit}": f"cp125{digit}" for digit in (0, 1, 3, 4, 5, 6, 7, 8)},
}
ENCODED_WORD = re2.compile(r"=\?([A-Za-z0-9_.:-]{1,40})(?:\*[A-Za-z-]*)?\?([QqBb])\?([!->@-~]*)\?=")
BETWEEN_WORDS = re2.compile(r"(\?=)[ \t]+(=\?)")
BAD_QUOTED = re2.compile(rb"=(?:[^0-9A-Fa-f\r\n \t]|[0-9A-Fa-f][^0-9A-Fa-f]|[0-9A-Fa-f]?\z)")
NOT_BASE64 = re2.compile(rb"[^A-Za-z0-9+/=\r\n\t ]")


class Undecodable(Exception):
    """The part's bytes are not text in a charset that we read."""


def text_of(part: Part) -> str:
    """The decoded text of a part. Raises Undecodable and TooMuch."""
    if not part.readable:
        raise Undecodable("the part's head contradicts itself")
    data = bytes_of(part)
    text = decoded(data, part.parameters.get("charset"))
    if not (data.isascii() or is_unicode(part)) and _is_utf8(data):
        # The declared charset may not be the author's, and hide the apostrophe of a negation.
        raise Undecodable("its bytes are UTF-8, but it declares another charset")
    return text.removeprefix("\ufeff")


def is_unicode(part: Part) -> bool:
    """Whether the part's charset is UTF-8: of no other one can be told whether it is the right one."""
    return CHARSETS.get(part.parameters.get("charset", "utf-8").strip().lower()) == "utf-8"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def bytes_of(part: Part) -> bytes:
    """The body without its transfer encoding (RFC 2045, section 6)."""
    if len(part.body) > MAX_TEXT * 3:
        raise TooMuch("The text of the message is too large.")
    decode = DECODERS.get(part.encoding)
    if decode is None:
        raise Undecodable("its transfer encoding is unknown")
    data = decode(part.body)
    if len(data) > MAX_TEXT:
        raise TooMuch("The text of the message is too large.")
    return data


def _from_base64(body: bytes) -> bytes:
    if NOT_BASE64.search(body):
        raise Undecodable("its base64 is damaged")
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        raise Undecodable("its base64 is damaged") from None


def _from_quoted_printable(body: bytes) -> bytes:
    trimmed = body.rstrip(b"\r\n")
    trimmed = trimmed.removesuffix(b"=")
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


def decoded(data: bytes, charset: str | None) -> str:
    """Text of bytes; without a charset it must be UTF-8 (ASCII, that is). Raises Undecodable."""
    codec = CHARSETS.get(charset.strip().lower()) if charset else "utf-8"
    if codec is None:
        raise Undecodable("its charset is not one that we read")
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        raise Undecodable("its bytes do not fit its charset") from None


def decoded_header(value: str) -> str:
    """A header's text with its encoded words (RFC 2047) put in; what cannot be decoded stays."""
    clean = value[:4000].encode("utf-8", "replace").decode()  # RE2 takes no undecodable bytes
    return str(ENCODED_WORD.sub(_word, BETWEEN_WORDS.sub(r"\1\2", clean)))


def _word(match: "re2._Match[str]") -> str:
    charset, encoding, text = match.groups()
    try:
        if encoding in "Bb":
            data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        else:
            data = quopri.decodestring(text.replace("_", " ").encode())
        return decoded(data, charset)
    except (Undecodable, binascii.Error):
        return str(match.group(0))
