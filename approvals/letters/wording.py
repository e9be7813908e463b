"""The words of the mails: values from outside made harmless, sentences of our own around them."""

from dataclasses import dataclass

from approvals.letters.covers import covers
from approvals.letters.facts import RequestFacts, RequestOutcome
from approvals.letters.guard import unbroken
from approvals.letters.render import Values, wrapped
from approvals.letters.signs import Sign
from approvals.words import APPROVE
from core.dates import between, duration, moment
from core.text import visible

_USUAL_MINUTES = 120  # the length that the mail offers, if the process allows it
# Characters of values from outside.
_MAX_REASON, _MAX_COMMENT, _MAX_NAME, _MAX_PATH, _MAX_COMMAND = 250, 1000, 60, 400, 600


@dataclass(frozen=True)
class FactRow:
    """One fact: our label and its value, which share a line. `code`: a path, hash or command."""

    label: str
    value: str
    code: bool = False
    own: bool = False  # our own words, which may be wrapped

    @property
    def line(self) -> str:
        line = f"{self.label}: {self.value}"
        return wrapped(line) if self.own else line


def short_account(account: str) -> str:
    """The name alone: alice for EXAMPLE\\alice and alice@example.com."""
    name = account.rpartition("\\")[2].partition("@")[0]
    return visible(name or account, _MAX_NAME)


def request_values(facts: RequestFacts) -> Values:
    """What every mail about a request may say."""
    longest = facts.longest_minutes
    timed = min(_USUAL_MINUTES, longest)
    return {
        "number": f"PM-{facts.number}",
        "user": short_account(facts.account),
        "file": visible(facts.file_name, _MAX_NAME),
        "computer": visible(facts.computer, _MAX_NAME),
        "rights": " as administrator" if facts.elevated else "",
        "reason": visible(facts.reason, _MAX_REASON),
        "expires": moment(facts.expires, facts.zone),
        "timed_words": unbroken(f"{APPROVE} FOR {duration(timed).upper()}") if timed > 0 else "",
        "longest": duration(longest) if longest > 0 else "",
        "process": visible(facts.process, 120),
        "signs": [
            Sign(sign.kind, visible(sign.title, 100), visible(sign.text, 250))
            for sign in facts.signs
        ],
        "rows": fact_rows(facts),
    }


def fact_rows(facts: RequestFacts) -> list[FactRow]:
    """Every fact of a request, each on a line of its own; without those that are not known."""
    name = f" ({visible(facts.full_name, _MAX_NAME)})" if facts.full_name else ""
    signer = {"": "unsigned", None: ""}.get(facts.signer, facts.signer or "")
    timed = covers(facts.characteristics, one_time=False) if facts.longest_minutes > 0 else ""
    open_for = between(facts.requested, facts.expires)
    found = [
        FactRow("Request", f"PM-{facts.number}"),
        FactRow("Policy", visible(facts.policy, 120)),
        FactRow("User", f"{visible(facts.account, 2 * _MAX_NAME)}{name}"),
        FactRow("Computer", visible(facts.computer, _MAX_NAME)),
        FactRow("File", visible(facts.file_path or facts.file_name, _MAX_PATH), code=True),
        FactRow("Publisher", visible(signer, 120)),
        FactRow("SHA-256", visible(facts.sha256, 64), code=True),
        FactRow("Command line", visible(facts.command_line, _MAX_COMMAND), code=True),
        FactRow("One Time covers", covers(facts.characteristics, one_time=True), own=True),
        FactRow("A timed approval covers", timed, own=True),
        FactRow("Requested", moment(facts.requested, facts.zone)),
        FactRow("Expires", f"{moment(facts.expires, facts.zone)}, in {open_for}"),
    ]
    return [row for row in found if row.value]


def outcome_heading(outcome: RequestOutcome) -> str:
    """`approved for 2 hours`, `approved, One Time, revoked`, `denied`, `expired`, `cancelled`."""
    if outcome.kind != "approved":
        return outcome.kind
    given = f"approved for {duration(outcome.minutes)}" if outcome.minutes else "approved, One Time"
    return f"{given}, revoked" if outcome.revoked else given


def outcome_values(facts: RequestFacts, outcome: RequestOutcome) -> Values:
    """Who decided what, until when, what it covers, and the comment on one line."""
    by = [visible(outcome.by, 120), visible(outcome.channel, 60), moment(outcome.at, facts.zone)]
    covered = covers(facts.characteristics, one_time=not outcome.minutes)
    return {
        "kind": outcome.kind,
        "heading": outcome_heading(outcome),
        "by": ", ".join(part for part in by if part),
        "decided": bool(outcome.by),
        "at": moment(outcome.at, facts.zone),
        "until": moment(outcome.until, facts.zone) if outcome.until else "",
        "covers": wrapped(f"It covers {covered}."),
        "comment": visible(" ".join(outcome.comment.split()), _MAX_COMMENT),
    }
