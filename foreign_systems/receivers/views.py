"""Test of a SysLog or a Webhook: one event that stands in no trail."""

import time

from foreign_systems.connection_report import ConnectionReport
from foreign_systems.models import ForeignSystem
from foreign_systems.receivers import syslog, webhook
from foreign_systems.receivers.events import a_test
from foreign_systems.receivers.trouble import DeliveryTrouble
from foreign_systems.smtp.transcript import Transcript
from foreign_systems.views import ConnectionTest
from items.forms import ItemForm


class ReceiverTest(ConnectionTest):
    """Send Test Event: with the values as they stand in the form, saved or not."""

    def _try(self, form: ItemForm, test: str) -> ConnectionReport:
        system = form.instance
        assert isinstance(system, ForeignSystem)
        said, began, fault = Transcript(), time.monotonic(), ""
        event = a_test(self.user.get_username())
        by_syslog = system.kind == ForeignSystem.Kind.SYSLOG
        try:
            if by_syslog:
                syslog.send(system.syslog, [event], said)
            else:
                secret = system.credential.secret() if system.credential else ""
                webhook.post(system.webhook, secret, event, said)
        except DeliveryTrouble as trouble:
            fault = str(trouble)
            if said.lines():
                said.mark()
        taken = (
            f"SysLog has no answers: look for {event.key} at the receiver."
            if by_syslog
            else f"It answered the event {event.key}."
        )
        return ConnectionReport(
            ok=not fault,
            headline="The test event wasn't taken" if fault else "The test event was sent",
            advice=fault or taken,
            steps=(),
            transcript=said.lines(),
            milliseconds=round((time.monotonic() - began) * 1_000),
        )
