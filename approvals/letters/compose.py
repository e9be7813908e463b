"""One function for each mail about a request; each gives a draft without secrets.

The reply token and the link token are put in by `fill` when the mail is sent. Until then two
placeholders stand in their place, made of private-use characters: those are escaped in every text
from outside, so nobody else can write a placeholder.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from approvals.letters import wording
from approvals.letters.facts import Outcome, RequestFacts, Ways
from approvals.letters.guard import guarded
from approvals.letters.render import Values, html_of, text_of
from core.text import visible

REPLY_TOKEN = "\ue0a1\ue0a2\ue0a1"  # noqa: S105, a placeholder and no secret
LINK_TOKEN = "\ue0b1\ue0b2\ue0b1"  # noqa: S105, a placeholder and no secret
SENTINEL = "Write your answer above this line"
_TOKEN = re.compile(r"[a-z2-7]{26}\Z")


@dataclass(frozen=True)
class Draft:
    """A mail without its secrets: subject on one line, text with LF line ends, HTML or none."""

    subject: str
    text: str
    html: str | None


def ways(*, reply_address: str, public_url: str, link_needs_sign_in: bool) -> Ways:
    """The ways to answer, with placeholders for the tokens; "" leaves a way out.

    `reply_address` is the plain address for replies (reply@domain), `public_url` the console's.
    """
    local, _, domain = reply_address.rpartition("@")
    return Ways(
        reply_to=f"{local}+{REPLY_TOKEN}@{domain}" if reply_address else None,
        link=f"{public_url.rstrip('/')}/d/{LINK_TOKEN}" if public_url else None,
        link_needs_sign_in=link_needs_sign_in,
    )


def fill(draft: Draft, *, reply_token: str, link_token: str) -> Draft:
    """The draft with its tokens. ValueError if one is not 26 lower-case base32 characters."""
    for token in (reply_token, link_token):
        if not _TOKEN.match(token):
            raise ValueError("a token is 26 lower-case base32 characters")

    def filled(text: str) -> str:
        return text.replace(REPLY_TOKEN, reply_token).replace(LINK_TOKEN, link_token)

    return Draft(draft.subject, filled(draft.text), draft.html and filled(draft.html))


def request_mail(
    facts: RequestFacts, address: str, ways: Ways, *, report: Sequence[str] = ()
) -> Draft:
    """The question to one approver: what is asked, what is odd about it, and how to answer.

    `report` holds the lines of the process's Report To Run (approvals/letters/reports.py), which stand
    below the facts and above our mail's last words.
    """
    subject = _subject(facts, f"Approval needed: {wording.asked_for(facts)}")
    values = {
        **_common(facts, ways),
        "signs": [wording.shown(sign) for sign in facts.signs],
        "rows": wording.rows(facts),
        "report_lines": report,
        "address": visible(address, 254),
        "process": visible(facts.process, 120),
        "approve_url": _mailto(ways, subject, "APPROVE"),
        "deny_url": _mailto(ways, subject, "DENY"),
        "title": f"PM-{facts.number}: a request for your approval",
    }
    return Draft(guarded(subject), text_of("request.txt", values), html_of("request.html", values))


def outcome_mail(facts: RequestFacts, outcome: Outcome, *, console_url: str | None = None) -> Draft:
    """To the approvers: who decided what, until when, what it covers, and where to take it back."""
    return _notice("outcome.txt", facts, outcome, console_url=console_url)


def requester_outcome_mail(facts: RequestFacts, outcome: Outcome) -> Draft:
    """To the requester: what became of the request, and what to do now."""
    return _notice("requester_outcome.txt", facts, outcome)


def closed_mail(facts: RequestFacts, outcome: Outcome) -> Draft:
    """To an approver who answered too late: nothing changed, and who decided what."""
    return _notice("closed.txt", facts, outcome)


def unclear_mail(facts: RequestFacts, ways: Ways, *, first_line: str) -> Draft:
    """To an approver whose answer could not be read: what was read, and how to answer."""
    subject = _subject(facts, "Your answer could not be read")
    values = {**_common(facts, ways), "first_line": visible(first_line.strip(), 200)}
    return Draft(guarded(subject), text_of("unclear.txt", values), None)


def stranger_mail(facts: RequestFacts, ways: Ways, *, sender: str) -> Draft:
    """To an approver whose reply address somebody else has used: nothing was decided, and how to."""
    subject = _subject(facts, "An answer came from somebody else")
    values = {**_common(facts, ways), "sender": visible(sender, 254)}
    return Draft(guarded(subject), text_of("stranger.txt", values), None)


def _notice(
    template: str, facts: RequestFacts, outcome: Outcome, *, console_url: str | None = None
) -> Draft:
    heading = wording.outcome_heading(outcome)
    subject = _subject(facts, f"Outcome: {heading}, {wording.asked_for(facts)}")
    values = {
        **_common(facts, None),
        **wording.outcome_values(facts, outcome),
        "heading": heading,
        "console_url": console_url,
    }
    return Draft(guarded(subject), text_of(template, values), None)


def _common(facts: RequestFacts, ways: Ways | None) -> Values:
    return {
        **wording.request_values(facts),
        "sentinel": SENTINEL,
        "reply_to": ways.reply_to if ways else None,
        "link": ways.link if ways else None,
        "link_needs_sign_in": bool(ways and ways.link_needs_sign_in),
    }


def _subject(facts: RequestFacts, words: str) -> str:
    """`[PM-7] words`, cut; an encoded word of RFC 2047 that somebody smuggled in is broken up."""
    return f"[PM-{facts.number}] {visible(words, 160)}".replace("=?", "= ?")


def _mailto(ways: Ways, subject: str, word: str) -> str:
    """A mailto URI (RFC 6068) with the answer written; "" without an address to reply to."""
    if not ways.reply_to:
        return ""
    address = quote(ways.reply_to, safe=f"@+{REPLY_TOKEN}")
    for letter in REPLY_TOKEN:
        address = address.replace(quote(letter), letter)
    query = f"subject={quote(f'Re: {subject}', safe='')}&body={quote(word)}%0D%0A"
    return f"mailto:{address}?{query}"
