"""What beat asks for on behalf of policies."""

import uuid

from celery import shared_task

from policies import enforcement
from policies.replay import running


@shared_task
def watch() -> None:
    """Tell the bell of active policies that became invalid. Every minute; two at once are harmless."""
    enforcement.watch()


@shared_task(name=running.TASK)
def replay(replay_id: str) -> None:
    """Work at a replay for a while. Whoever watches it asks again for what was lost."""
    running.work(uuid.UUID(replay_id))
