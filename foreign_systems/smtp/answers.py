"""What an SMTP server answered, and what that means for the message and for its destination.

Pure. A fault is blamed either on the message, which then waits on its own, or on the
destination, for which all messages wait (a circuit).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.text import visible

MAX_TEXT: Final = 1_000  # characters of a server's words that are kept
GREYLISTING_WAIT: Final = 60.0  # seconds; greylisting servers refuse anything sooner

FULL_MAILBOX_WAIT: Final = 900.0  # seconds; people have to make room first

_SIGN_IN_WANTED: Final = {530, 534, 535, 538}  # RFC 4954: our settings, not the message
# Enhanced status codes (RFC 3463) by subject and detail; their class is read apart.
_ENHANCED: Final = re.compile(r"([245])\.(\d{1,3}\.\d{1,3})(?!\S)")
_SETTINGS: Final = {  # an administrator has to change how we sign in, or from which machine we send
    *("7.8", "7.9", "7.11", "7.57"),  # credentials, mechanism, encryption; Exchange: not signed in
    "7.25",  # our address has no reverse DNS entry (RFC 7372)
}
# Exchange: this account may not send as the sender's address. Nothing is wrong with the message.
_SENDER: Final = {"7.60", "2.252"}
_SEND_AS_DENIED: Final = "SendAsDenied"
_FULL: Final = {"2.2", "3.1"}  # a mailbox or the system: it passes, whatever the class says
# The word, which may stand in no address or host's name.
_EHLO: Final = re.compile(r"(?<![\w.@<+-])(?:ehlo|helo)(?![\w@+-]|\.\w)", re.IGNORECASE)
_BAD_SEQUENCE: Final = 503  # names EHLO as well, and means that none came


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
    `refuses_ehlo_name`: it is the server's field EHLO Name that has to be changed.
    """

    kind: Kind
    blame: Blame
    code: int | None
    text: str
    alert: bool = False
    wait_at_least: float | None = None
    refuses_ehlo_name: bool = False

    def __str__(self) -> str:
        return f"{self.code} {self.text}" if self.code else self.text

    @property
    def blames_recipient(self) -> bool:
        """Whether the address is refused (X.1.x), not the sender's (X.1.7, X.1.8): final anywhere."""
        enhanced = _ENHANCED.match(self.text)
        detail = enhanced[2] if enhanced else ""
        return detail.startswith("1.") and detail not in {"1.7", "1.8"}


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


def refused_ehlo_name(reply: Reply, name: str) -> Answer:
    """The server doesn't take the name by which we introduce ourselves: nothing can be sent to it."""
    text = f"It refuses our EHLO Name {name}, a field of the SMTP server: {reply.text}"
    return Answer(
        Kind.DEFERRED,
        Blame.DESTINATION,
        reply.code,
        printable(text),
        alert=True,
        refuses_ehlo_name=True,
    )


def names_ehlo(reply: Reply, name: str = "", *, recipient: str = "") -> bool:
    """Whether a refusal is about the name by which we introduced ourselves.

    Servers that delay it, as Postfix does, say so at MAIL or RCPT only. `name` is given where a reply
    that holds it can mean nothing else. What is about an address (X.1.x) or names the recipient isn't:
    it may repeat the words of that one recipient's server, which must not hold up all other mail.
    """
    if reply.code < 400 or reply.code in {421, _BAD_SEQUENCE}:
        return False
    enhanced = _ENHANCED.match(reply.text)
    if enhanced and enhanced[2].startswith("1."):
        return False
    if recipient and recipient.lower() in reply.text.lower():
        return False
    return _EHLO.search(reply.text) is not None or bool(name and name in reply.text)


def answer_of(reply: Reply) -> Answer:
    """Read the reply to MAIL, RCPT, DATA or the final dot (RFC 5321, section 4.2; RFC 3463).

    Where the codes disagree, waiting is the safe side: it loses no mail, and the request's expiry
    ends it.
    """
    text = printable(reply.text)
    if reply.positive:
        return Answer(Kind.SENT, Blame.MESSAGE, reply.code, text)
    if reply.code == 421 or reply.code < 400:
        return Answer(Kind.DEFERRED, Blame.DESTINATION, reply.code, text)
    enhanced = _ENHANCED.match(text)
    severity, detail = enhanced.groups() if enhanced else ("", "")
    if reply.code in _SIGN_IN_WANTED or (severity == "5" and detail in _SETTINGS):
        return Answer(Kind.DEFERRED, Blame.DESTINATION, reply.code, text, alert=True)
    if (severity == "5" and detail in _SENDER) or _SEND_AS_DENIED in text:
        return Answer(Kind.DEFERRED, Blame.MESSAGE, reply.code, text, alert=True)
    if detail in _FULL:
        wait = FULL_MAILBOX_WAIT if detail == "2.2" else None
        return Answer(Kind.DEFERRED, Blame.MESSAGE, reply.code, text, wait_at_least=wait)
    if reply.code >= 500 and severity != "4":
        return Answer(Kind.FAILED, Blame.MESSAGE, reply.code, text)
    wait = GREYLISTING_WAIT if reply.code in {450, 451} else None
    return Answer(Kind.DEFERRED, Blame.MESSAGE, reply.code, text, wait_at_least=wait)
