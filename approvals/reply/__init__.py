"""How a reply to one of our emails is read. Pure: no Django, no database, no clock.

Each step can only say no; in doubt the outcome is not a decision.
"""

from approvals.reply.dkim_signatures import KeyUnavailable
from approvals.reply.reading import (
    Email,
    InternalProof,
    Invited,
    Keys,
    MailboxRules,
    Outcome,
    Reading,
    Step,
)
from approvals.reply.understand import understand

__all__ = [
    "Email",
    "InternalProof",
    "Invited",
    "KeyUnavailable",
    "Keys",
    "MailboxRules",
    "Outcome",
    "Reading",
    "Step",
    "understand",
]
