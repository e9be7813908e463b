"""How often a peer may connect or begin a message. Who is too fast is told to come back later."""

import time
from collections.abc import Callable
from typing import Final

TOO_MANY_A_MINUTE: Final = "Too many {} in a minute from this host, try again later"
MAX_PEERS: Final = 10_000  # that are remembered
MINUTE: Final = 60.0  # seconds


class Rate:
    """At most `most` a minute of each peer; a pause earns as much as it would have taken. 0: no limit."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._used: dict[str, tuple[float, float]] = {}  # of a peer: how many count, and since when

    def allows(self, peer: str) -> bool:
        """Count one more of this peer; False, and nothing is counted, if that is too many."""
        if not self._most:
            return True
        now = self._clock()
        used, since = self._used.pop(peer, (0.0, now))
        used = max(0.0, used - (now - since) * self._most / MINUTE)
        allowed = used + 1 <= self._most
        self._used[peer] = (used + allowed, now)  # at the end: the first was silent for longest
        if len(self._used) > MAX_PEERS:
            del self._used[next(iter(self._used))]
        return allowed
