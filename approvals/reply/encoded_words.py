"""The text of headers, whose letters beyond ASCII are written as encoded words (RFC 2047)."""

import base64
import binascii
import quopri
from dataclasses import dataclass
from itertools import groupby

import re2

from approvals.reply.decoding import CHARSETS, is_utf8
from approvals.reply.headers import Fields, values

# In a header's encoded words alone: they tell a machine's subject, and decide nothing.
HEADER_CHARSETS = CHARSETS | {
    **dict.fromkeys(("cp950", "ms950", "x-big5"), "cp950"),
    **{name: name for name in ("utf-7", "utf-16", "utf-16le", "utf-16be", "utf-32", "iso-2022-kr")},
    **dict.fromkeys(("hz-gb-2312", "hz"), "hz"),
    "unicode-1-1-utf-7": "utf-7",
    **{f"{begin}{page}": f"cp{page}" for begin in ("cp", "ibm") for page in (437, 850, 852, 866)},
    **{f"x-mac-{name}": f"mac_{name}" for name in ("cyrillic", "greek", "roman", "turkish")},
    "x-mac-centraleurroman": "mac_latin2",
}
# Q words may hold blanks, which the standard forbids and scripts write all the same.
ENCODED_WORD = re2.compile(
    r"=\?([A-Za-z0-9_.:-]{1,40})(?:\*[A-Za-z-]*)?\?(?:([Qq])\?([ -~]*?)|([Bb])\?([!->@-~]*))\?="
)
BETWEEN_WORDS = re2.compile(r"(\?=)[ \t]+(=\?)")
MAX_SUBJECTS = 3


def decoded_header(value: str, *, unknown: str = "") -> str:
    """A header's text with its encoded words (RFC 2047) put in; what cannot be decoded stays, unless
    words of an `unknown` charset are to be taken for one of this codec.

    Bytes that are no UTF-8 are taken for Windows-1252. Words of one charset that stand together are
    decoded together: many programs cut a text inside of a character.
    """
    raw = value[:4000].encode("utf-8", "surrogateescape")
    clean = raw.decode("utf-8" if is_utf8(raw) else "cp1252", "replace")
    text, end = str(BETWEEN_WORDS.sub(r"\1\2", clean)), 0
    words: list[_Word] = []
    for match in ENCODED_WORD.finditer(text):
        words += [_Word(text[end : match.start()])] if match.start() > end else []
        words.append(_word(match, unknown))
        end = match.end()
    runs = groupby([*words, _Word(text[end:])], key=lambda word: word.codec)
    return "".join(_run(codec, list(run)) for codec, run in runs)


def subjects_of(fields: Fields) -> list[str]:
    """The decoded subjects of a message: it has one, and of several a signature covers the lowest.

    Words of a charset that nobody knows are taken for ASCII and UTF-8, which show a machine's words.
    """
    found = values(fields, "subject")[-MAX_SUBJECTS:]
    return [decoded_header(value, unknown="utf-8") for value in found]


@dataclass(frozen=True)
class _Word:
    """A piece of a header as it is written; for an encoded word also its bytes and their codec."""

    written: str
    data: bytes = b""
    codec: str = ""


def _word(match: "re2._Match[str]", unknown: str) -> _Word:
    charset, _, quoted, _, base = match.groups()
    codec = HEADER_CHARSETS.get(charset.lower(), unknown)
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
