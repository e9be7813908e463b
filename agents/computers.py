"""Registered computers, remembered by each process for a second, so that a busy one isn't read each time.

A revocation reaches every process within FRESH seconds, and its own at once. If the database doesn't
answer, nobody is let in for longer than that.
"""

import time
import uuid
from typing import Final

from policies.models import Computer

FRESH: Final = 1.0  # seconds


class Remembered:
    """The computers that called this process within the last second, found by their ids."""

    def __init__(self) -> None:
        self._computers: dict[uuid.UUID, Computer] = {}
        self._since = float("-inf")

    def find(self, computer_id: uuid.UUID) -> Computer | None:
        """The computer as it was at most FRESH seconds ago; None if there is none."""
        now = time.monotonic()
        if now - self._since >= FRESH:
            self.forget()
            self._since = now
        computers = self._computers
        computer = computers.get(computer_id)
        if computer is None:
            computer = Computer.objects.filter(pk=computer_id).first()
            if computer is not None:
                computers[computer_id] = computer
        return computer

    def forget(self) -> None:
        """Whoever is looking one up meanwhile puts it where nobody looks any more."""
        self._computers = {}


computers: Final = Remembered()
