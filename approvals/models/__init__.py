"""Tables of approvals: items (process, type), requests (and what grows from them), mail."""

from approvals.models.answers import Decision, Invitation
from approvals.models.grants import Grant, GrantUse
from approvals.models.items import ApprovalProcess, ApprovalType
from approvals.models.mail import DeliveryAttempt, IncomingMail, MailDraft, OutgoingMail
from approvals.models.requests import ApprovalRequest, OpeningLock

__all__ = [
    "ApprovalProcess",
    "ApprovalRequest",
    "ApprovalType",
    "Decision",
    "DeliveryAttempt",
    "Grant",
    "GrantUse",
    "IncomingMail",
    "Invitation",
    "MailDraft",
    "OpeningLock",
    "OutgoingMail",
]
