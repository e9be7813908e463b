"""The raw head of a message or part, as fields in their order (RFC 5322, section 2.2).

Nothing is decoded, dropped or merged: two From fields stay two, and a bare CR stays where it is.
"""

import re

import re2

from approvals.reply.limits import MAX_FIELD, MAX_HEAD, MAX_HEADERS, TooMuch

Fields = tuple[tuple[str, str], ...]  # (lower-case name, unfolded value)

BLANKS = re.compile(rb"[ \t]{2,}|\t")
FIELD_NAME = re2.compile(rb"^[!-9;-~]+$")


class Malformed(Exception):
    """The head is not one that RFC 5322 allows."""


def split_head(raw: bytes) -> tuple[bytes, bytes]:
    """Head and body. The first empty line ends the head; without one all is head."""
    if raw[:1] == b"\n" or raw[:2] == b"\r\n":
        return b"", raw[raw.index(b"\n") + 1 :]
    ends = [(raw.find(mark), len(mark)) for mark in (b"\n\n", b"\n\r\n")]
    found = [end for end in ends if end[0] >= 0]
    if not found:
        return raw, b""
    at, length = min(found)
    return raw[: at + 1], raw[at + length :]


def mixes_line_ends(head: bytes) -> bool:
    """Whether a line of a head (also the empty one) ends with LF alone below one that ends with CR LF.

    Servers that take only CR LF for a line end read on in the field above, which no signature may
    cover. Fields that a program of ours has put on top may end with LF.
    """
    _, ended, rest = head.partition(b"\r\n")
    return bool(ended) and rest.count(b"\n") != rest.count(b"\r\n")


def fields_of(head: bytes) -> Fields:
    """The fields of a head. Raises TooMuch and Malformed."""
    if len(head) > MAX_HEAD:
        raise TooMuch("The message's head is too large.")
    if head.count(b"\n") > MAX_HEADERS * 40:
        raise TooMuch("The message's head has too many lines.")
    fields: list[tuple[bytes, list[bytes]]] = []
    for ended in head.split(b"\n"):
        line = ended.removesuffix(b"\r")
        if not line:
            continue
        if line[:1] in b" \t":
            if not fields:
                raise Malformed("The message begins with a continued line.")
            fields[-1][1].append(line)
            continue
        if not fields and line.startswith(b"From ") and line[5:].lstrip()[:1] != b":":
            continue  # the envelope line of an mbox file
        name, value = _apart(line)
        fields.append((name, [value]))
    if len(fields) > MAX_HEADERS:
        raise TooMuch("The message has too many header fields.")
    return tuple(_field(name, lines) for name, lines in fields)


def _apart(line: bytes) -> tuple[bytes, bytes]:
    """A field's name in lower case and the first line of its value.

    Servers that strip what only they may write may not know it with a blank before the colon: X-fields
    that have one are others, and no other field has one. Raises Malformed.
    """
    name, colon, value = line.partition(b":")
    if not colon or not FIELD_NAME.match(name.rstrip(b" \t")):
        raise Malformed("A line of the message's head is no field.")
    if name[-1:] in b" \t" and not name.lower().startswith(b"x-"):
        raise Malformed("The name of a field in the message's head ends with a blank.")
    return name.lower(), value


def _field(name: bytes, lines: list[bytes]) -> tuple[str, str]:
    value = b"".join(lines)
    if len(value) > MAX_FIELD:
        raise TooMuch("A header field of the message is too long.")
    value = BLANKS.sub(b" ", value)  # a signature (relaxed DKIM) lets anybody write more of them
    return name.decode("ascii"), value.decode("utf-8", "surrogateescape").strip(" \t")


def values(fields: Fields, name: str) -> list[str]:
    """Every value of a field, topmost first."""
    return [value for key, value in fields if key == name]


def as_text(value: str) -> str:
    """A value without the bytes that are no text, as older programs write them into names."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def has_control(value: str) -> bool:
    """Whether a value holds a control character (a tab aside), a bare CR for one."""
    return any((ord(char) < 32 and char != "\t") or 127 <= ord(char) < 160 for char in value)
