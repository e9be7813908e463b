"""How a reply was read, as the timeline tells it: a title, and each step of the reading."""

from dataclasses import dataclass
from typing import Any

from approvals.models import IncomingMail
from approvals.pages.outcome import given_words

Outcome = IncomingMail.Outcome
_TONES = {
    Outcome.APPROVE: "info",
    Outcome.DENY: "info",
    Outcome.UNCLEAR: "wait",
    Outcome.REJECTED: "bad",
    Outcome.UNMATCHED: "bad",
    Outcome.IGNORED: "off",
    Outcome.CLOSED: "off",
}
_LOOKS = {True: ("good", "approved"), False: ("bad", "denied"), None: ("", "reply")}


@dataclass(frozen=True)
class Step:
    """One step of the reading: its name, what was found, and whether the message passed it."""

    name: str
    text: str
    tone: str
    icon: str


def reply_title(mail: IncomingMail) -> str:
    """Who answered, and what it was read as."""
    sender = mail.invitation.address if mail.invitation else "Somebody"
    minutes = mail.reading.get("minutes")
    titles = {
        Outcome.APPROVE: f"{sender} replied: approve{given_words(minutes)}",
        Outcome.DENY: f"{sender} replied: deny",
        Outcome.UNCLEAR: f"{sender} replied; the answer could not be read",
        Outcome.IGNORED: f"An automatic message answered for {sender}: ignored",
        Outcome.REJECTED: f"An answer in the name of {sender} was rejected",
        Outcome.UNMATCHED: "A message that belongs to no invitation",
        Outcome.CLOSED: f"{sender} replied, but too late",
    }
    if mail.state == IncomingMail.State.STORED:
        return f"A message for {sender} is stored and waits to be read"
    if mail.state == IncomingMail.State.FAILED:
        return f"A message for {sender} could not be read"
    return titles[Outcome(mail.outcome)]


def reply_tone(mail: IncomingMail) -> str:
    """Its tone, as in console.css."""
    if mail.state == IncomingMail.State.FAILED:
        return "bad"
    return _TONES.get(Outcome(mail.outcome), "info") if mail.outcome else "info"


def steps_of(mail: IncomingMail) -> list[Step]:
    """The steps that were taken, in their order."""
    return [_step(step) for step in mail.reading.get("steps", ())]


def _step(stored: dict[str, Any]) -> Step:
    """A stored step; `passed` is None where it only tells something."""
    tone, icon = _LOOKS[stored["passed"]]
    return Step(stored["name"], stored["text"], tone, icon)
