"""The purge tasks that every installation begins with. None runs by itself until it gets a schedule."""

from items.builtin import add_builtin
from tasks.kinds import PURGE, Purge
from tasks.models import Task

_OLDER_THAN = {  # days
    "policy_events": ("Policy Events", 90),
    "requests": ("Decided Requests", 3 * 365),
    "incoming_mail": ("Received Mail", 365),
    "report_mail": ("Reports Sent", 365),
    "task_history": ("Task History", 365),
}


def add_defaults() -> None:
    """Add what is missing; what is there stays as it is."""
    for what, (name, days) in _OLDER_THAN.items():
        add_builtin(
            Task,
            f"purge-{what.replace('_', '-')}",
            name=f"Purge Maintenance - {name}",
            kind=PURGE,
            settings=Purge(what=what, older_than=days).to_json(),
        )
