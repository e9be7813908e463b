"""From a kind of mail and what it tells to a draft without secrets.

The reply token and the link token are put in by `fill` when the mail is sent. Until then two
placeholders stand in their place, made of private-use characters: those are escaped in every text
from outside, so nobody else can write a placeholder.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from approvals.letters import wording
from approvals.letters.facts import RequestFacts, RequestOutcome, Ways
from approvals.letters.guard import guarded
from approvals.letters.kinds import FOOTER, SENTINEL, MailKind
from approvals.letters.render import Values, html_of, text_of
from approvals.words import APPROVE, DENY
from core.text import visible

REPLY_TOKEN = "\ue0a1\ue0a2\ue0a1"  # noqa: S105, a placeholder and no secret
LINK_TOKEN = "\ue0b1\ue0b2\ue0b1"  # noqa: S105, a placeholder and no secret
MAX_SUBJECT, MAX_TEXT = 170, 254  # characters
_TOKEN = re.compile(r"[a-z2-7]{26}\Z")


@dataclass(frozen=True)
class Draft:
    """A mail without its secrets: subject on one line, text with LF line ends, HTML or none."""

    subject: str
    text: str
    html: str | None


def ways_to_answer(*, reply_address: str, public_url: str, link_needs_sign_in: bool) -> Ways:
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


def compose(
    kind: MailKind,
    facts: RequestFacts,
    *,
    ways: Ways | None = None,
    outcome: RequestOutcome | None = None,
    report_lines: Sequence[str] = (),
    console_url: str = "",
    **texts: str,
) -> Draft:
    """A mail of any kind about a request.

    `report_lines` are those of the process's Report To Run (approvals/letters/reports.py). `texts`
    are what else the kind's template says, from outside: address, first_line, sender.
    """
    values: Values = {
        **wording.request_values(facts),
        **(wording.outcome_values(facts, outcome) if outcome else {}),
        **{name: visible(text.strip(), MAX_TEXT) for name, text in texts.items()},
        "report_lines": report_lines,
        "console_url": console_url,
        "reply_to": ways.reply_to if ways else None,
        "link": ways.link if ways else None,
        "link_needs_sign_in": bool(ways and ways.link_needs_sign_in),
    }
    if ways and ways.reply_to:
        subject = f"Re: {subject_of(kind, values)}"
        values["approve_url"] = mailto(ways.reply_to, subject, f"{APPROVE}\r\n")
        values["deny_url"] = mailto(ways.reply_to, subject, f"{DENY}\r\n")
    return draft_of(kind, values)


def draft_of(kind: MailKind, values: Values) -> Draft:
    """The mail that the kind's templates make of harmless values."""
    values = {**values, "sentinel": SENTINEL, "footer": FOOTER, "approve": APPROVE, "deny": DENY}
    return Draft(
        guarded(subject_of(kind, values)),
        text_of(f"{kind.key}.txt", values),
        html_of(f"{kind.key}.html", values) if kind.html else None,
    )


def subject_of(kind: MailKind, values: Values) -> str:
    """One line, cut; an encoded word of RFC 2047 that somebody smuggled in is broken up."""
    return visible(kind.subject.format(**values), MAX_SUBJECT).replace("=?", "= ?")


def mailto(address: str, subject: str, body: str) -> str:
    """A mailto URI (RFC 6068) with its body written; a reply token may be a placeholder."""
    recipient = quote(address, safe=f"@+{REPLY_TOKEN}")
    for letter in REPLY_TOKEN:
        recipient = recipient.replace(quote(letter), letter)
    return f"mailto:{recipient}?subject={quote(visible(subject), safe='')}&body={quote(body)}"
