"""The form of an SMTP server."""

from typing import Any

from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction

from core.addresses import MAX_HOST
from foreign_systems.certificates import CertificatesField
from foreign_systems.circuits import forget_starttls, give_probe_back
from foreign_systems.ehlo_name import EXAMPLE as EXAMPLE_NAME
from foreign_systems.ehlo_name import ehlo_name, of_public_url
from foreign_systems.kinds import SmtpSettings
from foreign_systems.models import ForeignSystem
from foreign_systems.smtp_url import EXAMPLE, SmtpUrlError, parse
from items.fields import AddressField, SenderNameField, SwitchField
from items.forms import ItemForm, SaveRefused, Section
from items.services import changing


class SecondServerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The SMTP server that takes another one's mail while that one is in trouble."""

    def __init__(self) -> None:
        super().__init__(
            ForeignSystem.objects.smtp_servers(),
            label="Second Server",
            required=False,
            empty_label="None: mail waits until this server accepts it",
            help_text="Takes the mail while this server isn't accepting it. It has to accept this "
            "server's senders.",
        )


class SmtpServerForm(ItemForm):
    """An SMTP server: where it is, who signs in, how it is used."""

    settings_type = SmtpSettings
    noun = "SMTP server"
    create_fields = ("name", "base_url")
    never_copied = ("is_default",)
    sections = (
        Section(
            "SMTP Server Details",
            "Sends approval emails and reports. Approval processes and e-mail tasks refer to it by "
            "this name.",
            ("name", "description", "base_url", "is_default"),
        ),
        Section(
            "Sign-in",
            "The account for a server that requires sign-in. The secret is stored encrypted and "
            "never shown.",
            ("credential",),
            link=("Credentials", "credentials:list"),
        ),
        Section(
            "Sending",
            "Who mail is from, and how it is handed to the server.",
            (
                "from_address",
                "from_name",
                "ehlo_name",
                "second",
                "connection_limit",
                "timeout",
                "bounce_addresses",
            ),
        ),
        Section(
            "Encryption",
            "Certificates and names are always verified.",
            ("ca",),
        ),
    )

    base_url = forms.CharField(
        label="Base URL",
        max_length=2000,
        help_text="smtp:// encrypts when offered (port 25), smtp+starttls:// always (587), "
        f"smtps:// from the first byte (465). Example: {EXAMPLE}",
    )
    from_address = AddressField(label="Default From")
    from_name = SenderNameField(
        label="Default From Name",
        required=False,
        help_text="Shown before the address. Empty: the address alone.",
    )
    ehlo_name = forms.CharField(
        label="EHLO Name",
        required=False,
        max_length=MAX_HOST,
        help_text="How this console introduces itself: a full name that DNS knows it by. Empty: the "
        "name of the machine.",
    )
    second = SecondServerField()
    connection_limit = forms.IntegerField(
        min_value=1,
        max_value=100,
        help_text="More connections send more at once; many servers allow 10 to 50 from one address.",
    )
    timeout = forms.IntegerField(
        min_value=1, max_value=300, help_text="Seconds for each step of a conversation."
    )
    bounce_addresses = SwitchField(
        label="Bounce Addresses",
        help_text="Each email gets a return address of its own: what can't be delivered comes back "
        "there, and its request shows it. Turn this off if the server lets an account send only as "
        "itself (Exchange Online, Gmail).",
    )
    ca = CertificatesField()
    is_default = SwitchField(
        label="Default Server",
        help_text="Used by processes and tasks that don't name a server of their own.",
    )

    class Meta(ItemForm.Meta):
        model = ForeignSystem
        fields = [*ItemForm.Meta.fields, "credential", "second", "is_default"]

    def prepare(self) -> None:
        self.fields["credential"].empty_label = "None: the server requires no sign-in"  # type: ignore[attr-defined]
        self.initial["timeout"] = round(self.initial["timeout"])
        servers = ForeignSystem.objects.smtp_servers()
        self.fields["second"].queryset = servers.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]

    @classmethod
    def preset(cls) -> dict[str, Any]:
        domain = settings.REPLY_ADDRESS.rpartition("@")[2]
        return {
            "from_address": f"approvals@{domain}",
            "ehlo_name": of_public_url(settings.PUBLIC_URL),
        }

    def clean_base_url(self) -> str:
        try:
            return str(parse(self.cleaned_data["base_url"]))
        except SmtpUrlError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_ehlo_name(self) -> str:
        text: str = self.cleaned_data["ehlo_name"].strip()
        try:
            return ehlo_name(text) if text else ""
        except ValueError as error:
            raise forms.ValidationError(
                f"EHLO Name isn't a valid name: {error}. Enter, for example, {EXAMPLE_NAME}"
            ) from None

    def clean_second(self) -> ForeignSystem | None:
        second: ForeignSystem | None = self.cleaned_data["second"]
        if second is not None and second.second_id is not None:
            raise forms.ValidationError(
                f"Second Server: {second} has a second server itself. Choose one that has none."
            )
        if second is not None and (first := self.instance.first.first()):
            raise forms.ValidationError(
                f"Second Server: this server is the second one of {first}, so it can't have one."
            )
        return second

    def clean_is_default(self) -> bool:
        wanted: bool = self.cleaned_data["is_default"]
        if not wanted and self.initial.get("is_default"):
            raise forms.ValidationError(
                "This is the default server. To change that, open another server and make it the "
                "default."
            )
        return wanted

    def save(self, commit: bool = True) -> Any:
        """Of several servers one is the default: the first, until another takes its place."""
        servers = ForeignSystem.objects.smtp_servers()
        others = servers.filter(is_default=True).exclude(pk=self.instance.pk)
        if self.instance._state.adding and not others.exists():
            self.instance.is_default = True
        if self.instance.is_default:
            for other in others:
                with changing(other, by=self.author):
                    other.is_default = False
        try:
            with transaction.atomic():
                return super().save(commit)
        except IntegrityError as error:
            meanwhile = "Default Server: another server was just made the default. Reload the page."
            raise SaveRefused("is_default", [meanwhile]) from error

    def save_parts(self) -> None:
        if "base_url" in self.changed_data:
            forget_starttls(self.instance)
        give_probe_back(self.instance)  # what was put right is tried at once
