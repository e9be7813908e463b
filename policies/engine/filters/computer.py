"""Computer: where the program runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from policies.engine.event import Event
from policies.engine.filters.base import CompilePattern, FilterSettings, Settings
from policies.engine.filters.base import texts as read_texts
from policies.engine.globs import matches_text
from policies.engine.index import COMPUTER, Keys, keys_of_texts
from policies.engine.text import fold
from policies.engine.words import listed, quoted


@dataclass(frozen=True)
class Computer(FilterSettings):
    """The computer's name is one of these, in either case; `*` and `?` allowed."""

    kind = "computer"
    label = "Computer Filter"
    names: tuple[str, ...] = ()

    @classmethod
    def build(cls, settings: Settings, compile_pattern: CompilePattern | None) -> Self:
        return cls(names=read_texts(settings, "names"))

    def agrees(self, event: Event, now: datetime, doubt: bool) -> bool:
        return any(matches_text(name, event.computer) for name in self.names)

    def may_doubt(self, event: Event) -> bool:
        return False

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        if met:
            name = next(name for name in self.names if matches_text(name, event.computer))
            return f"The computer {quoted(event.computer)} matches {quoted(name)}."
        return f"The computer {quoted(event.computer)} is none of those listed."

    def index_keys(self, platform: str) -> Keys | None:
        return keys_of_texts(COMPUTER, map(fold, self.names))

    def tests(self) -> list[str]:
        return [f"computer is {listed(self.names, 'or')}"]

    def target(self) -> str:
        return f"anything on {listed(self.names, 'or')}"
