"""Limits on how often something may happen within a window of time, counted in the cache."""

import hashlib
from typing import Any, cast

from django.core.cache import cache


def count(*parts: object, window: int, by: int = 1) -> int:
    """Count `by` events of what `parts` name, and return how many there were in this window.

    `window` is seconds. The window begins with the first event; later ones don't prolong it.
    """
    # What people type may hold anything, a cache's key may not.
    name = hashlib.sha256("\0".join(map(str, parts)).encode(errors="replace")).hexdigest()
    return cast(Any, cache).count(f"limit:{parts[0]}:{name}", window, by)  # type: ignore[no-any-return]


def uncount(*parts: object, window: int) -> None:
    """Take one event back, if its window is still open."""
    count(*parts, window=window, by=-1)
