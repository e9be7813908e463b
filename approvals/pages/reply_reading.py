"""How a reply was read, for the timeline: a title, a tone, and each step of the reading."""

from dataclasses import dataclass

from approvals.models import IncomingMail
from approvals.pages.outcome_words import given_words

Outcome = IncomingMail.Outcome
_TONES = {
    Outcome.APPROVE: "info",
    Outcome.DENY: "info",
    Outcome.UNCLEAR: "wait",
    Outcome.REJECTED: "bad",
    Outcome.UNMATCHED: "bad",
    Outcome.IGNORED: "off",
    Outcome.CLOSED: "off",
    Outcome.SUPERSEDED: "off",
    Outcome.DUPLICATE: "off",
}
# The state, as core.templatetags.ui.STATES has them, that gives an outcome its colour in a list.
_STATES = {
    Outcome.APPROVE: "approved",
    Outcome.DENY: "denied",
    Outcome.UNCLEAR: "deferred",
    Outcome.REJECTED: "failed",
    Outcome.UNMATCHED: "failed",
}
_LOOKS = {True: ("good", "approved"), False: ("bad", "denied"), None: ("", "reply")}


@dataclass(frozen=True)
class ReadingStep:
    """One step of the reading: its name, what was found, and whether the message passed it."""

    name: str
    text: str
    tone: str
    icon: str


def reply_title(mail: IncomingMail) -> str:
    """Who replied, and how the reply was understood."""
    sender = mail.invitation.address if mail.invitation else "Someone"
    minutes = mail.reading.get("minutes")
    is_told = mail.request is not None and not mail.request.terms.decided_by_mail
    titles = {
        Outcome.APPROVE: f"{sender} replied: approve{given_words(minutes)}",
        Outcome.DENY: f"{sender} replied: deny",
        Outcome.UNCLEAR: f"{sender} replied, but it is decided in Manage Approvals"
        if is_told
        else f"{sender} replied, but the reply was not understood",
        Outcome.IGNORED: f"An automatic message for {sender} was ignored",
        Outcome.REJECTED: f"A reply in the name of {sender} was rejected",
        Outcome.UNMATCHED: "A message that matches no invitation",
        Outcome.CLOSED: f"{sender} replied too late",
        Outcome.SUPERSEDED: f"An older reply of {sender} came late and replaced nothing",
        Outcome.DUPLICATE: f"A duplicate of a message for {sender} came and changed nothing",
    }
    if mail.state == IncomingMail.State.STORED:
        return f"A message for {sender} is waiting to be read"
    if mail.state == IncomingMail.State.FAILED:
        return f"A message for {sender} could not be read"
    if mail.reading.get("report") and mail.outcome == Outcome.IGNORED:
        tried = "could not deliver" if mail.reading["bounced"] else "has not delivered"
        return (
            f"A mail server {tried} an email to {sender}{'' if mail.reading['bounced'] else ' yet'}"
        )
    if mail.says_away:
        return f"An automatic reply says that {sender} is away"
    return titles[Outcome(mail.outcome)]


def reply_tone(mail: IncomingMail) -> str:
    """Its tone, as in console.css."""
    if mail.state == IncomingMail.State.FAILED:
        return "bad"
    return _TONES.get(Outcome(mail.outcome), "info") if mail.outcome else "info"


def reply_state(mail: IncomingMail) -> str:
    """The state that gives its outcome the colour."""
    if mail.state == IncomingMail.State.FAILED:
        return "failed"
    if mail.state == IncomingMail.State.STORED:
        return "queued"
    return _STATES.get(Outcome(mail.outcome), "off") if mail.outcome else "off"


def reading_steps(mail: IncomingMail) -> list[ReadingStep]:
    """The steps that were taken, in their order; `passed` is None where one only informs."""
    return [
        ReadingStep(step["name"], step["text"], *_LOOKS[step["passed"]])
        for step in mail.reading.get("steps", ())
    ]
