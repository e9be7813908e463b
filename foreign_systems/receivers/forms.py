"""The forms of SysLog and Webhook."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings

from core.addresses import BadAddress, ascii_host
from foreign_systems.certificates import CertificatesField
from foreign_systems.kinds import SyslogSettings, WebhookSettings
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.receivers.delivery import begin
from foreign_systems.smtp_url import SYSLOG, SmtpUrlError, parse
from items.fields import SwitchField
from items.forms import ItemForm, Section

EXAMPLE = "https://hooks.example.com/pmconsole"
_CONNECTION = "Certificates and names are always verified."


class _ReceiverForm(ItemForm):
    """What both have. A new system is told what happens from then on."""

    enabled = SwitchField(
        label="Delivery",
        on="Enabled",
        off="Disabled",
        help_text="What happens while it's disabled is sent once it's enabled again.",
    )
    timeout = forms.IntegerField(
        min_value=1, max_value=15, help_text="Seconds for each step of a conversation."
    )
    ca = CertificatesField()

    def prepare(self) -> None:
        self.initial["timeout"] = round(self.initial["timeout"])

    def save_parts(self) -> None:
        begin(self.instance)


class SyslogForm(_ReceiverForm):
    """A log server, by RFC 5424."""

    settings_type = SyslogSettings
    noun = "SysLog"
    create_fields = ("name", "base_url")
    sections = (
        Section(
            "SysLog Details",
            "Each entry of the audit trail is sent here, in order, once it's written.",
            ("name", "description", "base_url", "enabled"),
        ),
        Section("Connection", _CONNECTION, ("timeout", "ca")),
    )
    base_url = forms.CharField(
        label="Base URL",
        max_length=2000,
        help_text="syslog+tls:// is encrypted (port 6514); syslog:// isn't (601): anyone on the way "
        f"can read and change what is sent. Example: {SYSLOG.example}",
    )

    class Meta(ItemForm.Meta):
        model = ForeignSystem

    def clean_base_url(self) -> str:
        try:
            return str(parse(self.cleaned_data["base_url"], protocol=SYSLOG))
        except SmtpUrlError as error:
            raise forms.ValidationError(str(error)) from None


class WebhookForm(_ReceiverForm):
    """A program that takes signed POST requests."""

    settings_type = WebhookSettings
    noun = "webhook"
    create_fields = ("name", "base_url", "credential")
    sections = (
        Section(
            "Webhook Details",
            "Each entry of the audit trail is posted here, in order, once it's written.",
            ("name", "description", "base_url", "enabled"),
        ),
        Section(
            "Signature",
            "The credential's secret signs each request, so that the receiver knows it's ours. Its "
            "account name isn't used.",
            ("credential",),
            link=("Credentials", "credentials:list"),
        ),
        Section("Connection", _CONNECTION, ("private_network", "timeout", "ca")),
    )
    base_url = forms.CharField(
        label="Base URL", max_length=2000, help_text=f"An https address. Example: {EXAMPLE}"
    )
    credential = forms.ModelChoiceField(Credential.objects.all(), empty_label="Choose one")
    private_network = SwitchField(
        label="Private Network",
        help_text="Allows addresses of private networks, such as 10.0.0.0/8. This machine's own and "
        "those where clouds hand out credentials stay refused.",
    )

    class Meta(ItemForm.Meta):
        model = ForeignSystem
        fields = [*ItemForm.Meta.fields, "credential"]

    def clean_base_url(self) -> str:
        url: str = self.cleaned_data["base_url"].strip()
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
            known = parts.scheme == "https" or (settings.TRIAL and parts.scheme == "http")
            usable = known and host and url.isascii() and url.isprintable() and " " not in url
            usable = usable and "@" not in parts.netloc and not parts.fragment
            if ":" not in host and not host.replace(".", "").isdigit():
                ascii_host(host)
        except (ValueError, BadAddress):
            usable = False
        if not usable:
            raise forms.ValidationError(
                f"Base URL isn't an https address. Enter, for example, {EXAMPLE}"
            )
        return url

    def clean_credential(self) -> Any:
        credential: Credential | None = self.cleaned_data["credential"]
        if credential and credential.method != Credential.Method.PASSWORD:
            raise forms.ValidationError(
                "Credential: requests are signed with a secret. Choose one whose method is password."
            )
        return credential
