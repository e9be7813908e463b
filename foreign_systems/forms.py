"""Forms of foreign systems and of their credentials."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.formats import date_format

from core.addresses import MAX_HOST
from core.zones import shown
from foreign_systems.certificates import CertificatesField
from foreign_systems.circuits import forget_starttls, give_probe_back
from foreign_systems.ehlo_name import EXAMPLE as EXAMPLE_NAME
from foreign_systems.ehlo_name import ehlo_name, of_public_url
from foreign_systems.kinds import SmtpSettings
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.smtp_url import EXAMPLE, SmtpUrlError, parse
from items.fields import AddressField, SecretField, SenderNameField, SwitchField
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


TOKEN_EXAMPLE = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token"  # noqa: S105


class SmtpServerForm(ItemForm):
    """An SMTP server: where it is, who signs in, how it is used."""

    settings_type = SmtpSettings
    noun = "SMTP server"
    create_fields = ("name", "base_url")
    never_copied = ("is_default",)
    sections = (
        Section(
            "SMTP Server Details",
            "Sends approval emails and reports. Approval processes and email tasks refer to it by "
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
            "More connections send more at once; many servers allow 10 to 50 from one address.",
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
    connection_limit = forms.IntegerField(min_value=1, max_value=100)
    timeout = forms.IntegerField(
        min_value=1, max_value=300, help_text="Seconds for each step of a conversation."
    )
    bounce_addresses = SwitchField(
        label="Bounce Addresses",
        help_text="What can't be delivered comes back to an address that each email has for that, "
        "beside the one for replies, and shows on its request. Turn this off if the server lets an "
        "account send as itself only (Exchange Online, Gmail).",
    )
    ca = CertificatesField(
        label="Certificate Authority",
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Paste a private authority's certificates (PEM) to trust only those. Empty: the "
        "authorities that this system trusts.",
    )
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


class CredentialForm(ItemForm):
    """An account name and its secret, or what a token server wants to know."""

    create_fields = ("name", "description", "account_name", "secret")
    sections = (
        Section(
            "Credential Details",
            "An account on a foreign system. Systems refer to it by this name.",
            ("name", "description"),
        ),
        Section(
            "Account",
            "The secret is stored encrypted and never shown again.",
            ("account_name", "method", "secret"),
        ),
        Section(
            "OAuth 2.0",
            "Where a token server gives access tokens in a password's place. The account is the "
            "mailbox's address; the secret above is the client's.",
            ("token_url", "client_id", "scope", "refresh_token"),
            folded=True,
        ),
    )
    secret = SecretField(max_length=4096, help_text="Leave empty to keep the stored secret.")
    method = forms.ChoiceField(
        label="Sign-in Method",
        choices=Credential.Method.choices,
        initial=Credential.Method.PASSWORD,
        help_text="For OAuth 2.0, open Show Advanced too.",
    )
    token_url = forms.CharField(
        label="Token URL",
        max_length=500,
        required=False,
        help_text=f"Example: {TOKEN_EXAMPLE}",
    )
    client_id = forms.CharField(label="Client ID", max_length=256, required=False)
    scope = forms.CharField(
        label="Scope",
        max_length=1000,
        required=False,
        help_text="Exchange Online: https://outlook.office365.com/.default",
    )
    refresh_token = SecretField(
        label="Refresh Token",
        max_length=8000,
        help_text="Leave empty to keep the stored one. If the token server gives a new one, that is "
        "stored.",
    )

    class Meta(ItemForm.Meta):
        model = Credential
        fields = [
            *ItemForm.Meta.fields,
            "account_name",
            "method",
            "token_url",
            "client_id",
            "scope",
        ]

    def prepare(self) -> None:
        if self.instance._state.adding:
            self.fields["secret"].required = True
            self.fields["secret"].help_text = ""
        elif self.instance.secret_changed_at:
            at = date_format(shown(self.instance.secret_changed_at), "DATETIME_FORMAT")
            self.fields["secret"].help_text += f" It was changed on {at}."
        refreshes = self["method"].value() == Credential.Method.REFRESH_TOKEN
        needed = refreshes and not self.instance.refresh_token()
        self.fields["refresh_token"].required = needed

    def clean_token_url(self) -> str:
        url: str = self.cleaned_data["token_url"].strip()
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"https", "http"} and bool(parts.hostname) and "@" not in url
            usable = usable and (parts.scheme == "https" or settings.TRIAL) and parts.port != 0
        except ValueError:
            usable = False
        if url and not usable:
            raise forms.ValidationError(
                f"Token URL isn't an https address. Enter, for example, {TOKEN_EXAMPLE}"
            )
        return url

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        method = data.get("method")
        if method in {None, Credential.Method.PASSWORD}:
            return data
        for name, label in (("token_url", "Token URL"), ("client_id", "Client ID")):
            if not data.get(name) and name in self.fields and name not in self.errors:
                self.add_error(name, f"{label}: needed for OAuth 2.0.")
        return data

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.cleaned_data.get("refresh_token"):
            self.instance.set_refresh_token(self.cleaned_data["refresh_token"])
        if self.cleaned_data.get("secret"):
            self.instance.set_secret(self.cleaned_data["secret"])
