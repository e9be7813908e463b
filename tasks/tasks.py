"""What beat asks for on behalf of tasks."""

from celery import shared_task

from tasks import services


@shared_task(expires=10)
def run_due() -> None:
    """Tasks whose time has come. Every few seconds; two at once are harmless."""
    services.run_due()
