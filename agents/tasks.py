"""What beat asks for on behalf of policies."""

from celery import shared_task

from agents.services import forget_answers


@shared_task
def forget() -> None:
    """Answers that are no longer given, and events that nothing refers to any more."""
    forget_answers()
