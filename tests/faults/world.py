"""What the tests of faults share: a server that fails as told, and mail that waits to be sent.

What they show: a committed row ends sent, failed and shown, or cancelled; duplicates are at most
unclean deaths plus ambiguous final dots, each with the same Message-ID and bytes; one faulty message
or server delays nobody else; no try after expiry.
"""

from django.utils import timezone

from approvals.models import OutgoingMail
from tests.factories import DANA, make_smtp_server
from tests.foreign_systems.scripted_server import Script, ScriptedServer


class World:
    """A scripted server as the default SMTP server, and a request that waits to be sent."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        server: ScriptedServer | None = None,
        **settings: object,
    ) -> None:
        self.server = (server or ScriptedServer(script)).__enter__()
        self.system = make_smtp_server(self.server.port, timeout=0.3, **settings)

    def mail(self, recipient: str = DANA) -> OutgoingMail:
        return OutgoingMail.objects.get(recipient=recipient, purpose="request")

    def make_due(self) -> None:
        """Let the time pass that a deferred mail waits: the rows move, not the clock."""
        OutgoingMail.objects.unfinished().update(due_at=timezone.now(), lease_until=None)


def states() -> dict[str, str]:
    return dict(OutgoingMail.objects.values_list("recipient", "state"))
