"""A message as a tree of MIME parts (RFC 2045, RFC 2046), cut apart within limits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import NoReturn

import re2

from approvals.reply.headers import (
    Fields,
    Malformed,
    fields_of,
    mixes_line_ends,
    split_head,
    values,
)
from approvals.reply.limits import (
    MAX_CONTENT_TYPE,
    MAX_DEPTH,
    MAX_ENCODING,
    MAX_HEAD,
    MAX_MESSAGE,
    MAX_PARSED,
    MAX_PARTS,
    TooMuch,
)
from approvals.reply.signed import NotSigned, signed_content
from approvals.reply.transfer import Undecodable, without_transfer_encoding

# Python's own expressions, which find many pieces far quicker; the field's length is limited.
PARAMETER = re.compile(
    r'(?a);\s*+(?:([^\s=;"]++)\s*+(?:=\s*+("(?:[^"\\]++|\\.)*+"|[^;"]*+))?+\s*+)?+(?=;|\Z)'
)
PARAMETERS = re.compile(f"(?:{PARAMETER.pattern.removeprefix('(?a)')})*+", re.ASCII)
FIRST_WORD = re.compile(r"(?a)\s*+([A-Za-z0-9.+_/-]*+)\s*+(?=;|\Z)")
MEDIA_TYPE = re.compile(r"[A-Za-z0-9.+_-]++/[A-Za-z0-9.+_-]++")
PIECES = re.compile(r'(?s)"(?:[^"\\]++|\\.)*+"|\\.|[()]|[^"()\\]++|["\\]')
QUOTED_PAIR = re2.compile(r"\\(.)")
BLANK_LINE = re2.compile(rb"(?m)^[ \t]+\r?$")
CMS = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
UNNAMED_KIND = "application/octet-stream"  # what gateways make of kinds that they don't know
SHAPING = ("charset", "format", "delsp", "boundary")  # what says how a text reads
# What mail programs put above the parts, for those that don't know MIME; in small letters.
PREAMBLE = re.compile(
    r"\(?(?:this is an? (?:(?:multi-? ?part |cryptographically signed |digitally signed )?"
    r"(?:mime[ -])?message in (?:the )?mime|multi-? ?part mime|mime[ -](?:encapsulated|formatted|encoded|"
    r"conformant|message)|(?:openpgp/|s/)mime (?:signed|encrypted))|"
    r"this message is in (?:the )?mime|(?:multi-? ?part )?mime[ -](?:message|encapsulated)|"
    r"multi-? ?part message in mime|dies ist eine mehrteilige nachricht im mime|"
    r"ceci est un message (?:mime|multi-?parties? au format mime))"
)
MAX_PREAMBLE = 500  # bytes
MAX_OPENED = 10  # parts that are signed: to take each apart costs time


@dataclass(frozen=True)
class Part:
    """One part: its media type and parameters in lower case, its body still encoded.

    `children` are the parts of a multipart, or the one that is signed inside of it (S/MIME); then, and
    in every multipart, `body` is empty.
    `readable` is False where the part's own head contradicts itself, so that mail programs differ.
    """

    fields: Fields
    media_type: str
    parameters: dict[str, str]
    body: bytes
    children: tuple["Part", ...] = ()
    readable: bool = True

    @property
    def is_attachment(self) -> bool:
        """Whether it is a file: it says so, or is a text with a file's name (shown inline or not)."""
        dispositions = values(self.fields, "content-disposition")
        if any("attachment" in value.partition(";")[0].lower() for value in dispositions):
            return True
        is_text = self.media_type.startswith("text/") and not self.children
        return is_text and bool(self.file_name)

    @property
    def file_name(self) -> str:
        """What its head calls it, in lower case, pieces and encodings as they stand (RFC 2231)."""
        named = ("content-disposition", "content-type")
        stated = [_stated(value) for name in named for value in values(self.fields, name)[:2]]
        found = [
            text.lower()
            for _, parameters, _ in stated
            for name, text in parameters
            if name.partition("*")[0] in ("name", "filename")
        ]
        return "".join(found)

    @property
    def is_signed(self) -> bool:
        """Whether it is S/MIME: by its kind, or by its name where a gateway took that (RFC 8551, 3.9)."""
        named = self.media_type == UNNAMED_KIND and "smime.p7m" in self.file_name
        return self.media_type in CMS or named

    @property
    def encoding(self) -> str:
        found = values(self.fields, "content-transfer-encoding")
        return without_comments(found[0][:MAX_ENCODING]).strip().lower() if found else "7bit"

    def data(self, *, most: int) -> bytes:
        """The body without its transfer encoding, at most so many bytes.

        Raises Undecodable and TooMuch.
        """
        return without_transfer_encoding(self.body, self.encoding, most=most)

    def walk(self) -> Iterator["Part"]:
        """This part and those in it, in their order; not into attached messages."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class _Room:
    """What may still be taken apart of a message, with all that is signed inside of it."""

    parts: int = MAX_PARTS
    size: int = MAX_PARSED
    opened: int = 0  # parts that are signed
    passed: str = ""  # which limit was
    widened: bool = False  # blanks stand where nobody writes them

    def take(self, size: int, depth: int) -> None:
        """One part of so many bytes. Raises TooMuch, once a limit was passed."""
        self.parts -= 1
        self.size -= size
        if self.passed or self.parts < 0:
            self.refuse(self.passed or "The message has too many parts.")
        if depth > MAX_DEPTH or self.size < 0:
            self.refuse("The message's parts are nested too deeply.")

    def refuse(self, why: str) -> NoReturn:
        self.passed = why
        raise TooMuch(why)


def parse_message(raw: bytes) -> Part:
    """The tree of a message. Raises TooMuch and Malformed."""
    room = _Room()
    message = _parse(raw, 0, len(raw), 0, room)
    if room.passed:
        raise TooMuch(room.passed)
    return replace(message, readable=message.readable and not room.widened)


def _parse(raw: bytes, start: int, end: int, depth: int, room: _Room) -> Part:
    """The part between two places of `raw`: nothing but a leaf's body is copied."""
    room.take(end - start, depth)
    top = raw[start : min(end, start + MAX_HEAD + 3)]  # a longer head is refused
    head, rest = split_head(top)
    body_at = start + len(top) - len(rest)
    if not depth and mixes_line_ends(top[: len(top) - len(rest)]):
        raise Malformed("The message's head mixes line ends.")
    # Relaxed DKIM lets anybody put a blank into the empty line that ends a part's head: it would go on
    # into the text. No mail program writes such a line, so nothing of the message is believed.
    if depth and BLANK_LINE.search(head):
        room.widened, head = True, b""
    fields = fields_of(head)
    media_type, parameters, readable = _content_type(fields)
    if depth and not values(fields, "content-type"):
        readable = False  # every mail program writes one; text cut at a line of dashes has none
    if media_type.startswith("text/"):  # it may be a file, in a way that can't be read
        dispositions = values(fields, "content-disposition")
        readable = readable and all(_stated(value)[2] for value in dispositions)
    if media_type.startswith("multipart/"):
        pieces, is_whole = _split(raw, body_at, end, parameters.get("boundary", ""), room)
        children = tuple(_parse(raw, *piece, depth + 1, room) for piece in pieces)
        if children and not (is_whole or depth):  # the message was cut off in its last part
            children = (*children[:-1], replace(children[-1], readable=False))
        return Part(fields, media_type, parameters, b"", children, readable and bool(pieces))
    part = Part(fields, media_type, parameters, raw[body_at:end], (), readable)
    return replace(part, body=b"", children=_inside(part, depth, room)) if part.is_signed else part


def _inside(part: Part, depth: int, room: _Room) -> tuple[Part, ...]:
    """What is signed in a part; nothing where it can't be reached: it's encrypted, or no mail at all."""
    room.opened += 1
    if room.opened > MAX_OPENED:
        room.refuse("The message has too many signed parts.")
    if part.encoding == "quoted-printable":  # nobody encodes it so, and it takes long
        return ()
    try:
        content = signed_content(part.data(most=MAX_MESSAGE))
        return (_parse(content, 0, len(content), depth + 1, room),)
    except (NotSigned, Undecodable, Malformed, TooMuch):
        return ()


def _content_type(fields: Fields) -> tuple[str, dict[str, str], bool]:
    found = values(fields, "content-type")
    encodings = values(fields, "content-transfer-encoding")
    readable = len(found) <= 1 and len(encodings) <= 1
    readable = readable and all(len(value) <= MAX_ENCODING for value in encodings)
    if not found:
        return "text/plain", {}, readable
    media_type, stated, is_whole = _stated(found[0])
    if not MEDIA_TYPE.fullmatch(media_type):
        return "text/plain", {}, False
    parameters: dict[str, str] = {}
    for name, text in stated:
        bare, star, _ = name.partition("*")
        readable = readable and name not in parameters and not (star and bare in SHAPING)
        parameters.setdefault(name, text)
    return media_type, parameters, readable and is_whole


def _stated(value: str) -> tuple[str, list[tuple[str, str]], bool]:
    """A field's first word and parameters, names in lower case, and whether that is all it holds.

    After a parameter without a semicolon programs differ: some read on, others don't.
    """
    text = without_comments(value[:MAX_CONTENT_TYPE])
    first = FIRST_WORD.match(text)
    start = first.end() if first else 0
    found = [
        (name.lower(), str(QUOTED_PAIR.sub(r"\1", bare[1:-1])) if bare[:1] == '"' else bare.strip())
        for name, bare in PARAMETER.findall(text, start)
        if name
    ]
    is_whole = bool(first and PARAMETERS.fullmatch(text, start)) and len(value) <= MAX_CONTENT_TYPE
    return first.group(1).lower() if first else "", found, is_whole


def without_comments(value: str) -> str:
    """A field's value without its comments (RFC 5322, 3.2.2); as it is if one isn't closed."""
    kept, depth = [], 0
    for piece in PIECES.findall(value):
        if piece in "()":
            depth += 1 if piece == "(" else -1
            kept.append(" ")
        elif not depth:
            kept.append(piece)
        if depth < 0:
            return value
    return value if depth else "".join(kept)


def _split(
    raw: bytes, start: int, end: int, boundary: str, room: _Room
) -> tuple[list[tuple[int, int]], bool]:
    """Where the pieces between the delimiter lines of a body are, and whether the last one ends.

    There are none without a delimiter, nor if there is text above the first one that no mail program
    puts there: the boundary may have been exchanged for one of an inner part, or for a line of what the
    author wrote or quoted.
    """
    if not boundary or len(boundary) > 200 or not boundary.isascii() or boundary.endswith(" "):
        return [], True
    if boundary.startswith("--") and " " in boundary:
        return [], True  # "-----Original Message-----" is the line above a mail that was sent on
    delimiter = b"\n--" + boundary.encode()
    # Relaxed DKIM lets anybody widen a blank in it (Notes writes one), so that it is no delimiter.
    widened = rb"[ \t]+".join(map(re2.escape, re.split(rb"[ \t]+", delimiter)))
    places = re2.compile(widened).finditer(raw, start - 1, end)  # from the line end above the body
    found = [place.start() for place in islice(places, room.parts + 2)]
    if len(found) > room.parts + 1:
        room.refuse("The message has too many parts.")
    if not all(raw.startswith(delimiter, at) for at in found):
        room.widened = True
        return [], True
    above = raw[start - 1 : min([*found[:1], start + MAX_PREAMBLE, end])]
    preamble = " ".join(above.decode("utf-8", "replace").lower().split())
    if len(above) > MAX_PREAMBLE or (
        preamble and (b"\n--" in above or not PREAMBLE.match(preamble))
    ):
        return [], True
    pieces: list[tuple[int, int]] = []
    is_open = False
    for at, next_at in pairwise([*found, end]):
        line_end = raw.find(b"\n", at + len(delimiter), next_at)
        piece_at = line_end + 1 if line_end >= 0 else next_at
        after = raw[at + len(delimiter) : piece_at].strip(b" \t\r\n")
        if after == b"--":
            is_open = False
            break
        stop = next_at - raw.endswith(b"\r", piece_at, next_at)
        if not after:
            pieces.append((piece_at, stop))
            is_open = True
        elif is_open:  # a longer boundary that begins like ours: it belongs to the piece
            pieces[-1] = (pieces[-1][0], stop)
        else:  # above the first one: ours is a part of the real boundary
            return [], True
    return pieces, not is_open
