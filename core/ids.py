"""Identifiers: making one that sorts by its time, and reading one that somebody sent."""

import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits."""
    return uuid7_of(time.time_ns() // 1_000_000, secrets.token_bytes(10))


def uuid7_of(milliseconds: int, ten: bytes) -> uuid.UUID:
    """That of a known time, with these ten bytes in place of chance; six of their bits are its marks."""
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(ten)
    value = value & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=value & ~(0b11 << 62) | 0b10 << 62)


def uuid_of(text: str) -> uuid.UUID | None:
    """The UUID that `text` spells; None if it spells none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
