"""The words of the mails: values from outside made harmless, sentences of our own around them."""

from dataclasses import dataclass

from approvals.letters.covers import covers
from approvals.letters.exact import elided, one_value
from approvals.letters.execution import Execution
from approvals.letters.facts import RequestFacts, RequestOutcome
from approvals.letters.guard import unbroken
from approvals.letters.render import Values, wrapped
from approvals.letters.signs import Sign
from approvals.words import APPROVE
from core.dates import between, duration, moment
from core.text import visible

_USUAL_MINUTES = 120  # the length that the mail offers, if the process allows it
# Characters of values from outside.
_MAX_REASON, _MAX_COMMENT, _MAX_NAME, _MAX_RIGHTS = 250, 1000, 60, 120

_SINGLE = str.maketrans(dict.fromkeys('"“”„', "'"))


@dataclass(frozen=True)
class FactRow:
    """One fact: our label and its value, which share a line. `code`: a path, hash or command.

    Nothing that a key binds is cut without a word: a long value has its head, tail and length.
    """

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


def quoted(text: str, limit: int) -> str:
    """A text as it stands between our quotation marks, none of which is its own: they tell its end."""
    return visible(text, limit).translate(_SINGLE)


def request_values(facts: RequestFacts) -> Values:
    """What every mail about a request may say."""
    longest, asked = facts.longest_minutes, facts.asked_minutes
    timed = asked or min(_USUAL_MINUTES, longest)
    return {
        "number": f"PM-{facts.number}",
        "user": short_account(facts.account),
        "file": visible(facts.execution.file_name, _MAX_NAME),
        "computer": visible(facts.computer, _MAX_NAME),
        "rights": visible(facts.execution.rights_words, _MAX_RIGHTS),
        "reason": quoted(facts.reason, _MAX_REASON),
        "asked_time": duration(asked) if asked else "",
        "asked_time_unbroken": unbroken(duration(asked)) if asked else "",
        "expires": moment(facts.expires, facts.zone),
        "timed_words": unbroken(f"{APPROVE} FOR {duration(timed).upper()}") if timed > 0 else "",
        "longest": duration(longest) if longest > 0 else "",
        "process": visible(facts.process, 120),
        "signs": [
            Sign(sign.kind, visible(sign.title, 100), visible(sign.text, 250))
            for sign in facts.signs
        ],
        "bound_rows": bound_rows(facts.execution),
        "rows": fact_rows(facts),
    }


def bound_rows(execution: Execution) -> list[FactRow]:
    """What is to run, where, and with which rights: what an approver has to see before deciding."""
    return [FactRow(each.label, elided(each.text), code=each.code) for each in execution.values]


def fact_rows(facts: RequestFacts) -> list[FactRow]:
    """Every other fact, each on a line of its own; without those that are not known."""
    name = f" ({visible(facts.full_name, _MAX_NAME)})" if facts.full_name else ""
    signer = {"": "unsigned", None: ""}.get(facts.signer, facts.signer or "")
    timed = covers(facts.characteristics, one_time=False) if facts.longest_minutes > 0 else ""
    open_for = between(facts.requested, facts.expires)
    found = [
        FactRow("Request", f"PM-{facts.number}"),
        FactRow("Policy", elided(one_value(facts.policy))),
        FactRow("User", f"{elided(one_value(facts.account))}{name}"),
        FactRow("Computer", elided(one_value(facts.computer))),
        FactRow("Publisher", visible(signer, 120)),
        FactRow("One Time covers", covers(facts.characteristics, one_time=True), own=True),
        FactRow("A timed approval covers", timed, own=True),
        FactRow("Requested", moment(facts.requested, facts.zone)),
        FactRow("Expires", f"{moment(facts.expires, facts.zone)}, in {open_for}"),
    ]
    return [row for row in found if row.value]


def outcome_heading(outcome: RequestOutcome) -> str:
    """`approved for 2 hours`, `approved, One Time, revoked`, `denied`, `expired`, `cancelled`."""
    if outcome.kind != "approved":
        return "cancelled" if outcome.kind == "deserted" else outcome.kind
    given = f"approved for {duration(outcome.minutes)}" if outcome.minutes else "approved, One Time"
    return f"{given}, revoked" if outcome.revoked else given


def outcome_values(facts: RequestFacts, outcome: RequestOutcome) -> Values:
    """Who decided what, until when, what it covers, and the comment on one line."""
    by = [visible(outcome.by, 120), visible(outcome.channel, 60), moment(outcome.at, facts.zone)]
    covered = covers(facts.characteristics, one_time=not outcome.minutes)
    return {
        "kind": "revoked" if outcome.revoked else outcome.kind,
        "heading": outcome_heading(outcome),
        "by": ", ".join(part for part in by if part),
        "decided": bool(outcome.by),
        "at": moment(outcome.at, facts.zone),
        "one_time": not outcome.minutes,
        "until": moment(outcome.until, facts.zone) if outcome.until else "",
        "covers": wrapped(f"It covers {covered}."),
        "comment": quoted(" ".join(outcome.comment.split()), _MAX_COMMENT),
        "ends_rows": not outcome.comment.strip(),  # a table's last line
    }
