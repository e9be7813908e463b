"""What a reply is read with, and what comes out: the very objects that pages show and tests assert."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

# The TXT record of a name such as s1._domainkey.example.com, "" if there is none. Raises if that can't
# be told now; `understand` raises KeyUnavailable then, and the message is to be read again later.
KeyLookup = Callable[[str], str]


class Outcome(StrEnum):
    """What becomes of a message."""

    APPROVE = "approve"
    DENY = "deny"
    UNCLEAR = "unclear"
    IGNORED = "ignored"
    REJECTED = "rejected"
    UNMATCHED = "unmatched"
    CLOSED = "closed"


@dataclass(frozen=True)
class Step:
    """One line of the explanation, in order.

    `name` is one of Limits, Invitation, Written by hand, Sender, Request, Answer, Comment; `passed`
    is None where a step only tells; `text` is a sentence for people and never holds a token.
    """

    name: str
    passed: bool | None
    text: str


@dataclass(frozen=True)
class InternalProof:
    """What a mail server writes only on mail of its own signed-in users, and strips from all other.

    Exchange Online: X-MS-Exchange-Organization-AuthAs, "Internal". It counts for `domains` of From.
    """

    header: str
    value: str
    domains: tuple[str, ...]


@dataclass(frozen=True)
class MailboxRules:
    """How the place where replies arrive recognises senders.

    `reply_address` is "reply@pm.example.com": tokens are reply+TOKEN@pm.example.com.
    `authserv_ids` are the names under which our mail server writes Authentication-Results.
    `peer_verifies_senders` False: what a server wrote on mail of this source counts for nothing.
    `results_without_id`: the topmost field counts where it names no server (Exchange Online).
    `one_field_per_filter`: our server's fields that stand together at the top are read as one. That
    trusts it to strip those that came with the mail.
    `dkim_key`: signatures are verified here too, with the keys that it finds; None: they are not.
    """

    reply_address: str
    authserv_ids: tuple[str, ...] = ()
    peer_verifies_senders: bool = True
    results_without_id: bool = False
    one_field_per_filter: bool = False
    internal_proof: InternalProof | None = None
    dkim_key: KeyLookup | None = None


@dataclass(frozen=True)
class Keys:
    """What a message names: tokens of our reply addresses (lower case), and Message-IDs with <>.

    `addressed` are those of the tokens that its author wrote to, in To or Cc; the others stand in
    the envelope or in Delivered-To, which anybody sets who sends the message on.
    """

    tokens: tuple[str, ...]
    message_ids: tuple[str, ...]
    addressed: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()  # tokens of bounce addresses
    # Those of `message_ids` that In-Reply-To holds; where that is missing, the last one of References.
    replied_to: tuple[str, ...] = ()
    answered: str = ""  # the only one of them, "" where there are several, or anything beside it
    written_to: tuple[str, ...] = ()  # the addresses in To and Cc


@dataclass(frozen=True)
class Email:
    """An email of ours as it left, tokens left out; `html` is "" if it has none."""

    text: str
    html: str = ""


@dataclass(frozen=True)
class Invited:
    """An invitation as far as reading needs it; `decided` says who decided what, when closed.

    `sent_from` and `sent_name` are From and display name of our email, `number` is the request's
    ("PM-1042"), "" if they aren't known. `notified`: the approver was told that a reply didn't count, and
    may answer that; `asking_ids` are the Message-IDs of the emails that ask for the decision, and `sent`
    are all to the approver.
    """

    id: str
    address: str
    status: str
    longest_minutes: int = 1440
    decided: str = ""
    sent_from: str = ""
    sent_name: str = ""
    number: str = ""
    notified: bool = False
    asking_ids: tuple[str, ...] = ()
    sent: tuple[Email, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What a message says and why.

    `minutes` is None for one time; `authenticated` is True only if sender and invitation hold, also
    for automatic mail; `bounced_message_ids` are those named inside a delivery report; `written_at`
    is what its Date field says, in UTC (ISO 8601), "" if it doesn't say it clearly.
    """

    outcome: Outcome
    minutes: int | None
    comment: str
    reason: str
    steps: tuple[Step, ...]
    first_line: str = ""
    invitation_id: str | None = None
    sender: str = ""
    authentication: str = ""
    authenticated: bool = False
    stranger: bool = False  # rejected: proven to be from `sender`, who was not invited
    unaddressed: bool = False  # rejected: proven to be the approver's, but not written to us
    out_of_office: bool = False
    report: str = ""  # a mail server's own words about an email of ours
    bounced: bool = False  # which it will not deliver
    bounced_message_ids: tuple[str, ...] = ()
    written_at: str = ""

    @property
    def rule(self) -> str:
        """The name of the step that said no, "" for a decision."""
        return next((step.name for step in self.steps if step.passed is False), "")
