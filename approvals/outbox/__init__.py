"""The outbox: mail is a row first, and leaves when a worker has claimed it with a lease.

queue: rows are made, in the transaction of what they tell of. claim: a conditional UPDATE takes due
rows. send: claimed rows go out over kept connections. results: what the server said is recorded.
upkeep: rows that are never sent end, by the sweep alone.
"""

from approvals.outbox.queue import Letter, add
from approvals.outbox.send import send_due
from approvals.outbox.upkeep import alert_without_server, fail, fail_overdue, withdraw_needless

__all__ = [
    "Letter",
    "add",
    "alert_without_server",
    "fail",
    "fail_overdue",
    "send_due",
    "withdraw_needless",
]
