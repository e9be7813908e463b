"""Endpoint accounts as people and systems write them, and whether two of them are one person's. Pure.

`EXAMPLE\\dana`, `EXAMPLE.COM\\dana`, `dana@example.com`, `WS-022\\dana`, `EXAMPLE+dana` (winbind) and
`dana` may all be Dana's: where no identifier settles it, only the short name can be compared.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from core.text import is_hidden

# Accounts that every computer has, by their short keys: they name nobody beyond it.
BUILT_IN = frozenset({"administrator", "root"})
_SEPARATORS = re.compile(r"[\\/]")
_AROUND = "\\/+.<>\"' "  # what may stand around a name without being part of it
# In their one spelling: any other text identifies nobody, and then the names are compared.
_SID, _UID = re.compile(r"S-1(-(0|[1-9][0-9]*))+"), re.compile(r"0|[1-9][0-9]*")


class Likeness(IntEnum):
    """Whether two accounts are one person's."""

    OTHER = 0
    POSSIBLE = 1  # one short name, in different or unknown domains
    SAME = 2


def folded(text: str) -> str:
    """The text without regard to case, width and characters that nobody sees."""
    seen = "".join(c for c in text if not is_hidden(c))
    once = unicodedata.normalize("NFKC", seen).casefold()
    return unicodedata.normalize("NFKC", once).strip()


def short_key(name: str) -> str:
    """The account's name without its domain, folded."""
    short = _SEPARATORS.split(folded(name).strip(_AROUND))[-1].strip(_AROUND)
    local, at, _ = short.partition("@")
    # A mail address may have a tag behind the +, winbind writes the domain before it.
    return local.partition("+")[0] if at else local.rpartition("+")[2]


@dataclass(frozen=True)
class Account:
    """A name, and the SID or uid where the endpoint or the profile knows it."""

    name: str
    identifier: str = ""

    @classmethod
    def parse(cls, line: str) -> "Account":
        """As a profile writes it: `EXAMPLE\\alice`, or `EXAMPLE\\alice, S-1-5-21-…`.

        Account names hold no comma. Raises ValueError, a sentence.
        """
        name, comma, identifier = (part.strip() for part in line.partition(","))
        if not short_key(name):
            raise ValueError(
                f"Enter an account before the comma: EXAMPLE\\alice{comma} {identifier}"
            )
        identifier = identifier.upper()
        if comma and not (_SID.fullmatch(identifier) or _UID.fullmatch(identifier)):
            raise ValueError(
                f"“{identifier}” isn't a SID or uid. Enter, for example, "
                f"{name}, S-1-5-21-1004336348-1177238915-682003330-512"
            )
        return cls(name, identifier)

    def __str__(self) -> str:
        return f"{self.name}, {self.identifier}" if self.identifier else self.name

    @property
    def address(self) -> str:
        """The mail address that the name is, also behind a domain: `AzureAD\\dana@example.com`; or ""."""
        name = _SEPARATORS.split(self.name)[-1].strip(_AROUND)
        return name if "@" in name else ""

    @property
    def _identifier(self) -> str:
        return self.identifier.strip().upper()

    def is_told_apart_from(self, other: "Account") -> bool:
        """Whether both have an identifier of one kind, and not the same one."""
        own, its = self._identifier, other._identifier
        both = any(kind.fullmatch(own) and kind.fullmatch(its) for kind in (_SID, _UID))
        return both and own != its

    def likeness(self, other: "Account") -> Likeness:
        """Identifiers of one kind alone decide (RULES, Who decides); else the names do."""
        own, its = self._identifier, other._identifier
        if own and own == its:
            return Likeness.SAME
        if self.is_told_apart_from(other):
            return Likeness.OTHER
        if folded(self.name) == folded(other.name):
            return Likeness.SAME
        keys = short_key(self.name), short_key(other.name)
        if not all(keys) or keys[0] == keys[1]:
            return Likeness.POSSIBLE
        return Likeness.OTHER
