"""From a part's bytes to its text: transfer encoding and charset, both strictly, from short lists."""

import base64
import binascii
import quopri
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import re2

from approvals.reply.headers import Fields, values
from approvals.reply.limits import MAX_TEXT, TooMuch

if TYPE_CHECKING:
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
    # Other names of theirs, as older mail programs write them (their registered aliases, mostly).
    **dict.fromkeys(("iso8859-1", "iso_8859-1", "iso_8859-1:1987", "latin-1", "l1"), "cp1252"),
    **{f"iso8859-{number}": f"iso8859_{number}" for number in (2, 5, 6, 7, 8, 13, 15)},
    **{f"iso_8859-{number}": f"iso8859_{number}" for number in (2, 5, 6, 7, 8, 15)},
    **dict.fromkeys(("cp936", "ms936", "x-gbk", "gb_2312-80", "euc-cn"), "gb18030"),
    **dict.fromkeys(("cp932", "ms932", "x-sjis", "sjis", "ms_kanji"), "cp932"),
    **dict.fromkeys(("cp949", "ms949", "x-windows-949", "ks_c_5601", "ksc5601", "uhc"), "cp949"),
    **dict.fromkeys(("x-euc-jp", "eucjp"), "euc_jp"),
    **{f"cp125{digit}": f"cp125{digit}" for digit in range(9)},
    **dict.fromkeys(("x-mac-roman", "mac"), "mac_roman"),
}
# In a header's encoded words alone: they tell a machine's subject, and decide nothing.
HEADER_CHARSETS = CHARSETS | {
    **dict.fromkeys(("cp950", "ms950", "x-big5"), "cp950"),
    **{name: name for name in ("utf-7", "utf-16", "utf-16le", "utf-16be", "utf-32", "iso-2022-kr")},
    **dict.fromkeys(("hz-gb-2312", "hz"), "hz"),
    "unicode-1-1-utf-7": "utf-7",
}
# Q words may hold blanks, which the standard forbids and scripts write all the same.
ENCODED_WORD = re2.compile(
    r"=\?([A-Za-z0-9_.:-]{1,40})(?:\*[A-Za-z-]*)?\?(?:([Qq])\?([ -~]*?)|([Bb])\?([!->@-~]*))\?="
)
BETWEEN_WORDS = re2.compile(r"(\?=)[ \t]+(=\?)")
# Only CR LF and LF end a line: the library takes a bare CR behind "=" for a line end, and drops all up
# to the next one.
BAD_QUOTED = re2.compile(rb"=[^0-9A-Fa-f\n]|=[0-9A-Fa-f][^0-9A-Fa-f]|=[0-9A-Fa-f]?\z|\r")
MAX_SUBJECTS = 3
SOFT_BREAK = re.compile(rb"=[ \t]++\n")  # relays may put white space behind it
NOT_BASE64 = re2.compile(rb"[^A-Za-z0-9+/=\r\n\t ]")


class Undecodable(Exception):
    """The part's bytes are not text in a charset that we read."""


def text_of(part: "Part") -> str:
    """The decoded text of a part. Raises Undecodable and TooMuch."""
    if not part.readable:
        raise Undecodable("the part's head contradicts itself")
    data = bytes_of(part)
    text = decoded(data, part.parameters.get("charset"))
    if not (data.isascii() or is_unicode(part)) and _is_utf8(data):
        # The declared charset may not be the author's, and hide the apostrophe of a negation.
        raise Undecodable("its bytes are UTF-8, but it declares another charset")
    return text.removeprefix("\ufeff")


def is_unicode(part: "Part") -> bool:
    """Whether the part's charset is UTF-8: of no other one can be told whether it is the right one."""
    return CHARSETS.get(part.parameters.get("charset", "utf-8").strip().lower()) == "utf-8"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def bytes_of(part: "Part", most: int = MAX_TEXT) -> bytes:
    """The body without its transfer encoding (RFC 2045, section 6); at most so many bytes."""
    if len(part.body) > most * 3:
        raise TooMuch("The text of the message is too large.")
    decode = DECODERS.get(part.encoding)
    if decode is None:
        raise Undecodable("its transfer encoding is unknown")
    data = decode(part.body)
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
    """A header's text with its encoded words (RFC 2047) put in; what cannot be decoded stays.

    Bytes that are no UTF-8 are taken for Windows-1252. Words of one charset that stand together are
    decoded together: many programs cut a text inside of a character.
    """
    raw = value[:4000].encode("utf-8", "surrogateescape")
    clean = raw.decode("utf-8" if _is_utf8(raw) else "cp1252", "replace")
    text, end = str(BETWEEN_WORDS.sub(r"\1\2", clean)), 0
    words: list[_Word] = []
    for match in ENCODED_WORD.finditer(text):
        words += [_Word(text[end : match.start()])] if match.start() > end else []
        words.append(_word(match))
        end = match.end()
    runs = groupby([*words, _Word(text[end:])], key=lambda word: word.codec)
    return "".join(_run(codec, list(run)) for codec, run in runs)


def subjects_of(fields: Fields) -> list[str]:
    """The decoded subjects of a message: it has one, and of several a signature covers the lowest."""
    return [decoded_header(value) for value in values(fields, "subject")[-MAX_SUBJECTS:]]


@dataclass(frozen=True)
class _Word:
    """A piece of a header as it is written; for an encoded word also its bytes and their codec."""

    written: str
    data: bytes = b""
    codec: str = ""


def _word(match: "re2._Match[str]") -> _Word:
    charset, _, quoted, _, base = match.groups()
    codec = HEADER_CHARSETS.get(charset.lower(), "")
    if quoted is not None:
        return _Word(match.group(), quopri.decodestring(quoted.encode(), header=True), codec)
    try:
        data = base64.b64decode(base + "=" * (-len(base) % 4), validate=True)
        return _Word(match.group(), data, codec)
    except binascii.Error:
        return _Word(match.group())


def _run(codec: str, words: list[_Word]) -> str:
    """The text of words that stand together; a damaged one shows, and hides no other."""
    if not codec:
        return "".join(word.written for word in words)
    return b"".join(word.data for word in words).decode(codec, "replace")
