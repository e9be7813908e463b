"""Taking a password out of what a server says: some repeat the command that they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_PERHAPS_BASE64: Final = re.compile(rb"[A-Za-z0-9+/]{8,}")
_BLOT: Final = "…".encode()


def blotter(password: str, encoded: tuple[str, ...]) -> Callable[[bytes], bytes]:
    """Blot out the password, also in other case or spacing, and base64 also when it is cut short.

    The words get into logs and pages.
    """
    spellings = [text.rstrip("=").encode() for text in encoded]
    words = password.encode("utf-8", "surrogatepass").split()
    whole: list[bytes] = [re.escape(spelling) + rb"=*" for spelling in spellings if spelling]
    whole += [rb"\s+".join(map(re.escape, words))] if words else []
    if not whole:
        return lambda said: said
    whole.sort(key=len, reverse=True)
    pattern = re.compile(b"|".join(whole), re.IGNORECASE)

    def piece(found: re.Match[bytes]) -> bytes:
        return _BLOT if any(found[0] in spelling for spelling in spellings) else found[0]

    return lambda said: _PERHAPS_BASE64.sub(piece, pattern.sub(_BLOT, said))
