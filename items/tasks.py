"""What beat asks for on behalf of items."""

from celery import shared_task
from django.utils import timezone

from items.models import ImportFile
from items.proposals import services


@shared_task
def expire_proposals() -> None:
    """Close proposals that nobody accepted in time. Two at once are harmless."""
    services.expire()


@shared_task
def forget_uploads() -> None:
    """Delete files that somebody uploaded and never imported: they may be full of personal data."""
    ImportFile.objects.filter(at__lt=timezone.now() - ImportFile.KEPT).delete()
