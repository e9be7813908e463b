"""From a kind of mail and what it tells to a draft without secrets, the same for all its recipients.

The reply token, the link token and the recipient's address are put in when the mail is sent. Until
then placeholders stand in their place, made of private-use characters: those are escaped in every
text from outside, so nobody else can write a placeholder.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from approvals.letters import wording
from approvals.letters.facts import RequestFacts, RequestOutcome, Ways
from approvals.letters.guard import guarded
from approvals.letters.kinds import FOOTER, SENTINEL, MailKind
from approvals.letters.render import Values, html_of, text_of
from approvals.words import APPROVE, DENY
from core.dates import duration
from core.text import visible

PLACE = "\ue0a0"  # every placeholder begins with it, and nothing else
REPLY_TOKEN = f"{PLACE}\ue0a1{PLACE}"
LINK_TOKEN = f"{PLACE}\ue0b1{PLACE}"
ADDRESS = f"{PLACE}@\ue0c1"  # templates write a no-break space before it: it may begin with DENY
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


@dataclass(frozen=True)
class Personal:
    """What differs between the recipients of a draft. ValueError for what is no token of ours."""

    reply_token: str
    link_token: str
    address: str

    def __post_init__(self) -> None:
        if not (_TOKEN.match(self.reply_token) and _TOKEN.match(self.link_token)):
            raise ValueError("a token is 26 lower-case base32 characters")

    def put_into(self, text: str, *, html: bool = False) -> str:
        """`text` of a draft without its placeholders."""
        text = text.replace(REPLY_TOKEN, self.reply_token).replace(LINK_TOKEN, self.link_token)
        if ADDRESS in text:
            address = visible(self.address, MAX_TEXT)
            text = text.replace(ADDRESS, escape(address) if html else address)
        return text


def shown_text(text: str, address: str) -> str:
    """The text of a draft as pages show it: with its recipient, and "…" in place of the tokens."""
    return text.replace(REPLY_TOKEN, "…").replace(LINK_TOKEN, "…").replace(ADDRESS, address)


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
    are what else the kind's template says, from outside: first_line, why, sender; instead_of, which
    names the approver who is away where it goes to a delegate.
    """
    values: Values = {
        **wording.request_values(facts),
        **(wording.outcome_values(facts, outcome) if outcome else {}),
        "instead_of": "",
        **{name: visible(text.strip(), MAX_TEXT) for name, text in texts.items()},
        "report_lines": report_lines,
        "console_url": console_url,
        "address": ADDRESS,
        "reply_to": ways.reply_to if ways else None,
        "link": ways.link if ways else None,
        "link_needs_sign_in": bool(ways and ways.link_needs_sign_in),
    }
    if ways and ways.reply_to:
        subject = f"Re: {subject_of(kind, values)}"
        values["approve_url"] = mailto(
            ways.reply_to, subject, f"{approving(facts.asked_minutes)}\r\n"
        )
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


def approving(minutes: int | None) -> str:
    """The answer that approves for so long; None: One Time."""
    return f"{APPROVE} FOR {duration(minutes).upper()}" if minutes else APPROVE


def mailto(address: str, subject: str, body: str) -> str:
    """A mailto URI (RFC 6068) with its body written; a reply token may be a placeholder."""
    recipient = quote(address, safe=f"@+{REPLY_TOKEN}")
    for letter in REPLY_TOKEN:
        recipient = recipient.replace(quote(letter), letter)
    return f"mailto:{recipient}?subject={quote(visible(subject), safe='')}&body={quote(body)}"
