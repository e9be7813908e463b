"""The content inside of S/MIME signed-data (RFC 5652), read without verifying the signature.

Only as much BER as is needed to reach the content: sequences, explicit tags and octet strings, of
definite and indefinite length.
"""

SEQUENCE, SET, OCTETS, OCTETS_OF_OCTETS, EXPLICIT, OBJECT, INTEGER = 48, 49, 4, 36, 160, 6, 2
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
PLAIN_DATA = bytes.fromhex("2a864886f70d010701")
MAX_CHUNKS = 20_000  # of 512 bytes or more: programs that stream write many


class NotSigned(Exception):
    """The bytes are no signed-data with its content inside."""


def signed_content(data: bytes) -> bytes:
    """The signed MIME entity. Raises NotSigned."""
    try:
        outer = _inside(data, 0, SEQUENCE)
        tag, at, end = _item(data, outer)
        if tag != OBJECT or data[at:end] != SIGNED_DATA:
            raise NotSigned
        signed = _inside(data, _inside(data, end, EXPLICIT), SEQUENCE)
        after_version = _skip(data, signed, INTEGER)
        after_digests = _skip(data, after_version, SET)
        content = _inside(data, after_digests, SEQUENCE)
        tag, at, end = _item(data, content)
        if tag != OBJECT or data[at:end] != PLAIN_DATA:
            raise NotSigned
        return _octets(data, _inside(data, end, EXPLICIT))
    except IndexError:
        raise NotSigned from None


def _item(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, start and end of the value at `at`; the end is -1 for an indefinite length."""
    tag, length = data[at], data[at + 1]
    at += 2
    if length == 128:
        return tag, at, -1
    if length > 128:
        size = length - 128
        if size > 4:
            raise NotSigned
        length = int.from_bytes(data[at : at + size], "big")
        at += size
    if at + length > len(data):
        raise NotSigned
    return tag, at, at + length


def _inside(data: bytes, at: int, tag: int) -> int:
    found, start, _ = _item(data, at)
    if found != tag:
        raise NotSigned
    return start


def _skip(data: bytes, at: int, tag: int) -> int:
    found, _, end = _item(data, at)
    if found != tag or end < 0:
        raise NotSigned
    return end


def _octets(data: bytes, at: int) -> bytes:
    tag, start, end = _item(data, at)
    if tag == OCTETS and end >= 0:
        return data[start:end]
    if tag != OCTETS_OF_OCTETS:
        raise NotSigned
    chunks: list[bytes] = []
    while start != end and (end >= 0 or data[start : start + 2] != b"\0\0"):
        tag, at, stop = _item(data, start)
        if tag != OCTETS or stop < 0 or len(chunks) >= MAX_CHUNKS:
            raise NotSigned
        chunks.append(data[at:stop])
        start = stop
    return b"".join(chunks)
