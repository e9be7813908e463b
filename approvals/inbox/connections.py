"""How many conversations the listener holds, and who has to come back later (RFC 5321, 3.8)."""

from typing import Final, Protocol

TOO_MANY: Final = "421 4.7.0 Too many connections, try again later"


class Connection(Protocol):
    """A conversation, as far as counting needs it."""

    peer_name: str  # an IP address, or "unix"

    @property
    def is_signed_in(self) -> bool: ...

    def turn_away(self, words: str) -> None:
        """Say `words` and close the connection."""


class Connections:
    """The conversations that are open, at most `most` of them and `most_of_peer` of one peer.

    Only the excess is turned away. Where clients sign in (`prefers_signed_in`), that is the one that
    has been silent about its password for longest: whoever opens connections and says nothing keeps
    nobody out who knows the password.
    """

    def __init__(self, *, most: int, most_of_peer: int, prefers_signed_in: bool) -> None:
        self._most, self._most_of_peer = most, most_of_peer
        self._prefers_signed_in = prefers_signed_in
        self._open: dict[Connection, None] = {}  # in the order in which they came

    def admit(self, new: Connection) -> bool:
        """Count a new conversation; False if there is no room for it."""
        ours = [each for each in self._open if each.peer_name == new.peer_name]
        crowd = ours if len(ours) >= self._most_of_peer else list(self._open)
        if crowd is ours or len(crowd) >= self._most:
            oldest = next((each for each in crowd if not each.is_signed_in), None)
            if oldest is None or not self._prefers_signed_in:
                return False
            self.forget(oldest)
            oldest.turn_away(TOO_MANY)
        self._open[new] = None
        return True

    def forget(self, ended: Connection) -> None:
        self._open.pop(ended, None)
