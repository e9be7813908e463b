"""What is wrong, as a check declares it once and finds it each time. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import IntEnum
from string import Formatter
from typing import Final

from core.text import visible

RUNBOOK: Final = "docs/doctor.md"
MAX_VALUE: Final = 300  # characters of a value in a sentence


class Level(IntEnum):
    """The exit code is the highest level found, or 0; a note changes nothing."""

    NOTE = 0
    WARNING = 1
    TROUBLE = 2


@dataclass(frozen=True)
class Kind:
    """A thing that can be wrong. `key` names it in --json, and its entry in the runbook.

    The sentences have places for values in braces. `means` is what users notice.
    """

    key: str
    level: Level
    wrong: str
    means: str
    mend: str

    def found(self, **values: object) -> Finding:
        """It is so, with these values in its sentences."""
        shown = {name: visible(" ".join(str(v).split()), MAX_VALUE) for name, v in values.items()}
        return Finding(
            key=self.key,
            level=self.level,
            wrong=self.wrong.format(**shown),
            means=self.means.format(**shown),
            mend=self.mend.format(**shown),
        )

    @property
    def values(self) -> set[str]:
        """The names of its places."""
        texts = (self.wrong, self.means, self.mend)
        return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


@dataclass(frozen=True)
class Finding:
    """Something that is wrong here and now."""

    key: str
    level: Level
    wrong: str
    means: str
    mend: str

    def to_json(self) -> dict[str, object]:
        return {**asdict(self), "level": self.level.name.lower(), "runbook": self.runbook}

    @property
    def runbook(self) -> str:
        return f"{RUNBOOK}#{self.key}"
