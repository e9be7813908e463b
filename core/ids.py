"""Identifiers: making one that sorts by its time, and reading one that somebody sent."""

import secrets
import time
import uuid
from datetime import UTC, datetime


def uuid7() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, 12 of their fraction (method 3 of its
    section 6.2, so that what is made within a millisecond is in order too), 62 random bits."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 2**12 // 1_000_000
    return uuid7_of(milliseconds, fraction.to_bytes(2) + secrets.token_bytes(8))


def uuid7_of(milliseconds: int, ten: bytes) -> uuid.UUID:
    """That of a known time, with these ten bytes in place of chance; six of their bits are its marks."""
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(ten)
    value = value & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=value & ~(0b11 << 62) | 0b10 << 62)


def made_at(identity: uuid.UUID) -> datetime:
    """When a UUID of version 7 was made."""
    return datetime.fromtimestamp((identity.int >> 80) / 1000, UTC)


def uuid_of(text: str) -> uuid.UUID | None:
    """The UUID that `text` spells; None if it spells none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
