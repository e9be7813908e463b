"""What commands read: a file, or standard input."""

import sys
from pathlib import Path

from django.core.management.base import CommandError


def read_input(file: str, *, limit: int) -> bytes:
    """What the file holds (- is standard input); of one over `limit` bytes, enough to refuse it.

    Raises CommandError.
    """
    try:
        if file == "-":
            return sys.stdin.buffer.read(limit + 1)
        with Path(file).open("rb") as opened:
            return opened.read(limit + 1)
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}.") from error
