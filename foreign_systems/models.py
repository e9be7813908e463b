"""Connections to the outside: systems, the credentials they use, and their circuits."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.keys.fields import EncryptedField, opened, seal
from foreign_systems.kinds import (
    MailboxSettings,
    SmtpSettings,
    SyslogSettings,
    WebhookSettings,
)
from items.models import Item


class Credential(Item):
    """An account name and its secret. The secret is written, never shown.

    With a method of OAuth 2.0 the secret is the client's, and a token server gives tokens for it.
    """

    class Method(models.TextChoices):
        PASSWORD = "password", "Password"
        CLIENT = "client_credentials", "OAuth 2.0: client credentials"
        REFRESH_TOKEN = "refresh_token", "OAuth 2.0: refresh token"

    account_name = models.CharField(max_length=256)
    method = models.CharField(max_length=20, choices=Method, default=Method.PASSWORD)
    token_url = models.CharField(max_length=500, blank=True)
    client_id = models.CharField(max_length=256, blank=True)
    # Where a person signs in for the refresh token; empty where foreign_systems/sign_in.py knows it.
    device_url = models.CharField(max_length=500, blank=True, default="", db_default="")
    authorize_url = models.CharField(max_length=500, blank=True, default="", db_default="")
    scope = models.CharField(max_length=1000, blank=True)
    encrypted_refresh_token = EncryptedField(purpose="refresh token", default=bytes)
    encrypted_secret = EncryptedField(purpose="credential", default=bytes)
    secret_changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    def set_secret(self, secret: str) -> None:
        seal(self, "encrypted_secret", secret.encode())
        self.secret_changed_at = timezone.now()

    def set_refresh_token(self, token: str) -> None:
        seal(self, "encrypted_refresh_token", token.encode())
        self.secret_changed_at = timezone.now()

    def refresh_token(self) -> str:
        sealed = self.encrypted_refresh_token
        return opened(self, "encrypted_refresh_token").decode() if sealed else ""

    def secret(self) -> str:
        return opened(self, "encrypted_secret").decode() if self.encrypted_secret else ""


class ForeignSystemQuerySet(models.QuerySet["ForeignSystem"]):
    def smtp_servers(self) -> "ForeignSystemQuerySet":
        return self.filter(kind=ForeignSystem.Kind.SMTP)

    def mailboxes(self) -> "ForeignSystemQuerySet":
        return self.filter(kind=ForeignSystem.Kind.MAILBOX)

    def receivers(self) -> "ForeignSystemQuerySet":
        """Those that audit entries are sent to."""
        return self.filter(kind__in=[ForeignSystem.Kind.SYSLOG, ForeignSystem.Kind.WEBHOOK])

    def default(self) -> "ForeignSystem | None":
        """The SMTP server of whatever names none of its own."""
        return self.smtp_servers().filter(is_default=True).first()


class ForeignSystem(Item):
    """An outside system with an address and credentials. `settings` is the kind's own dataclass."""

    class Kind(models.TextChoices):
        SMTP = "smtp", "SMTP Server"
        MAILBOX = "mailbox", "Mailbox"
        OPENID = "openid", "OpenID Connect Provider"
        SYSLOG = "syslog", "SysLog"
        WEBHOOK = "webhook", "Webhook"

    kind = models.CharField(max_length=20, choices=Kind)
    settings = models.JSONField(default=dict)
    credential = models.ForeignKey(
        Credential, on_delete=models.PROTECT, null=True, blank=True, related_name="systems"
    )
    is_default = models.BooleanField(default=False)
    # Takes the mail while this SMTP server's circuit is open. It has none itself: no cycles.
    second = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="first"
    )
    # What SMTP_URL or MAILBOX_URL named when it was last read; what differs from it was amended. Empty
    # for a system that the environment never provided.
    environment_url = models.CharField(max_length=2000, blank=True, editable=False)

    objects = ForeignSystemQuerySet.as_manager()

    class Meta(Item.Meta):
        constraints = [
            *Item.Meta.constraints,
            models.UniqueConstraint(
                "kind",
                name="foreign_systems_one_default",
                condition=Q(is_default=True),
                violation_error_message="Another system of this kind is the default already.",
            ),
        ]

    @property
    def typed(self) -> SmtpSettings:
        return SmtpSettings.from_json(self.settings)

    @property
    def mailbox(self) -> MailboxSettings:
        return MailboxSettings.from_json(self.settings)

    @property
    def syslog(self) -> SyslogSettings:
        return SyslogSettings.from_json(self.settings)

    @property
    def webhook(self) -> WebhookSettings:
        return WebhookSettings.from_json(self.settings)

    @property
    def environment_variable(self) -> str:
        """The setting that provides it; "" once that is gone, and of any other system."""
        variable = "MAILBOX_URL" if self.kind == self.Kind.MAILBOX else "SMTP_URL"
        return variable if self.environment_url and getattr(settings, variable) else ""

    @property
    def from_environment(self) -> bool:
        return bool(self.environment_variable)

    @property
    def tags(self) -> list[str]:
        facts = {
            "default": self.is_default,
            "provided by the environment": self.from_environment,
        }
        return [*super().tags, *(words for words, so in facts.items() if so)]

    @property
    def undeletable(self) -> str:
        """The environment's would come back, and of several servers one has to be the default."""
        if variable := self.environment_variable:
            return f"Defined by {variable}. Remove it there first."
        if self.is_default and type(self).objects.filter(kind=self.kind).exclude(pk=self.pk):
            return "This is the default server. Make another server the default first."
        return super().undeletable


def sender_name_of(own_name: str, server: ForeignSystem | None) -> str:
    """The name before that From: the process's own, else the server's; "" for none."""
    return own_name or (server.typed.from_name if server else "")


def sender_of(own_address: str, server: ForeignSystem | None) -> str:
    """The From of mail that leaves by `server`: the process's or task's own, else the server's."""
    return own_address or (server.typed.from_address if server else "")


class Circuit(models.Model):
    """Whether a system can be reached. While it is open one message probes and the rest wait."""

    system = models.OneToOneField(
        ForeignSystem, on_delete=models.CASCADE, primary_key=True, related_name="circuit"
    )
    failures = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)  # when the trouble began
    next_probe_at = models.DateTimeField(null=True, blank=True)  # null: closed, all is well
    reason = models.CharField(max_length=1000, blank=True)
    saw_starttls = models.BooleanField(default=False)  # its absence then counts as stripped

    def __str__(self) -> str:
        return f"{self.system}: {self.reason or 'closed'}"


class MailboxContact(models.Model):
    """Where the reading of a mailbox is: who reads it, how far, and what came of it last.

    A process that reads holds the lease; another one waits until it ends. `trouble` is empty while
    all is well, else it holds the server's own words; `contacted_at` is when it last answered.
    """

    system = models.OneToOneField(
        ForeignSystem, on_delete=models.CASCADE, primary_key=True, related_name="contact"
    )
    reader = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    contacted_at = models.DateTimeField(null=True, blank=True)
    said = models.CharField(max_length=1000, blank=True)  # what was done or heard last
    trouble = models.CharField(max_length=1000, blank=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    folder = models.CharField(max_length=500, blank=True)  # that the next two are about
    uid_validity = models.BigIntegerField(default=0)
    read_up_to = models.BigIntegerField(default=0)  # the UID up to which all is dealt with
    stored = models.PositiveBigIntegerField(default=0)  # messages taken in so far
    other_mail = models.PositiveBigIntegerField(default=0)  # messages left alone: they aren't ours

    def __str__(self) -> str:
        return f"{self.system}: {self.trouble or self.said or 'not read yet'}"


class Delivery(models.Model):
    """How far a SysLog or Webhook system has taken the audit trail, and who is sending to it.

    A process that sends holds the lease; `trouble` is empty while all is well.
    """

    system = models.OneToOneField(
        ForeignSystem, on_delete=models.CASCADE, primary_key=True, related_name="delivery"
    )
    delivered = models.BigIntegerField(default=0)  # the sequence of the last entry that it took
    delivered_at = models.DateTimeField(null=True, blank=True)
    sender = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)  # null: at once
    trouble = models.CharField(max_length=1000, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.system}: {self.trouble or self.delivered}"
