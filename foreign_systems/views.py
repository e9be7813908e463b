"""Testing a mail server from its page."""

import uuid
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime, make_msgid
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core.actors import Actor
from core.addresses import BadAddress, sent_address
from core.audit.services import record
from core.dialogs import varied, wants_fragment
from foreign_systems.connection_report import ConnectionReport
from foreign_systems.connection_test import check_connection, send_test
from foreign_systems.mailbox_test import check_mailbox
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import bounce_address_for_test, imap_server_of, server_of, wanted_of
from items.author import Author
from items.forms import ItemForm
from items.views.detail import ItemDetail

MAX_STEP, MAX_TEST = 10.0, 30.0  # seconds; somebody is waiting for the page


class ConnectionTest(ItemDetail):
    """Test Connection: with the values as they stand in the form, saved or not.

    It asks for the password as saving does: with another address in the form it would hand the
    credential's secret to whoever listens there.
    """

    http_method_names = ["post"]
    verbs: ClassVar[dict[str, str]] = {}  # what the audit trail calls a test, by the button's value

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item = self.item(item_id)
        self.refuse_unless_may_change(item)
        form = self.form(item, request.POST)
        if not self.is_valid(form):
            if not wants_fragment(request):
                return self.show(self.item(item_id), form, status=422)
            errors = [error for of_field in form.errors.values() for error in of_field]
            context: dict[str, Any] = {"errors": errors}
            return varied(render(request, "foreign_systems/tried.html", context, status=422))
        if "trust" in request.POST:
            return self._trust(item_id)
        self._record_test(form)
        context = {
            "tried": self._try(form, request.POST.get("test", "")),
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
        form = self.form(self.item(item_id), data)
        if not self.is_valid(form):
            return self.show(self.item(item_id), form, status=422)
        return self.show(self.item(item_id), form, pinned=True)

    def _record_test(self, form: ItemForm) -> None:
        """Before it is done: whoever tests hands the credential's secret to this address."""
        system = form.instance
        assert isinstance(system, ForeignSystem)
        verb = self.verbs.get(self.request.POST.get("test", ""), "test connection")
        facts = {
            "name": system.name,
            "address": form.cleaned_data["base_url"],
            "credential": system.credential.name if system.credential else "",
            "via": Author.of(self.request).via,
            **({"recipient": self.user.email} if verb == "send test email" else {}),
        }
        with transaction.atomic():
            record(
                actor=Actor.of_user(self.user),
                verb=verb,
                kind="foreignsystem",
                object_id=system.pk,
                facts=facts,
            )

    def _try(self, form: ItemForm, test: str) -> ConnectionReport:
        """Test the server as it stands in the form, within the time that somebody waits for a page."""
        raise NotImplementedError


class SmtpTest(ConnectionTest):
    """Test Connection and Send Test E-mail."""

    verbs: ClassVar[dict[str, str]] = {"email": "send test email"}

    def _try(self, form: ItemForm, test: str) -> ConnectionReport:
        system, sender = form.instance, form.cleaned_data["from_address"]
        assert isinstance(system, ForeignSystem)
        server, bounce_address = server_of(system), bounce_address_for_test(system)
        server = replace(
            server,
            timeout=min(server.timeout, MAX_STEP),
            total_timeout=MAX_TEST,
            # What was seen at another address says nothing about this one.
            requires_tls=server.requires_tls and "base_url" not in form.changed_data,
        )
        if test != "email":
            return check_connection(server, mail_from=sender, bounce_address=bounce_address)
        recipient = self.user.email
        if not recipient:
            return ConnectionReport(
                ok=False,
                headline="Your profile has no email address",
                advice="A test email goes to you only. Have an address added to your profile.",
                steps=(),
                transcript=(),
                milliseconds=0,
            )
        try:
            data = _test_email(system, sender, form.cleaned_data["from_name"], recipient)
        except BadAddress as error:
            return ConnectionReport(
                ok=False,
                headline="The email address of your profile can't be used",
                advice=f"{recipient}: {error}. Have it corrected in your profile.",
                steps=(),
                transcript=(),
                milliseconds=0,
            )
        return send_test(
            server,
            mail_from=sender,
            bounce_address=bounce_address,
            recipient=recipient,
            data=data,
        )


class MailboxTest(ConnectionTest):
    """Test Connection and Create Folders."""

    verbs: ClassVar[dict[str, str]] = {"create": "create mailbox folders"}

    def _try(self, form: ItemForm, test: str) -> ConnectionReport:
        system = form.instance
        assert isinstance(system, ForeignSystem)
        server = imap_server_of(system)
        server = replace(server, timeout=min(server.timeout, MAX_STEP), total_timeout=MAX_TEST)
        return check_mailbox(server, wanted_of(system), create=test == "create")


def _test_email(system: ForeignSystem, sender: str, name: str, recipient: str) -> bytes:
    """The test email. Nothing in its header comes from anywhere but checked fields."""
    local, _, domain = sent_address(sender).rpartition("@")
    message = EmailMessage(policy=SMTPUTF8)
    message["Date"] = format_datetime(timezone.now())
    message["From"], message["To"] = Address(name, local, domain), sent_address(recipient)
    message["Subject"] = "pmconsole: test email"
    message["Message-ID"] = make_msgid(domain=settings.REPLY_ADDRESS.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"This is a test email from pmconsole.\n\nIt was sent by the SMTP server {system.name}.\n"
        "You don't need to do anything.\n"
    )
    return message.as_bytes()
