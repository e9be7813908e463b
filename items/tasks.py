"""What beat asks for on behalf of items."""

from celery import shared_task

from items.proposals import services


@shared_task(expires=60)
def expire_proposals() -> None:
    """Close proposals that nobody accepted in time. Two at once are harmless."""
    services.expire()
