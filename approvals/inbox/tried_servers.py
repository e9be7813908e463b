"""What comes back to the bounce address of a test of an SMTP server: it is told, and decides nothing."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from approvals.models import IncomingMail
from approvals.reply import Reading
from core.alerts.services import raise_alert
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import TESTS_REPORTED_FOR, tested_server


def note_report(mail: IncomingMail, reading: Reading, token: str) -> None:
    """If `mail` came to the bounce address with the token of a test, say of which server it tells.

    The bell says so if the test email won't be delivered.
    """
    server = tested_server(token) if token and mail.returned is None else None
    if server is None:
        return
    mail.reason = f"It came to the bounce address of a test of the SMTP server {server.name}."[:500]
    mail.reading |= {"test_of": str(server.pk)}
    if reading.bounced:
        words = f" The mail server says: {reading.report}" if reading.report else ""
        raise_alert(
            key=f"test-bounce:{server.pk}",
            text=f"A test email that {server.name} accepted came back undelivered.{words}",
            link=reverse("smtp_servers:detail", args=[server.pk]),
        )


def reports_on_tests(server: ForeignSystem) -> QuerySet[IncomingMail]:
    """What came back of tests of this server lately, the newest first."""
    lately = IncomingMail.objects.filter(received_at__gt=timezone.now() - TESTS_REPORTED_FOR)
    return lately.filter(reading__test_of=str(server.pk)).order_by("-received_at")
