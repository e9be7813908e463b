"""Identifiers: making one that sorts by its time, and reading one that somebody sent."""

import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | secrets.randbits(12) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def uuid_of(text: str) -> uuid.UUID | None:
    """The UUID that `text` spells; None if it spells none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
