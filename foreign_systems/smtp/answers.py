"""What an SMTP server answered, and what that means for the message and for its destination.

Pure. A fault is blamed either on the message, which then waits on its own, or on the
destination, for which all messages wait (a circuit).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.text import visible

MAX_TEXT: Final = 1_000  # characters of a server's words that are kept
GREYLISTING_WAIT: Final = 60.0  # seconds; greylisting servers refuse anything sooner

_SIGN_IN_WANTED: Final = {530, 534, 535, 538}  # RFC 4954: our settings, not the message


class Kind(StrEnum):
    """What became of a message."""

    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNKNOWN = "unknown"  # no answer to the final dot: it may have been taken (RFC 1047)


class Blame(StrEnum):
    """Who has to wait: this message, or everything for this destination."""

    MESSAGE = "message"
    DESTINATION = "destination"


@dataclass(frozen=True)
class Answer:
    """What became of a message, and why.

    `text` holds the server's own words, or ours where the server said nothing; at most 1,000
    characters, control characters made visible. `code` is the SMTP reply code, if there was one.
    `alert`: an administrator is needed, waiting will not help. `wait_at_least` is in seconds.
    """

    kind: Kind
    blame: Blame
    code: int | None
    text: str
    alert: bool = False
    wait_at_least: float | None = None

    def __str__(self) -> str:
        return f"{self.code} {self.text}" if self.code else self.text


@dataclass(frozen=True)
class Reply:
    """One complete reply of a server: code 200 to 599, and its lines joined by blanks."""

    code: int
    text: str

    @property
    def positive(self) -> bool:
        return 200 <= self.code <= 299

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Trouble(Exception):
    """A conversation cannot go on; `answer` says what that means for what was to be sent."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(str(answer))
        self.answer = answer


def printable(text: str) -> str:
    """Return `text` on one line, control and bidi characters as visible escapes, cut."""
    return visible(" ".join(text[: 2 * MAX_TEXT].split()), MAX_TEXT)


def destination_trouble(text: str, *, code: int | None = None, alert: bool = False) -> Trouble:
    """Nothing can be sent to this destination now."""
    return Trouble(Answer(Kind.DEFERRED, Blame.DESTINATION, code, printable(text), alert))


def refused_session(reply: Reply) -> Trouble:
    """The server refused greeting, EHLO, STARTTLS or AUTH: a 5xx there is a matter of settings."""
    return destination_trouble(reply.text, code=reply.code, alert=reply.code >= 500)


def answer_of(reply: Reply) -> Answer:
    """Read the reply to MAIL, RCPT, DATA or the final dot (RFC 5321, section 4.2)."""
    text = printable(reply.text)
    if reply.positive:
        return Answer(Kind.SENT, Blame.MESSAGE, reply.code, text)
    if reply.code == 421 or reply.code < 400:
        return Answer(Kind.DEFERRED, Blame.DESTINATION, reply.code, text)
    if reply.code in _SIGN_IN_WANTED:
        return Answer(Kind.DEFERRED, Blame.DESTINATION, reply.code, text, alert=True)
    if reply.code >= 500:
        return Answer(Kind.FAILED, Blame.MESSAGE, reply.code, text)
    wait = GREYLISTING_WAIT if reply.code in {450, 451} else None
    return Answer(Kind.DEFERRED, Blame.MESSAGE, reply.code, text, wait_at_least=wait)
