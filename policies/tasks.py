"""What beat asks for on behalf of policies."""

from celery import shared_task

from policies import enforcement


@shared_task(expires=60)
def watch() -> None:
    """Tell the bell of active policies that became invalid. Every minute; two at once are harmless."""
    enforcement.watch()
