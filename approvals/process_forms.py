"""Forms of approval processes."""

from typing import Any, ClassVar

from django import forms

from approvals.item_fields import (
    ReportField,
    SmtpServerField,
    StartActivityField,
    default_from_help,
)
from approvals.models import ApprovalProcess
from approvals.terms import ProcessSettings
from core.addresses import BadAddress, ascii_host
from core.roles import AUDITORS, ROLES, USERS
from foreign_systems.models import ForeignSystem, sender_of
from items.fields import (
    AddressesField,
    AddressField,
    MinutesField,
    SenderNameField,
    SwitchField,
)
from items.forms import ItemForm, Section

# Not those whose holders decide nothing anywhere, and who may be everybody.
ESCALATION_ROLES = tuple(role for role in ROLES if role not in {AUDITORS, USERS})
_DETAILS = Section("Approval Process Details", fields=("name", "description"))
_PARAMETERS = Section(
    "Parameters",
    "Who is asked, and from which address. Each approver gets a separate email with a reply "
    "address of their own.",
    (
        "to_addresses",
        "asks_manager",
        "manager_fallback",
        "from_address",
        "from_name",
        "smtp_server",
        "report_to_run",
        "start_activity",
    ),
)
_DECIDING = Section(
    "Deciding",
    "The first denial denies the request. Approvals count up to the number needed.",
    (
        "approvals_needed",
        "longest_grant",
        "one_time_ends_after",
        "tell_before_end",
        "pause_after_denial",
        "link_needs_sign_in",
    ),
)
_TIMING = Section("Timing", "Counted from the request.", ("expires_after",))
_ASKING_AGAIN = Section(
    "Timing",
    "Counted from the request. Nothing is ever approved because nobody answered.",
    (
        "remind_after",
        "escalate_after",
        "escalate_to",
        "escalate_to_manager",
        "escalate_to_role",
        "expires_after",
    ),
)
_REQUESTER = Section(
    "Requester",
    "Nobody can decide their own request. People are recognized by the accounts in their profiles.",
    ("mail_domain",),
    folded=True,
)


class ProcessForm(ItemForm):
    """What all processes have: how a request is decided, and by when."""

    settings_type = ProcessSettings
    sections: ClassVar[tuple[Section, ...]] = (_DETAILS, _DECIDING, _TIMING, _REQUESTER)

    approvals_needed = forms.IntegerField(
        label="Approvals Needed", min_value=1, max_value=20, help_text="By different people."
    )
    longest_grant = MinutesField(
        label="Longest Timed Grant",
        at_least=1,
        help_text="No approval lasts longer than this. One Time is always available.",
    )
    one_time_ends_after = MinutesField(
        label="One Time Ends After",
        at_least=1,
        help_text="A One Time approval that isn't used within this time ends.",
    )
    tell_before_end = MinutesField(
        label="Tell Before End",
        when_zero="nobody is told",
        help_text="How long before a timed approval ends its user gets an email, if an address is known. "
        "Empty: none.",
    )
    pause_after_denial = MinutesField(
        label="Pause After Denial",
        when_zero="none",
        help_text="How long identical requests are denied automatically. Empty: not at all.",
    )
    link_needs_sign_in = SwitchField(
        label="Answer by Link",
        on="Needs sign-in",
        off="Without sign-in",
        help_text="Without sign-in, anyone who has the secret link can decide.",
    )
    expires_after = MinutesField(label="Expire After", at_least=1)
    mail_domain = forms.CharField(
        label="Mail Domain",
        required=False,
        max_length=253,
        help_text="Turns DOMAIN\\alice into alice@DOMAIN, so that her email address is recognized too.",
    )

    class Meta(ItemForm.Meta):
        model = ApprovalProcess

    def clean_mail_domain(self) -> str:
        domain: str = self.cleaned_data["mail_domain"].strip().lower().removeprefix("@")
        if domain:
            try:
                ascii_host(domain)
            except BadAddress as error:
                raise forms.ValidationError(
                    f"Mail Domain isn't a valid domain: {error}. Enter the part after the @ of an "
                    "address, for example example.com"
                ) from None
        return domain


class EmailProcessForm(ProcessForm):
    """Approvers are asked by email and answer by replying to it."""

    create_fields = ("name", "description", "to_addresses", "smtp_server")
    sections = (_DETAILS, _PARAMETERS, _DECIDING, _ASKING_AGAIN, _REQUESTER)

    to_addresses = AddressesField(
        label="To Address", help_text="One address per line. Nobody can decide their own request."
    )
    asks_manager = SwitchField(
        label="Requester's Manager",
        on="Asked too",
        off="Not asked",
        help_text="The manager whom the requester's profile names at Admin, Users.",
    )
    manager_fallback = AddressField(
        label="Without a Manager",
        required=False,
        help_text="Asked when no manager can be. Empty: administrators are told at the bell. "
        "Nothing is ever approved because nobody could be asked.",
    )
    from_address = AddressField(label="From Address", required=False)
    from_name = SenderNameField(
        label="From Name",
        required=False,
        help_text="Shown before the address. Empty: the SMTP server's Default From Name.",
    )
    smtp_server = SmtpServerField()
    report_to_run = ReportField(
        label="Report To Run",
        help_text="The most recent pending request is the one that the email asks about. Any other "
        "report is added below it: at most 20 rows, of the last 7 days if it has a period.",
    )
    start_activity = StartActivityField()
    remind_after = MinutesField(
        label="Remind After",
        help_text="Whoever hasn't answered by then is reminded, once. Empty: nobody is.",
    )
    escalate_after = MinutesField(
        label="Escalate After",
        when_zero="only if too few can decide",
        help_text="If it's still pending by then, the people below are asked too. Empty: only if too "
        "few others can decide, and then at once.",
    )
    escalate_to = AddressesField(
        label="Escalate To", required=False, help_text="One address per line. Empty: none."
    )
    escalate_to_manager = SwitchField(
        label="Escalate to Manager",
        on="Asked too",
        off="Not asked",
        help_text="The requester's manager, or the address at Without a Manager.",
    )
    escalate_to_role = forms.ChoiceField(
        label="Escalate to Role",
        required=False,
        choices=[("", "No role"), *((role, role) for role in ESCALATION_ROLES)],
        help_text="Everyone who has this role then, and an email address. They can decide this request "
        "as long as they have the role.",
    )

    class Meta(ProcessForm.Meta):
        fields = [*ProcessForm.Meta.fields, "smtp_server", "start_activity"]

    def prepare(self) -> None:
        addresses = self.fields["to_addresses"]
        addresses.label = "Email Address" if self.creating else "To Address"
        addresses.error_messages["required"] = (
            "Enter at least one address, for example dana@example.com."
        )
        addresses.required = self.creating  # otherwise the manager alone may be asked: see clean
        default = ForeignSystem.objects.default()
        if self.creating:
            # A new process begins with the default server; the dialog asks only if there are several.
            self.initial["smtp_server"] = self.initial.get("smtp_server") or (
                default and default.pk
            )
            if ForeignSystem.objects.smtp_servers().count() < 2:
                self.fields["smtp_server"].widget = forms.HiddenInput()
        server = self.instance.smtp_server or default
        sender = self.fields["from_address"]
        sender.help_text = default_from_help(server)
        if server and server.from_environment:  # it provides the address as well
            sender.disabled = True
            sender.help_text = "Read-only: defined by SMTP_URL together with the SMTP server."
            self.initial["from_address"] = sender_of("", server)
        activity = self.fields["start_activity"]
        assert isinstance(activity, forms.ModelChoiceField)
        activity.queryset = ApprovalProcess.objects.exclude(pk=self.instance.pk)
        activity.empty_label = str(self.instance.name or "This process")

    def clean_start_activity(self) -> ApprovalProcess | None:
        other: ApprovalProcess | None = self.cleaned_data["start_activity"]
        if other is not None and other.start_activity_id is not None:
            raise forms.ValidationError(
                f"Start Activity: {other} itself starts {other.start_activity}. "
                "Choose a process that decides by itself."
            )
        if other is not None and self.instance.started_by.exists():
            raise forms.ValidationError(
                f"Start Activity: {self.instance.started_by.first()} starts this process, so it "
                "has to decide by itself."
            )
        return other

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        server = data.get("smtp_server") or ForeignSystem.objects.default()
        if "from_address" in self.fields and server and server.from_environment:
            data["from_address"] = ""  # it follows the server's
        needed, addresses = data.get("approvals_needed"), data.get("to_addresses")
        other = data.get("start_activity")
        own_kind = ApprovalProcess(kind=self.instance.kind, start_activity=other)
        other_asks = own_kind.asking is not own_kind
        if addresses == () and not data.get("asks_manager") and not other_asks:
            self.add_error("to_addresses", self.fields["to_addresses"].error_messages["required"])
            return data
        self._check_asking_again(data)
        asked = len(addresses or ())
        asked += bool(data.get("asks_manager"))
        if needed and asked and needed > asked and other is None:
            self.add_error(
                "approvals_needed",
                f"Approvals Needed is {needed}, but only {asked} "
                f"{'person is' if asked == 1 else 'people are'} asked. Enter {asked} or "
                "fewer, or add addresses.",
            )
        return data

    def _check_asking_again(self, data: dict[str, Any]) -> None:
        """Add errors: what comes after the end would never happen."""
        end = data.get("expires_after")
        for name in ("remind_after", "escalate_after"):
            if end and not data.get("start_activity") and data.get(name, 0) >= end:
                label = self.fields[name].label
                self.add_error(name, f"{label}: enter less than Expire After, or nothing.")
        others = ("escalate_to", "escalate_to_manager", "escalate_to_role")
        if data.get("escalate_after") and not any(map(data.get, others)):
            self.add_error("escalate_to", "Escalate To: enter whom to ask then.")
        if data.get("asks_manager") and data.get("escalate_to_manager"):
            self.add_error(
                "escalate_to_manager",
                "Escalate to Manager: the requester's manager is asked from the start. "
                "Choose somebody else here.",
            )
