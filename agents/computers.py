"""Registered computers, remembered by each process, so that a report needn't ask for its own.

Once a second the process reads the mark of who may call (policies/models/revision.py), and forgets all if
it's another one: what is revoked or removed is refused by every process within FRESH seconds, and by its
own at once. If the database doesn't answer, nobody is let in.
"""

import time
import uuid
from typing import Final

from policies.models import Computer, ComputerRevision

FRESH: Final = 1.0  # seconds
MAX_REMEMBERED: Final = 50_000


class Remembered:
    """The computers of one process, found by their ids."""

    def __init__(self) -> None:
        self._computers: dict[uuid.UUID, Computer] = {}
        self._mark: str | None = None
        self._seen_at = float("-inf")

    def remembered(self, computer_id: uuid.UUID) -> Computer | None:
        """As `find`, without a look-up of its own; None if this process hasn't met the computer."""
        self._refresh()
        return self._computers.get(computer_id)

    def find(self, computer_id: uuid.UUID) -> Computer | None:
        """The computer as it was at most FRESH seconds ago; None if there is none."""
        self._refresh()
        computers = self._computers
        computer = computers.get(computer_id)
        if computer is None:
            computer = Computer.objects.filter(pk=computer_id).first()
            if computer is not None and len(computers) < MAX_REMEMBERED:
                computers[computer_id] = computer
        return computer

    def forget(self) -> None:
        """Whoever is looking one up meanwhile puts it where nobody looks any more."""
        self._computers = {}

    def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._seen_at < FRESH:
            return
        mark = ComputerRevision.objects.values_list("mark", flat=True).first()
        if mark is None or mark != self._mark:
            self.forget()
        self._mark, self._seen_at = mark, now


computers: Final = Remembered()
