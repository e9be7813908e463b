"""Two limits on a conversation: one for each step, and one for all of it."""

from __future__ import annotations

import time


class Deadline:
    """Seconds left for the current step, and for the whole conversation.

    A step is a command with its whole reply, so a server that sends one byte a second does not
    get a new time-out with every byte.
    """

    def __init__(self, *, step: float, total: float) -> None:
        self._step = step
        self._end = time.monotonic() + total
        self._step_end = self._end

    def step(self) -> float:
        """Begin a step and return its seconds (never zero, which would mean non-blocking)."""
        self._step_end = min(time.monotonic() + self._step, self._end)
        return self.left()

    def last_step(self) -> float:
        """Begin a step that may take all the time that is left."""
        self._step_end = self._end
        return self.left()

    def left(self) -> float:
        return max(self._step_end - time.monotonic(), 0.001)

    @property
    def over(self) -> bool:
        return time.monotonic() >= self._end

    @property
    def step_over(self) -> bool:
        return time.monotonic() >= self._step_end
