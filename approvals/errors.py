"""Refusals of approvals: each has a code for machines and a sentence for people."""


class ApprovalError(Exception):
    """Something that can't be done; the message says why and what to do."""

    code = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class TooManyPending(ApprovalError):
    """The account has as many pending requests as it may have."""

    code = "too_many_pending"


class TooManyRequests(ApprovalError):
    """The account or its computer has opened as many requests in an hour as it may."""

    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: int) -> None:
        """`retry_after` is in seconds."""
        super().__init__(message)
        self.retry_after = retry_after


class RecentlyDenied(ApprovalError):
    """The same was denied a short while ago, and the pause after a denial isn't over."""

    code = "recently_denied"


class AskedTooLong(ApprovalError):
    """The user asked for a longer time than the process gives."""

    code = "asked_too_long"


class NoApprovers(ApprovalError):
    """The approval type has no process that could decide."""

    code = "no_process"


class RequestClosed(ApprovalError):
    """The request was decided, cancelled or expired before: nothing has changed."""

    code = "closed"


class NotAllowed(ApprovalError):
    """This person may not decide this request, by whatever channel."""

    code = "not_allowed"


class AnswerRefused(ApprovalError):
    """The answer itself isn't possible, such as a grant over the process's limit."""

    code = "refused_answer"


class AnswerSuperseded(ApprovalError):
    """The approval was written before the answer of the same person that counts."""

    code = "superseded"


class GrantGone(ApprovalError):
    """The grant was used up, revoked or ended in the meantime."""

    code = "grant_gone"


class MailNotChanged(ApprovalError):
    """The mail can't be tried again or withdrawn: it has left, is given up, or is being sent."""

    code = "mail_not_changed"
