"""Trying out an SMTP server from its page."""

import uuid
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core.dialogs import varied, wants_fragment
from foreign_systems.connection_test import ConnectionReport, check_connection, send_test
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import server_of
from foreign_systems.smtp import Server
from items.forms import ItemForm
from items.models import Item
from items.views.detail import ItemDetail

STEP, ALL_STEPS = 10.0, 30.0  # seconds that somebody looking at the page waits at most


class SmtpTest(ItemDetail):
    """Test Connection and Send Test E-mail: with the values as they stand in the form, saved or not.

    It asks for the password like saving does: with another address in the form it would hand the
    credential's secret to whoever listens there.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        self.refuse_unless_may_change()
        item = self.item(item_id)
        form = self.form(item, request.POST)
        if not self.is_valid(form):
            return self._refused(item_id, form)
        if "trust" in request.POST:
            return self._trust(item_id)
        tried = self._try(form, send=request.POST.get("test") == "email")
        context: dict[str, Any] = {
            "tried": tried,
            "tried_at": timezone.now(),
            "tried_by": self.user,
            "test_url": request.path,
        }
        if wants_fragment(request):
            return varied(render(request, "foreign_systems/tried.html", context))
        return varied(self.show(self.item(item_id), form, **context))

    def _trust(self, item_id: uuid.UUID) -> HttpResponse:
        """The page anew with the shown certificate in Certificate Authority; nothing is saved."""
        data = self.request.POST.copy()
        data["ca"] = data.get("trust", "")
        pinned = self.form(self.item(item_id), data)
        if not self.is_valid(pinned):
            return self.show(self.item(item_id), pinned, status=422)
        return self.show(self.item(item_id), pinned, pinned=True)

    def _try(self, form: ItemForm, *, send: bool) -> Tried:
        server, sender = _server(form), form.cleaned_data["from_address"]
        if not send:
            return check_connection(server, mail_from=sender)
        recipient = self.user.email
        if not recipient:
            return Tried(
                ok=False,
                headline="Your profile has no e-mail address",
                advice="A test e-mail goes to you and nobody else. Have an address entered for you.",
                steps=(),
                transcript=(),
                milliseconds=0,
            )
        data = _message(form.instance, sender, recipient)
        return send_test(server, mail_from=sender, recipient=recipient, data=data)

    def _refused(self, item_id: uuid.UUID, form: ItemForm) -> HttpResponse:
        if wants_fragment(self.request):
            context = {"errors": [error for errors in form.errors.values() for error in errors]}
            return varied(render(self.request, "foreign_systems/tried.html", context, status=422))
        return self.show(self.item(item_id), form, status=422)


def _server(form: ItemForm) -> Server:
    """As the form has it; what was seen of another address says nothing of this one."""
    system = form.instance
    assert isinstance(system, ForeignSystem)
    server = server_of(system)
    known = "base_url" not in form.changed_data
    return replace(
        server,
        timeout=min(server.timeout, STEP),
        total_timeout=ALL_STEPS,
        requires_tls=server.requires_tls and known,
    )


def _message(system: Item, sender: str, recipient: str) -> bytes:
    """The test e-mail. Nothing in its header comes from anywhere but checked addresses."""
    message = EmailMessage(policy=SMTP)
    message["Date"] = format_datetime(timezone.now())
    message["From"], message["To"] = sender, recipient
    message["Subject"] = "pmconsole: test e-mail"
    message["Message-ID"] = make_msgid(domain=settings.REPLY_ADDRESS.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"This is a test e-mail of pmconsole.\n\nIt left over the SMTP server {system.name}.\n"
        "Nothing needs to be done.\n"
    )
    return message.as_bytes()
