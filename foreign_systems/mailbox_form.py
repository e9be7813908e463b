"""The form of a mailbox."""

import re
from typing import Any

from django import forms

from core.addresses import BadAddress, ascii_host
from foreign_systems.certificates import CertificatesField
from foreign_systems.kinds import MailboxSettings
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.smtp_url import IMAP, SmtpUrlError, parse
from items.fields import LinesField, SwitchField
from items.forms import ItemForm, Section

_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\Z")
# Fields that anybody writes into a message: none of them can prove anything.
_WRITTEN_BY_ANYBODY = {"from", "to", "cc", "sender", "reply-to", "subject", "date", "message-id"}


class MailboxForm(ItemForm):
    """Where replies are read: the server, the account, the folders, and what proves a sender."""

    settings_type = MailboxSettings
    noun = "mailbox"
    create_fields = ("name", "base_url", "credential")
    sections = (
        Section(
            "Mailbox Details",
            "Approvers' replies are read from here. Mail that isn't for pmconsole is left alone.",
            ("name", "description", "base_url", "enabled"),
        ),
        Section(
            "Sign-in",
            "The mailbox's account. The secret is stored encrypted and never shown.",
            ("credential",),
            link=("Credentials", "credentials:list"),
        ),
        Section(
            "Folders",
            "Replies are moved to Processed once they have been read, and to Failed if they can't be.",
            ("inbox", "processed", "failed"),
        ),
        Section(
            "Senders",
            "A reply counts only if your mail server verified its sender. It writes its result into "
            "Authentication-Results, with its own name in front.",
            ("authserv_ids", "results_without_id", "one_field_per_filter", "verifies_dkim"),
        ),
        Section(
            "Internal Mail",
            "A header that your mail server sets for its own signed-in users only, and removes from "
            "all other mail. It then proves the sender in place of DMARC.",
            ("internal_header", "internal_value", "internal_domains"),
            folded=True,
        ),
        Section(
            "Connection",
            "Certificates and names are always verified.",
            ("timeout", "ca"),
        ),
    )

    base_url = forms.CharField(
        label="Base URL",
        max_length=2000,
        help_text="imaps:// speaks TLS from the first byte (port 993), imap+starttls:// begins it "
        f"(143); imap:// is for this machine only. Example: {IMAP.example}",
    )
    credential = forms.ModelChoiceField(Credential.objects.all(), empty_label="Choose one")
    enabled = SwitchField(label="Reading", on="Enabled", off="Disabled")
    inbox = forms.CharField(
        label="Inbox", max_length=200, error_messages={"required": "Inbox: enter a folder."}
    )
    processed = forms.CharField(
        label="Processed", max_length=200, error_messages={"required": "Processed: enter a folder."}
    )
    failed = forms.CharField(
        label="Failed", max_length=200, error_messages={"required": "Failed: enter a folder."}
    )
    authserv_ids = LinesField(
        label="Authentication Servers",
        required=False,
        max_line=253,
        help_text="One name per line, as it follows Authentication-Results: in your mail. "
        "Test Connection shows it.",
    )
    results_without_id = SwitchField(
        label="Topmost Field without Name",
        help_text="The topmost Authentication-Results counts where it names no server. Exchange "
        "Online needs this; others don't.",
    )
    one_field_per_filter = SwitchField(
        label="One Field per Filter",
        help_text="SPF, DKIM and DMARC write a field each. Only if the server removes the fields that "
        "came with a message.",
    )
    verifies_dkim = SwitchField(
        label="Verify DKIM Here",
        help_text="Verifies the signature too, with keys from DNS.",
    )
    internal_header = forms.CharField(
        label="Header",
        max_length=100,
        required=False,
        help_text="Exchange Online: X-MS-Exchange-Organization-AuthAs. Empty: there is no such proof.",
    )
    internal_value = forms.CharField(
        label="Value", max_length=200, required=False, help_text="Exchange Online: Internal"
    )
    internal_domains = LinesField(
        label="From Domains", required=False, max_line=253, help_text="One domain per line."
    )
    timeout = forms.IntegerField(
        min_value=1, max_value=300, help_text="Seconds for each step of a conversation."
    )
    ca = CertificatesField()

    class Meta(ItemForm.Meta):
        model = ForeignSystem
        fields = [*ItemForm.Meta.fields, "credential"]

    def prepare(self) -> None:
        self.initial["timeout"] = round(self.initial["timeout"])

    def clean_base_url(self) -> str:
        try:
            return str(parse(self.cleaned_data["base_url"], protocol=IMAP))
        except SmtpUrlError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_authserv_ids(self) -> tuple[str, ...]:
        names: tuple[str, ...] = self.cleaned_data["authserv_ids"]
        for name in names:
            if not re.fullmatch(r"[!-~]+", name) or set(name) & set(';()"<>='):
                raise forms.ValidationError(
                    f"“{name}” isn't a server's name. Enter only what stands between "
                    "Authentication-Results: and the first semicolon."
                )
        return names

    def clean_internal_header(self) -> str:
        name: str = self.cleaned_data["internal_header"].strip().removesuffix(":")
        if name and not _HEADER.match(name):
            raise forms.ValidationError("Header: enter its name, such as X-Our-Server-Internal.")
        if name.lower() in _WRITTEN_BY_ANYBODY or name.lower().startswith("resent-"):
            raise forms.ValidationError(f"Header: anybody writes {name}, so it proves nothing.")
        return name

    def clean_internal_domains(self) -> tuple[str, ...]:
        domains: tuple[str, ...] = self.cleaned_data["internal_domains"]
        try:
            return tuple(dict.fromkeys(ascii_host(each.removeprefix("@")) for each in domains))
        except BadAddress:
            raise forms.ValidationError(
                "From Domains: enter one domain per line, such as example.com."
            ) from None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        folders = [data.get(name, "") for name in ("inbox", "processed", "failed")]
        # INBOX alone may be written in any case (RFC 9051).
        distinct = {"INBOX" if name.upper() == "INBOX" else name for name in folders}
        if all(folders) and len(distinct) < len(folders):
            self.add_error("processed", "Processed: enter a different folder for each purpose.")
        if data.get("internal_header") and "internal_value" in self.fields:
            for name, label in (("internal_value", "Value"), ("internal_domains", "From Domains")):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, f"{label}: needed together with Header.")
        return data
