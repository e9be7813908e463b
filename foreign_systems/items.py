"""The families of foreign systems."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from core.roles import ADMINISTRATORS, AUDITORS, Access
from foreign_systems.credential_form import CredentialForm
from foreign_systems.forms import SmtpServerForm
from foreign_systems.mailbox_form import MailboxForm
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.openid.forms import OpenIdForm
from foreign_systems.receivers.events import head
from foreign_systems.receivers.forms import SyslogForm, WebhookForm
from foreign_systems.receivers.views import ReceiverTest
from foreign_systems.sign_in_pages import CredentialSignIn, SignedIn, ways_to_sign_in
from foreign_systems.views import MailboxTest, SmtpTest
from items import second_person
from items.family import Column, Family, Kind, register
from items.listings import Choice
from items.models import Item

_CONFIGURATION = ("Admin", "Configuration")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def trouble_of(system: ForeignSystem) -> str:
    """Why nothing is sent to the system, or read from the mailbox, at present; "" if all is well."""
    if system.kind in {ForeignSystem.Kind.SYSLOG, ForeignSystem.Kind.WEBHOOK}:
        delivery = getattr(system, "delivery", None)
        return delivery.trouble if delivery and system.settings.get("enabled", True) else ""
    if system.kind == ForeignSystem.Kind.MAILBOX:
        contact = getattr(system, "contact", None)
        return contact.trouble if contact and system.mailbox.enabled else ""
    circuit = getattr(system, "circuit", None)
    return circuit.reason if circuit and circuit.next_probe_at else ""


def enabled_choice(name: str, label: str) -> Choice:
    """The list's filter for systems that can be switched off."""
    return Choice(
        name,
        label,
        lambda: [("1", "Enabled"), ("0", "Disabled")],
        lambda rows, on: rows.filter(settings__enabled=on == "1"),
    )


def state_column(last: Callable[[Any], Any], *, trouble: str, well: str, before: str) -> Column:
    """Whether a system that can be switched off does its work; `last` is when it did so last."""

    def state(system: ForeignSystem) -> tuple[str, str]:
        if not system.settings.get("enabled", True):
            return "Disabled", "off"
        if trouble_of(system):
            return trouble, "failed"
        return (well, "active") if last(system) else (before, "pending")

    return Column("State", lambda s: state(s)[0], tone=lambda s: state(s)[1])


class SystemFamily(Family):
    """What SMTP servers, mailboxes and receivers have in common: an address, and a test of it."""

    model = ForeignSystem
    access = Access()
    sensitive = True
    base_url = Column("Base URL", lambda s: str(s.settings.get("base_url", "")), code=True)
    search = ("name", "description", "settings__base_url")
    searched = "Name, description, address"
    tests: tuple[tuple[str, str, str], ...] = (
        ("connection", "run", "Test Connection"),
    )  # with icon
    tested: str  # what a test does, in a sentence

    def hint(self, item: ForeignSystem) -> str:
        return trouble_of(item)

    def page_context(self, item: ForeignSystem) -> dict[str, Any]:
        return {
            "trouble": trouble_of(item),
            "tests": self.tests,
            "tested": self.tested,
            "test_url": self.url_of(item, "test"),
        }


class SmtpServerFamily(SystemFamily):
    namespace = "smtp_servers"
    path = "configuration/foreign-systems/smtp-server/"
    noun, plural = "SMTP server", "SMTP servers"
    trail = (*_CONFIGURATION, "Foreign Systems", "SMTP Server")
    about = "The servers that send approval emails and reports."
    kinds = (Kind(ForeignSystem.Kind.SMTP, "SMTP Server", SmtpServerForm),)
    columns = (
        SystemFamily.base_url,
        Column(
            "State",
            lambda s: "Not accepting mail" if trouble_of(s) else "OK",
            tone=lambda s: "failed" if trouble_of(s) else "active",
        ),
    )
    detail_template = "foreign_systems/smtp_server_detail.html"
    more_pages = (("<uuid:item_id>/test/", SmtpTest, "test"),)
    tests = (*SystemFamily.tests, ("email", "mail", "Send Test E-mail"))
    tested = "The test email is sent to you only."

    def fetch(self, rows: Any) -> Any:
        return rows.select_related("circuit")

    def page_context(self, item: ForeignSystem) -> dict[str, Any]:
        return super().page_context(item) | {"mail_goes_over": item.second}


class MailboxFamily(SystemFamily):
    namespace = "mailboxes"
    path = "configuration/foreign-systems/mailbox/"
    noun, plural = "mailbox", "mailboxes"
    trail = (*_CONFIGURATION, "Foreign Systems", "Mailbox")
    about = "The mailboxes that approvers' replies are read from, by IMAP."
    kinds = (Kind(ForeignSystem.Kind.MAILBOX, "Mailbox", MailboxForm),)
    counts_uses = False
    columns = (
        SystemFamily.base_url,
        state_column(
            lambda s: getattr(s, "contact", None) and s.contact.contacted_at,
            trouble="Not read",
            well="Read",
            before="Not read yet",
        ),
    )
    filters = (enabled_choice("reading", "Reading"),)
    detail_template = "foreign_systems/mailbox_detail.html"
    more_pages = (("<uuid:item_id>/test/", MailboxTest, "test"),)
    tested = "Nothing in the mailbox is changed."

    def fetch(self, rows: Any) -> Any:
        return rows.select_related("contact")

    def hint(self, item: ForeignSystem) -> str:
        return trouble_of(item) or ("" if item.mailbox.knows_senders else NO_PROOF)

    def page_context(self, item: ForeignSystem) -> dict[str, Any]:
        return super().page_context(item) | {
            "contact": getattr(item, "contact", None),
            "no_proof": "" if item.mailbox.knows_senders else NO_PROOF,
        }


class ReceiverFamily(SystemFamily):
    """What SysLog and Webhook have in common."""

    counts_uses = False
    columns = (
        SystemFamily.base_url,
        state_column(
            lambda s: getattr(s, "delivery", None) and s.delivery.delivered_at,
            trouble="Not receiving",
            well="OK",
            before="Nothing sent yet",
        ),
    )
    filters = (enabled_choice("delivery", "Delivery"),)
    detail_template = "foreign_systems/receiver_detail.html"
    more_pages = (("<uuid:item_id>/test/", ReceiverTest, "test"),)
    tests = (("event", "run", "Send Test Event"),)
    tested = "One event marked as a test is sent."

    def fetch(self, rows: Any) -> Any:
        return rows.select_related("delivery")

    def page_context(self, item: ForeignSystem) -> dict[str, Any]:
        delivery = getattr(item, "delivery", None)
        return super().page_context(item) | {
            "delivery": delivery,
            "waiting": head() - delivery.delivered if delivery else 0,
        }


class SyslogFamily(ReceiverFamily):
    namespace = "syslog_receivers"
    path = "configuration/foreign-systems/syslog/"
    noun, plural = "SysLog", "SysLogs"
    trail = (*_CONFIGURATION, "Foreign Systems", "SysLog")
    about = "The log servers that audit entries are sent to."
    kinds = (Kind(ForeignSystem.Kind.SYSLOG, "SysLog", SyslogForm),)


class WebhookFamily(ReceiverFamily):
    namespace = "webhooks"
    path = "configuration/foreign-systems/webhook/"
    noun, plural = "webhook", "webhooks"
    trail = (*_CONFIGURATION, "Foreign Systems", "Webhook")
    about = "The programs that audit entries are posted to, signed."
    kinds = (Kind(ForeignSystem.Kind.WEBHOOK, "Webhook", WebhookForm),)


NO_PROOF = "No Authentication Server is named, so every reply is rejected."


def says_who_people_are(item: Item) -> bool:
    """Whether people sign in, or replies are believed, as this stored item says."""
    kinds = (ForeignSystem.Kind.OPENID, ForeignSystem.Kind.MAILBOX)
    systems = ForeignSystem.objects.filter(kind__in=kinds)
    return isinstance(item, ForeignSystem) and systems.filter(pk=item.pk).exists()


class OpenIdFamily(Family):
    model = ForeignSystem
    namespace = "openid_providers"
    path = "configuration/authentication/"
    noun, plural = "provider", "providers"
    trail = (*_CONFIGURATION, "Authentication")
    about = (
        "Where people can sign in beside their password here: OpenID Connect providers, such as the "
        "directory of your organization."
    )
    access = Access(view=frozenset({ADMINISTRATORS, AUDITORS}))
    kinds = (Kind(ForeignSystem.Kind.OPENID, "OpenID Connect Provider", OpenIdForm),)
    sensitive = True
    counts_uses = False
    list_template = "items/tab_list.html"
    columns = (
        Column("Issuer", lambda s: str(s.settings.get("issuer", "")), code=True),
        Column(
            "Sign-in",
            lambda s: "Enabled" if s.settings.get("enabled", True) else "Disabled",
            tone=lambda s: "active" if s.settings.get("enabled", True) else "off",
        ),
    )
    filters = (enabled_choice("sign_in", "Sign-in"),)
    search = ("name", "description", "settings__issuer")
    searched = "Name, description, issuer"


class CredentialFamily(Family):
    model = Credential
    namespace = "credentials"
    path = "configuration/credentials/"
    noun, plural = "credential", "credentials"
    trail = (*_CONFIGURATION, "Credentials")
    about = (
        "Account names and secrets for signing in to foreign systems. "
        "Secrets are stored encrypted and never shown."
    )
    access = Access(view=frozenset({ADMINISTRATORS, AUDITORS}))
    kinds = (Kind("", "Credential", CredentialForm),)
    sensitive = True
    may_duplicate = False  # the secret would have to be entered anyway
    list_template = "items/tab_list.html"
    columns = (
        Column("Account", lambda credential: credential.account_name, sort="account_name"),
        Column(
            "Secret Changed",
            lambda c: c.secret_changed_at or "Never",
            sort="secret_changed_at",
            width="fit",
        ),
    )
    search = ("name", "description", "account_name")
    searched = "Name, description, account"
    detail_template = "foreign_systems/credential_detail.html"
    more_pages = (
        ("<uuid:item_id>/sign-in/", CredentialSignIn, "sign_in"),
        ("signed-in/", SignedIn, "signed_in"),
    )

    def sort_expression(self, name: str) -> Any:
        """By age of the secret; those without one count as the oldest."""
        if name == "secret_changed_at":
            return Coalesce(F(name), Value(_NEVER))
        return super().sort_expression(name)

    def page_context(self, item: Credential) -> dict[str, Any]:
        return {"can_sign_in": bool(ways_to_sign_in(item))}

    def hint(self, item: Credential) -> str:
        if item.method == Credential.Method.REFRESH_TOKEN:  # a public client has no secret
            how = "sign in, or enter one" if ways_to_sign_in(item) else "enter one"
            missing = f"No refresh token: {how} before it's used."
            return "" if item.encrypted_refresh_token else missing
        return "" if item.encrypted_secret else "No secret: enter one before it's used."


SMTP_SERVERS = register(SmtpServerFamily())
MAILBOXES = register(MailboxFamily())
SYSLOGS = register(SyslogFamily())
WEBHOOKS = register(WebhookFamily())
OPENID_PROVIDERS = register(OpenIdFamily())
# Whoever rules a provider can sign in as anybody, so also as a second person; and whoever says how a
# mailbox knows senders can answer as any approver.
second_person.register(second_person.Rule(says_who_people_are))
CREDENTIALS = register(CredentialFamily())
