"""The form of a credential."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.formats import date_format

from core.zones import shown
from foreign_systems.models import Credential
from foreign_systems.sign_in import browser_address, device_address
from items.fields import SecretField
from items.forms import ItemForm, Section

TOKEN_EXAMPLE = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token"  # noqa: S105
_URLS = ("token_url", "device_url", "authorize_url")


class CredentialForm(ItemForm):
    """An account name and its secret, or what a token server wants to know."""

    create_fields = ("name", "description", "account_name", "method", "secret")
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
            "For servers that take access tokens in place of a password. The account is the "
            "mailbox's address; the secret above is the client's.",
            ("token_url", "client_id", "scope", "refresh_token", "device_url", "authorize_url"),
            folded=True,
        ),
    )
    secret = SecretField(max_length=4096, help_text="Leave empty to keep the stored secret.")
    method = forms.ChoiceField(
        label="Sign-in Method",
        choices=Credential.Method.choices,
        initial=Credential.Method.PASSWORD,
        required=False,
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
        help_text="Exchange Online: https://outlook.office365.com/.default for client credentials.",
    )
    refresh_token = SecretField(
        label="Refresh Token",
        max_length=8000,
        help_text="Leave empty to keep the stored one, or to sign in for it. If the token server gives a "
        "new one, that is stored.",
    )
    device_url = forms.CharField(
        label="Device Authorization URL",
        max_length=500,
        required=False,
        help_text="Where a code for signing in on any device is asked for. Empty: known for Microsoft.",
    )
    authorize_url = forms.CharField(
        label="Authorization URL",
        max_length=500,
        required=False,
        help_text="Where a browser signs in. Empty: known for Microsoft and Google.",
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
            "device_url",
            "authorize_url",
        ]
        labels = {"account_name": "Account Name"}

    def prepare(self) -> None:
        refreshes = self["method"].value() == Credential.Method.REFRESH_TOKEN
        if self.creating:
            self.fields["method"].help_text = "For OAuth 2.0, fill in the rest once it's created."
        if self.instance._state.adding:
            self.fields["secret"].required = not refreshes
            self.fields[
                "secret"
            ].help_text = (
                "With a refresh token: the client's, if it has one. A public client has none."
            )
        elif self.instance.secret_changed_at:
            at = date_format(shown(self.instance.secret_changed_at), "DATETIME_FORMAT")
            self.fields["secret"].help_text += f" It was changed on {at}."
        typed = {name: str(self[name].value() or "") for name in _URLS}
        can_sign_in = device_address(typed["token_url"], typed["device_url"]) or browser_address(
            typed["token_url"], typed["authorize_url"]
        )
        needed = refreshes and not self.instance.refresh_token() and not can_sign_in
        self.fields["refresh_token"].required = needed

    def clean_method(self) -> str:
        method: str = self.cleaned_data["method"]
        return method or self.instance.method

    def clean_token_url(self) -> str:
        return self._https("token_url", f" Enter, for example, {TOKEN_EXAMPLE}")

    def clean_device_url(self) -> str:
        return self._https("device_url")

    def clean_authorize_url(self) -> str:
        return self._https("authorize_url")

    def _https(self, name: str, example: str = "") -> str:
        url: str = self.cleaned_data[name].strip()
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"https", "http"} and bool(parts.hostname) and "@" not in url
            usable = usable and (parts.scheme == "https" or settings.TRIAL) and parts.port != 0
        except ValueError:
            usable = False
        if url and not usable:
            raise forms.ValidationError(
                f"{self.fields[name].label} isn't an https address.{example}"
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
