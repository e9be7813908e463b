"""Signed File: who signed the program."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from policies.engine.event import Event
from policies.engine.filters.base import CompilePattern, FilterSettings, Settings
from policies.engine.filters.base import text as read_text
from policies.engine.globs import matches_text
from policies.engine.index import SIGNER, Keys, keys_of_texts
from policies.engine.text import fold
from policies.engine.words import quoted, shown


@dataclass(frozen=True)
class SignedFile(FilterSettings):
    """The signer's subject name, in either case; `*` may stand before it, after it or alone."""

    kind = "signed_file"
    label = "Signed File Filter"
    subject: str = ""

    @classmethod
    def build(cls, settings: Settings, compile_pattern: CompilePattern | None) -> Self:
        subject = read_text(settings, "subject")
        if "*" in subject[1:-1]:
            raise ValueError("subject: use * only at the beginning or the end")
        if "?" in subject:
            raise ValueError("subject: ? is not a wildcard here; use * at the beginning or end")
        return cls(subject=subject)

    def agrees(self, event: Event, now: datetime, doubt: bool) -> bool:
        return bool(event.signer) and matches_text(self.subject, event.signer)

    def may_doubt(self, event: Event) -> bool:
        return False

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        if not event.signer:
            return "The file is not signed."
        words = "matches" if met else "does not match"
        return f"The signer {quoted(event.signer)} {words} {quoted(self.subject)}."

    def index_keys(self, platform: str) -> Keys | None:
        return keys_of_texts(SIGNER, [fold(self.subject)])

    def tests(self) -> list[str]:
        return [f"signer is {shown(self.subject)}"]

    def target(self) -> str:
        return f"anything signed by {shown(self.subject)}"
