"""What providers mean by refusals of their own, and what to do about them.

Names in braces stand for values, as in foreign_systems/connection_test_words.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from foreign_systems.connection_test_words import Words
from foreign_systems.smtp.fault import Fault


@dataclass(frozen=True)
class KnownRefusal:
    """What a provider says in words of its own, and means a thing that its code alone doesn't tell.

    `label` is the step to put right, whichever was being tried.
    """

    label: str
    pattern: re.Pattern[str]  # of code and text
    words: Words

    @classmethod
    def saying(cls, label: str, pattern: str, headline: str, advice: str) -> KnownRefusal:
        return cls(label, re.compile(pattern, re.IGNORECASE), (headline, advice))


_ANOTHER_WAY: Final = (
    "switch on Authenticated SMTP for this mailbox (Microsoft 365 admin center, Active users, Mail, "
    "Manage email apps) and for the organization, give the server a credential that signs in by XOAUTH2, "
    "or have a connector accept mail from this machine and choose no credential."
)
# The first that fits counts.
_KNOWN_REFUSALS: Final = (
    KnownRefusal.saying(
        "Sign-in",
        r"^535 5\.7\.139\b.*credentials were incorrect",
        "The server refused the sign-in",
        "Exchange Online doesn't accept the account name or secret of {account}. Correct them in the "
        "credential, then test again.",
    ),
    KnownRefusal.saying(
        "Sign-in",
        r"^(535 5\.7\.139\b|550 5\.7\.30\b)",
        "The provider has switched off sign-in by password",
        f"Exchange Online accepts no password of {{account}}. For it to send, {_ANOTHER_WAY}",
    ),
    KnownRefusal.saying(
        "Sign-in",
        r"^535 5\.7\.3\b",
        "Exchange refused the sign-in",
        "Either the account name or secret of {account} is wrong, or sign-in by password is switched off "
        f"for it; Exchange doesn't say which. Check the credential first. Then {_ANOTHER_WAY}",
    ),
    KnownRefusal.saying(
        "Sign-in",
        r"\bInvalidSecondFactor\b|application-specific password|^534 5\.7\.14\b.*google",
        "Google accepts an app password only",
        "{account} signs in with a second step, so its own password isn't accepted here. Create an app "
        "password for it (Google Account, Security, App passwords) and enter that as the credential's "
        "secret, or give the server a credential that signs in by XOAUTH2.",
    ),
    KnownRefusal.saying(
        "Sign-in",
        r"^535 5\.7\.8\b.*(gsmtp|google|BadCredentials)",
        "Google refused the sign-in",
        "Google accepts app passwords, not the usual password of {account}. If the credential holds an "
        "app password, it was revoked or mistyped. Create one (Google Account, Security, App passwords) "
        "and enter it as the credential's secret, or use XOAUTH2.",
    ),
    KnownRefusal.saying(
        "Sender",
        r"SendAsDenied|^550 5\.7\.60\b|^554 5\.2\.252\b|^553\b.*(sender|not owned|not allowed|from)"
        r"|not owned by user|address is not verified",
        "The account may not send as this address",
        "It said {words} Let {account} send as {sender} (Exchange: Send As permission; Google: a "
        "verified alias; Postfix: sender login maps), or correct Default From and the From Address of "
        "the processes.",
    ),
)


def known_refusal(fault: Fault) -> KnownRefusal | None:
    """What the provider is known to mean by this refusal."""
    if fault.obstacle is not None or (fault.answer.code or 0) < 500:
        return None
    said = str(fault.answer)
    found = (known for known in _KNOWN_REFUSALS if known.pattern.search(said))
    early = {"Greeting", "EHLO", "TLS"}
    return next(found, None) if fault.step not in early else None
