"""The outbox: mail is a row first, and leaves when a worker has claimed it with a lease.

queue: rows are made, in the transaction of what they tell of. claim: a conditional UPDATE takes due
rows. send: claimed rows go out over kept connections. results: what the server said is recorded.
"""

from approvals.outbox.claim import fail
from approvals.outbox.queue import Letter, add
from approvals.outbox.send import send_due

__all__ = ["Letter", "add", "fail", "send_due"]
