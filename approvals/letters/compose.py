"""From a kind of mail and what it tells to a draft without secrets, the same for all its recipients.

The reply token, the link token and the recipient's address are put in when the mail is sent. Until
then placeholders stand in their place, made of private-use characters: those are escaped in every
text from outside, so nobody else can write a placeholder.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
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
_OF_ONE = re.compile(
    f"{PLACE}([\ue0a1\ue0b1])([0-9a-f]{{32}}){PLACE}"
)  # of an invitation in a digest
ADDRESS = f"{PLACE}@\ue0c1"  # templates write a no-break space before it: it may begin with DENY
OUR_WORDS = {"sentinel": SENTINEL, "footer": FOOTER, "approve": APPROVE, "deny": DENY}
MAX_SUBJECT, MAX_TEXT, MAX_WHY_ASKED = 170, 254, 500  # characters
_TOKEN = re.compile(r"[a-z2-7]{26}\Z")


@dataclass(frozen=True)
class Draft:
    """A mail without its secrets: subject on one line, text with LF line ends, HTML or none."""

    subject: str
    text: str
    html: str | None


def ways_to_answer(
    *,
    reply_address: str,
    public_url: str,
    link_needs_sign_in: bool,
    invitation: uuid.UUID | None = None,
) -> Ways:
    """The ways to answer, with placeholders for the tokens; "" leaves a way out.

    `reply_address` is the plain address for replies (reply@domain), `public_url` the console's. In a
    digest the placeholders name the `invitation` whose tokens take their place.
    """
    local, _, domain = reply_address.rpartition("@")
    named = f"{invitation.hex}{PLACE}" if invitation else PLACE
    reply, link = REPLY_TOKEN[:-1] + named, LINK_TOKEN[:-1] + named
    return Ways(
        reply_to=f"{local}+{reply}@{domain}" if reply_address else None,
        link=f"{public_url.rstrip('/')}/d/{link}" if public_url else None,
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
        return _with_address(text, self.address, html=html)


@dataclass(frozen=True)
class PersonalDigest:
    """What a digest holds of its recipient: the reply and link token of each invitation, by its id."""

    tokens: Mapping[uuid.UUID, tuple[str, str]]
    address: str

    def put_into(self, text: str, *, html: bool = False) -> str:
        """`text` of a draft without its placeholders. KeyError for an invitation that isn't here."""
        text = _OF_ONE.sub(
            lambda found: self.tokens[uuid.UUID(found[2])][found[1] == LINK_TOKEN[1]], text
        )
        return _with_address(text, self.address, html=html)


def _with_address(text: str, address: str, *, html: bool) -> str:
    if ADDRESS in text:
        shown = visible(address, MAX_TEXT)
        text = text.replace(ADDRESS, escape(shown) if html else shown)
    return text


def shown_text(text: str, address: str) -> str:
    """The text of a draft as pages show it: with its recipient, and "…" in place of the tokens."""
    text = _OF_ONE.sub("…", text)
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
    are what else the kind's template says, from outside: first_line, why, sender; why_asked, what
    follows "You are asked" where the process doesn't simply name the approver; instead_of, the
    approver who is away, of an outcome that goes to a delegate.
    """
    values = values_of(kind, facts, ways=ways, **texts) | {
        **(wording.outcome_values(facts, outcome) if outcome else {}),
        "report_lines": report_lines,
        "console_url": console_url,
    }
    return draft_of(kind, values)


def values_of(
    kind: MailKind,
    facts: RequestFacts,
    *,
    ways: Ways | None = None,
    why_asked: str = "",
    **texts: str,
) -> Values:
    """What every mail about a request may say, and the ways to answer with their buttons."""
    values: Values = {
        **wording.request_values(facts),
        "instead_of": "",
        "why_asked": visible(why_asked, MAX_WHY_ASKED),
        **{name: visible(text.strip(), MAX_TEXT) for name, text in texts.items()},
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
    return values


def draft_of(
    kind: MailKind,
    values: Values,
    *,
    text_only: Values | None = None,
    html_only: Values | None = None,
) -> Draft:
    """The mail that the kind's templates make of harmless values."""
    values = {**values, **OUR_WORDS}
    return Draft(
        guarded(subject_of(kind, values)),
        text_of(f"{kind.key}.txt", values | (text_only or {})),
        html_of(f"{kind.key}.html", values | (html_only or {})) if kind.html else None,
    )


def subject_of(kind: MailKind, values: Values) -> str:
    """One line, cut; an encoded word of RFC 2047 that somebody smuggled in is broken up."""
    return visible(kind.subject.format(**values), MAX_SUBJECT).replace("=?", "= ?")


def approving(minutes: int | None) -> str:
    """The answer that approves for so long; None: One Time."""
    return f"{APPROVE} FOR {duration(minutes).upper()}" if minutes else APPROVE


def mailto(address: str, subject: str, body: str) -> str:
    """A mailto URI (RFC 6068) with its body written; a reply token may be a placeholder."""
    recipient = quote(address, safe="@")  # "+" as %2B, which every mail program turns back
    for letter in REPLY_TOKEN:
        recipient = recipient.replace(quote(letter), letter)
    return f"mailto:{recipient}?subject={quote(visible(subject), safe='')}&body={quote(body)}"
