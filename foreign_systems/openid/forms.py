"""The form of an OpenID Connect provider."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings

from core.roles import ROLES
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.openid.settings import OpenIdSettings, mapped_role
from items.fields import LinesField, SwitchField
from items.forms import ItemForm, Section

EXAMPLE = "https://login.example.com/realms/corp"


class OpenIdForm(ItemForm):
    """Where people sign in, and what the provider's claims mean here."""

    settings_type = OpenIdSettings
    noun = "provider"
    create_fields = ("name", "issuer", "credential")
    sections = (
        Section(
            "Provider Details",
            "The sign-in page shows a button with this name.",
            ("name", "description", "enabled"),
        ),
        Section(
            "Connection",
            "Register the console with the provider first. The credential holds the client ID as "
            "account name and the client secret.",
            ("issuer", "credential"),
            link=("Credentials", "credentials:list"),
        ),
        Section(
            "People",
            "Who may sign in. Whoever has signed in once is recognized by the provider's own "
            "identifier from then on.",
            ("matches_addresses", "creates_people"),
        ),
        Section(
            "Roles and Manager",
            "Taken over at each sign-in. The last administrator keeps the role.",
            ("groups_claim", "roles", "manager_claim"),
        ),
    )

    credential = forms.ModelChoiceField(Credential.objects.all(), empty_label="Choose one")
    enabled = SwitchField(label="Sign-in", on="Enabled", off="Disabled")
    issuer = forms.CharField(
        label="Issuer",
        max_length=500,
        help_text=f"The provider's address, as its documentation names it. Example: {EXAMPLE}",
    )
    matches_addresses = SwitchField(
        label="Match by Email Address",
        help_text="At the first sign-in, a verified address that a profile holds is that person. "
        "Only for providers whose addresses you trust.",
    )
    creates_people = SwitchField(
        label="Create Users",
        help_text="Others get a profile at their first sign-in, without any role but those below.",
    )
    groups_claim = forms.CharField(label="Groups Claim", max_length=100, required=False)
    roles = LinesField(
        label="Roles by Group",
        required=False,
        max_line=300,
        help_text="One per line: group = Role, for example pm-helpdesk = Helpdesk. People get "
        "exactly these roles. Empty: roles are given at Users.",
    )
    manager_claim = forms.CharField(
        label="Manager Claim",
        max_length=100,
        required=False,
        help_text="Holds the manager's user name or email address. Empty: entered at Users.",
    )

    class Meta(ItemForm.Meta):
        model = ForeignSystem
        fields = [*ItemForm.Meta.fields, "credential"]

    def clean_issuer(self) -> str:
        issuer: str = self.cleaned_data["issuer"].strip()
        try:
            parts = urlsplit(issuer)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        schemes = {"https", "http"} if settings.TRIAL else {"https"}
        if (
            not host
            or parts.scheme not in schemes
            or parts.query
            or parts.fragment
            or "@" in issuer
        ):
            raise forms.ValidationError(
                f"Issuer isn't an https address without query. Enter, for example, {EXAMPLE}"
            )
        return issuer

    def clean_roles(self) -> tuple[str, ...]:
        lines: tuple[str, ...] = self.cleaned_data["roles"]
        for line in lines:
            group, role = mapped_role(line)
            if not group or role not in ROLES:
                raise forms.ValidationError(
                    f"“{line}” names no role. Enter group = Role; the roles are {', '.join(ROLES)}."
                )
        return lines
