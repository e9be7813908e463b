"""A message as a tree of MIME parts (RFC 2045, RFC 2046), cut apart within limits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import re2

from approvals.reply.headers import Fields, fields_of, split_head, values
from approvals.reply.limits import MAX_CONTENT_TYPE, MAX_DEPTH, MAX_ENCODING, MAX_PARTS, TooMuch

# Python's own expressions, which find many pieces far quicker; the field's length is limited.
PARAMETER = re.compile(r'(?a);\s*+([^\s=;"]++)\s*+=\s*+("(?:[^"\\]++|\\.)*+"|[^;"]*+)')
MEDIA_TYPE = re2.compile(r"^\s*([A-Za-z0-9.+_-]+/[A-Za-z0-9.+_-]+)\s*(?:;|$)")
QUOTED_PAIR = re2.compile(r"\\(.)")
COMMENT = re2.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class Part:
    """One part: its media type and parameters in lower case, its body still encoded.

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
        if self.children or not self.media_type.startswith("text/"):
            return False
        return any(map(_names_file, dispositions + values(self.fields, "content-type")))

    @property
    def encoding(self) -> str:
        found = values(self.fields, "content-transfer-encoding")
        return COMMENT.sub("", found[0][:MAX_ENCODING]).strip().lower() if found else "7bit"

    def walk(self) -> Iterator["Part"]:
        """This part and those in it, in their order; not into attached messages."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse_message(raw: bytes) -> Part:
    """The tree of a message. Raises TooMuch and Malformed."""
    return _parse(raw, depth=0, budget=[MAX_PARTS])


def _parse(raw: bytes, *, depth: int, budget: list[int]) -> Part:
    budget[0] -= 1
    if budget[0] < 0:
        raise TooMuch("The message has too many parts.")
    if depth > MAX_DEPTH:
        raise TooMuch("The message's parts are nested too deeply.")
    head, body = split_head(raw)
    fields = fields_of(head)
    media_type, parameters, readable = _content_type(fields)
    if depth and not values(fields, "content-type"):
        readable = False  # every mail program writes one; text cut at a line of dashes has none
    children: tuple[Part, ...] = ()
    if media_type.startswith("multipart/"):
        pieces = _split(body, parameters.get("boundary", ""), budget[0])
        readable = readable and bool(pieces)
        children = tuple(_parse(piece, depth=depth + 1, budget=budget) for piece in pieces)
    return Part(fields, media_type, parameters, body, children, readable)


def _content_type(fields: Fields) -> tuple[str, dict[str, str], bool]:
    found = values(fields, "content-type")
    encodings = values(fields, "content-transfer-encoding")
    readable = len(found) <= 1 and len(encodings) <= 1
    readable = readable and all(len(value) <= MAX_ENCODING for value in encodings)
    if not found:
        return "text/plain", {}, readable
    value = found[0]
    match = MEDIA_TYPE.match(value) if len(value) <= MAX_CONTENT_TYPE else None
    if not match:
        return "text/plain", {}, False
    parameters: dict[str, str] = {}
    for name, text in PARAMETER.findall(value):
        key = name.lower()
        readable = readable and key not in parameters
        bare = text.strip()
        if bare.startswith('"'):
            bare = str(QUOTED_PAIR.sub(r"\1", bare[1:-1]))
        else:
            bare = str(COMMENT.sub("", bare)).strip()
        parameters.setdefault(key, bare)
    return match.group(1).lower(), parameters, readable


def _names_file(value: str) -> bool:
    """Whether a field has a parameter `name` or `filename`, in pieces or encoded too (RFC 2231)."""
    clean = COMMENT.sub("", value.encode("ascii", "replace").decode())
    names = (name.lower().partition("*")[0] for name, _ in PARAMETER.findall(clean))
    return any(name in ("name", "filename") for name in names)


def _split(body: bytes, boundary: str, budget: int) -> list[bytes]:
    """The pieces between the delimiter lines; none if there is no proper delimiter.

    Nor if there is text above the first one that no mail program puts there: the boundary may have
    been exchanged for one of an inner part, or for a line of what the author wrote.
    """
    if not boundary or len(boundary) > 200 or not boundary.isascii() or boundary.endswith(" "):
        return []
    delimiter = b"--" + boundary.encode()
    chunks = (b"\n" + body).split(b"\n" + delimiter, budget + 2)
    if len(chunks) > budget + 2:
        raise TooMuch("The message has too many parts.")
    preamble = chunks[0].strip()
    if preamble and (b"MIME" not in preamble or b"\n--" in chunks[0]):
        return []
    pieces: list[bytes] = []
    is_open = False
    for index, chunk in enumerate(chunks):
        line, newline, rest = chunk.partition(b"\n")
        after = line.strip(b" \t\r")
        if index and after == b"--":
            is_open = False
            break
        if index and not after and (newline or not rest):
            pieces.append(rest.removesuffix(b"\r"))
            is_open = True
        elif is_open:  # a longer boundary that begins like ours: it belongs to the piece
            pieces[-1] += b"\n" + delimiter + chunk
    return pieces
