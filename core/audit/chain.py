"""The audit trail's hashes and signatures. Pure: from an export, anyone can check them alone.

An entry's hash is SHA-256(hash before it + payload hash), and its payload hash SHA-256(salt + payload),
all as hexadecimal text; the hash before the first entry is 64 zeros. A head is signed with Ed25519 over
the line that `SignedHead.statement` makes.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

GENESIS: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One entry. `salt` and `payload` are None where personal data was erased, or isn't shown."""

    sequence: int
    payload_hash: str
    hash: str
    salt: str | None
    payload: str | None

    def follows(self, previous: str) -> bool:
        return self.hash == sha256(previous + self.payload_hash)

    def is_as_written(self) -> bool:
        """Whether the payload is the one that was hashed; True for one that isn't there."""
        if self.salt is None or self.payload is None:
            return True
        return self.payload_hash == sha256(self.salt + self.payload)


@dataclass(frozen=True)
class SignedHead:
    """Where the chain ended at a moment, and the signature that says so."""

    sequence: int
    hash: str
    at: str  # ISO 8601, UTC
    key_number: int
    public_key: str  # hex, 32 bytes
    signature: str = ""  # hex, 64 bytes

    def statement(self) -> bytes:
        return f"pmconsole audit head {self.sequence} {self.hash} {self.at}".encode()

    def signed_with(self, key: Ed25519PrivateKey) -> "SignedHead":
        return SignedHead(**asdict(self) | {"signature": key.sign(self.statement()).hex()})

    def is_genuine(self) -> bool:
        """Whether its public key belongs to its signature; whose key it is, is for others to know."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public_key))
            key.verify(bytes.fromhex(self.signature), self.statement())
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True


@dataclass(frozen=True)
class Fault:
    """Something that isn't as it was written; `sequence` is the first entry that shows it."""

    sequence: int
    text: str

    def __str__(self) -> str:
        return self.text


def faults(
    links: Iterable[Link], heads: Iterable[SignedHead], *, first: int = 1, previous: str = GENESIS
) -> Iterator[Fault]:
    """What is wrong with the chain from entry `first`, which follows the hash `previous`; in order."""
    waiting = sorted(heads, key=lambda head: head.sequence, reverse=True)
    expected = first
    for link in links:
        if link.sequence > expected:
            last = link.sequence - 1
            entries = f"Entries {expected} to {last} are" if last > expected else f"Entry {last} is"
            yield Fault(expected, f"{entries} missing.")
        if link.sequence < expected:
            yield Fault(link.sequence, f"Entry {link.sequence} isn't in its place.")
        if not link.follows(previous):
            yield Fault(link.sequence, f"Entry {link.sequence} doesn't continue the previous one.")
        if not link.is_as_written():
            yield Fault(link.sequence, f"Entry {link.sequence} was changed.")
        while waiting and waiting[-1].sequence <= link.sequence:
            yield from _against(waiting.pop(), link)
        previous, expected = link.hash, link.sequence + 1
    for head in reversed(waiting):
        yield Fault(
            expected,
            f"The head signed on {head.at} names entry {head.sequence}, but the last entry is "
            f"{expected - 1}.",
        )


def _against(head: SignedHead, link: Link) -> Iterator[Fault]:
    if not head.is_genuine():
        yield Fault(head.sequence, f"The signature of the head {head.sequence} is wrong.")
    elif head.sequence == link.sequence and head.hash != link.hash:
        yield Fault(
            head.sequence,
            f"Entry {head.sequence} isn't the one that was signed on {head.at}: the trail up to it "
            "was written anew.",
        )


@dataclass(frozen=True)
class Verified:
    """What an export shows: its entries from `first` to `last`, and the head that vouches for them.

    `unread` is how many of them don't say what was recorded: it was erased, or isn't shown. `about` is
    the one matter that it says it is about; such evidence begins where the matter does.
    """

    faults: list[Fault]
    head: SignedHead
    first: int
    last: int
    unread: int
    about: str = ""

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    @property
    def is_whole(self) -> bool:
        """Whether it begins with the trail's first entry."""
        return self.first == 1


def verify_export(lines: Iterable[dict[str, Any]]) -> Verified:
    """What an export shows. Whose key signed its head, is for others to know.

    Raises ValueError if it isn't one, if its end is missing, or if more follows after its end.
    """
    given = iter(lines)
    try:
        start = next(given)
        previous, first = str(start["previous"]), int(start["first"])
        about = str(start.get("about", ""))
        reading = _Reading(given)
        found = list(faults(reading.links(), [], first=first, previous=previous))
        head = reading.head
    except (KeyError, TypeError, StopIteration) as error:
        raise ValueError("it isn't an export of the audit trail") from error
    if head is None:
        raise ValueError("its end, the signed head, is missing")
    if next(given, None) is not None:
        raise ValueError("there are lines after its end, the signed head")
    if reading.last is None:
        raise ValueError("it holds no entry")
    verified = Verified(found, head, first, reading.last.sequence, reading.unread, about)
    found.extend(_ends(verified, previous, reading.last))
    return verified


def _ends(verified: Verified, previous: str, last: Link) -> Iterator[Fault]:
    head, first = verified.head, verified.first
    if first < 1 or (first == 1 and previous != GENESIS):
        yield Fault(first, f"Entry {first} isn't the beginning of a trail.")
    if not head.is_genuine():
        yield Fault(head.sequence, "The signature of the head is wrong.")
    if (head.sequence, head.hash) != (last.sequence, last.hash):
        text = f"The head names entry {head.sequence}, but the last entry is {last.sequence}."
        yield Fault(last.sequence + 1, text)


class _Reading:
    """The lines of an export up to its head, one by one; afterwards its last link and its head."""

    def __init__(self, lines: Iterable[dict[str, Any]]) -> None:
        self._lines = lines
        self.last: Link | None = None
        self.head: SignedHead | None = None
        self.unread = 0

    def links(self) -> Iterator[Link]:
        for line in self._lines:
            if "head" in line:
                self.head = SignedHead(**line["head"])
                return
            self.last = Link(**{"salt": None, "payload": None} | line)
            self.unread += self.last.salt is None or self.last.payload is None
            yield self.last


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
