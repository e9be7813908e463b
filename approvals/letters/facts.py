"""What a mail says, as plain values: what was asked, how it ended, how one may answer. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from approvals.letters.covers import Bound
from approvals.letters.execution import Execution
from approvals.letters.signs import Sign

OutcomeKind = Literal["approved", "denied", "expired", "cancelled", "deserted"]


@dataclass(frozen=True)
class RequestFacts:
    """One approval request. Texts are as the endpoint sent them; composing makes them harmless.

    Times are aware. `longest_minutes` is the longest timed grant (0: One Time only). `signer`
    is "" for an unsigned file and None where the platform does not say.
    """

    number: int
    account: str  # DOMAIN\\name, name@domain or name
    computer: str
    execution: Execution
    requested: datetime
    expires: datetime
    characteristics: Bound
    full_name: str = ""
    signer: str | None = ""
    reason: str = ""
    asked_minutes: int | None = None  # for how long the user would like to be approved
    policy: str = ""
    process: str = ""
    signs: tuple[Sign, ...] = ()
    longest_minutes: int = 24 * 60
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))


@dataclass(frozen=True)
class RequestOutcome:
    """How a request ended. `minutes` None with kind "approved" is One Time; `until` is its end.

    "deserted": cancelled since its computer stopped waiting. `revoked`: the approval was taken back.
    """

    kind: OutcomeKind
    at: datetime
    by: str = ""
    channel: str = ""  # words such as "by email", "in the console"
    comment: str = ""
    minutes: int | None = None
    until: datetime | None = None
    revoked: bool = False


@dataclass(frozen=True)
class Ways:
    """How an approver may answer. `reply_to` and `link` hold the placeholders of the tokens."""

    reply_to: str | None
    link: str | None
    link_needs_sign_in: bool = True
