"""A conversation with an SMTP server, line by line. Who records it has masked what is secret."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from foreign_systems.smtp.answers import printable

MAX_TRANSCRIPT: Final = 200  # lines, of at most 1,000 characters
_KEPT_FROM_START: Final = 120


@dataclass(frozen=True)
class TranscriptLine:
    """What we (`who` is C) or the server (S) said; empty where lines were left out.

    `failed`: with this line it went wrong.
    """

    who: str
    text: str
    failed: bool = False


class Transcript:
    """A conversation line by line, cut in its middle where it gets too long."""

    def __init__(self) -> None:
        self.said = 0  # lines so far, also those left out
        self._lines: list[TranscriptLine] = []

    def __call__(self, who: str, text: str) -> None:
        self.said += 1
        self._lines.append(TranscriptLine(who, printable(text)))
        if len(self._lines) >= MAX_TRANSCRIPT:
            del self._lines[_KEPT_FROM_START]

    def mark(self) -> None:
        """Mark the newest reply as the one that failed, or the command that got none."""
        for index in range(len(self._lines) - 1, -1, -1):
            line = self._lines[index]
            if line.who == "C" and index < len(self._lines) - 1:
                return
            self._lines[index] = replace(line, failed=True)
            if line.who == "C":
                return

    def lines(self) -> tuple[TranscriptLine, ...]:
        left_out = self.said - len(self._lines)
        if not left_out:
            return tuple(self._lines)
        note = TranscriptLine("", f"[{left_out:,} lines are left out here]")
        return (*self._lines[:_KEPT_FROM_START], note, *self._lines[_KEPT_FROM_START:])
