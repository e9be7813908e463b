"""How far the opening of a conversation has come, and why it went no further."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from foreign_systems.smtp.answers import Trouble, destination_trouble
from foreign_systems.smtp.dial import IpAddress
from foreign_systems.smtp.wire import Record


class Obstacle(StrEnum):
    """Why a conversation was not opened, where it is not that the server refused."""

    TRIAL_ONLY = auto()  # a host beyond this machine, in a trial
    NO_SUCH_NAME = auto()
    NAME_SERVER = auto()  # it gave no answer, or none that helps
    BAD_ADDRESS = auto()  # a metadata service, multicast, …
    REFUSED = auto()  # nothing listens there
    TIMED_OUT = auto()
    UNREACHABLE = auto()
    SILENT = auto()  # connected, and no greeting
    CLOSED = auto()  # connected, and hung up on
    NOT_SMTP = auto()
    SPEAKS_TLS = auto()  # from the first byte, while we waited in clear
    SPEAKS_CLEAR = auto()  # while we spoke TLS
    HANDSHAKE = auto()
    AUTHORITY = auto()  # the pasted one is not readable
    SELF_SIGNED = auto()
    UNKNOWN_AUTHORITY = auto()
    EXPIRED = auto()
    NOT_YET_VALID = auto()
    MISNAMED = auto()
    CERTIFICATE = auto()  # not accepted for another reason
    NO_STARTTLS = auto()  # and smtp+starttls:// was promised
    STRIPPED = auto()  # STARTTLS was offered before
    UNSAFE_SIGN_IN = auto()
    NO_MECHANISM = auto()


class Stopped(Trouble):
    """It was we who went no further; `obstacle` says why, to those who explain it."""

    def __init__(self, obstacle: Obstacle, text: str) -> None:
        super().__init__(destination_trouble(text, alert=True).answer)
        self.obstacle = obstacle


@dataclass(frozen=True)
class TlsFacts:
    """What was agreed on: `version` such as TLSv1.3, the certificate's names and its last day."""

    version: str
    names: tuple[str, ...]
    until: str  # as OpenSSL writes it: Oct  3 12:00:00 2026 GMT

    def __str__(self) -> str:
        return f"{self.version}, certificate for {', '.join(self.names)}, valid until {self.until}"


class Progress:
    """The steps that went well, with the server's own words, and the one now being tried.

    `record` is told each line that passes. `connected_in` is in seconds.
    """

    def __init__(self, record: Record | None = None) -> None:
        self.record = record
        self.done: list[tuple[str, str]] = []
        self.current = ""
        self.addresses: list[IpAddress] = []
        self.peer: IpAddress | None = None
        self.connected_in = 0.0
        self.tls: TlsFacts | None = None
        self.mechanism = ""

    def begin(self, step: str) -> None:
        self.current = step

    def end(self, text: str) -> None:
        self.done.append((self.current, text))
