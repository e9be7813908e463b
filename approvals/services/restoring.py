"""After a restore: nothing that may have happened since the backup happens a second time."""

from datetime import datetime
from typing import Any, Final

from approvals.models import Grant, OutgoingMail
from approvals.services.grants import revoke_grant
from core.actors import Actor

WHY_REVOKED: Final = "It may have been used after the backup that the console was restored from."
WHY_CANCELLED: Final = (
    "Cancelled by a restore: it may have been sent after the backup of {made_at}."
)


def end_what_may_be_over(*, by: Actor, made_at: datetime, resend_mail: bool) -> dict[str, Any]:
    """Revoke unused One Time grants, and cancel unsent mail unless `resend_mail`; which and how many.

    Mail first: it takes what was in the backup, and not what tells requesters of the revocations.
    """
    cancelled = 0
    if not resend_mail:
        cancelled = OutgoingMail.objects.unfinished().finish(
            OutgoingMail.State.CANCELLED,
            last_answer=WHY_CANCELLED.format(made_at=made_at.isoformat(timespec="minutes")),
        )
    unused = Grant.objects.valid().filter(one_time=True).order_by("request")
    numbers = []
    for grant_id, number in list(unused.values_list("pk", "request")):
        revoke_grant(grant_id=grant_id, by=by, reason=WHY_REVOKED)
        numbers.append(f"PM-{number}")
    return {
        "one_time_approvals_revoked": ", ".join(numbers) or "none",
        "emails_cancelled": cancelled,
        "unsent_mail": "is sent" if resend_mail else "is cancelled",
    }
