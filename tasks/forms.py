"""The form of an e-mail task."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from approvals.item_forms import ReportField, SmtpServerField, default_from_help
from foreign_systems.models import ForeignSystem
from items.fields import AddressesField, AddressField, SwitchField
from items.forms import ItemForm, Section
from policies.models import Policy
from tasks.kinds import EmailReport
from tasks.models import Task
from tasks.services import schedule

MIN_YEAR, MAX_YEAR = 2000, 2199  # no time zone or recurrence leads out of the calendar from here


class StartField(forms.DateTimeField):
    """A day and a time in the console's time zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)
        self.error_messages["invalid"] = (
            "Starting isn't a date and time. Enter, for example, 2026-12-01T09:00"
        )

    def to_python(self, value: Any) -> datetime | None:
        start = super().to_python(value)
        if start and not MIN_YEAR <= start.year <= MAX_YEAR:
            raise forms.ValidationError(
                f"Starting: enter a year from {MIN_YEAR} to {MAX_YEAR}, for example 2026-12-01T09:00"
            )
        return start


class EmailTaskForm(ItemForm):
    """A report by e-mail, on a schedule or on demand."""

    settings_type = EmailReport
    noun = "e-mail task"
    create_fields = (
        "name",
        "description",
        "report",
        "to_addresses",
        "smtp_server",
        "policy",
    )
    sections = (
        Section(
            "Details",
            "This task runs on its schedule, or when you choose Run Task.",
            ("name", "description"),
        ),
        Section(
            "Parameters",
            "Command: Email Report Results.",
            (
                "report",
                "policy",
                "period_days",
                "only_if_rows",
                "from_address",
                "to_addresses",
                "smtp_server",
            ),
        ),
        Section(
            "Schedule", "Times are in the console's time zone.", ("repeats", "every", "starts_at")
        ),
    )

    report = ReportField(label="Report To Run")
    policy = forms.ModelChoiceField(
        Policy.objects.all(),
        required=False,
        empty_label="All policies",
        help_text="Reports about policies cover only this one.",
    )
    period_days = forms.IntegerField(
        label="Period",
        min_value=1,
        max_value=366,
        help_text="How many days the report looks back from when it runs.",
    )
    only_if_rows = SwitchField(
        label="Send Only If There Are Rows", help_text="An empty report is not sent."
    )
    from_address = AddressField(label="From Address", required=False)
    to_addresses = AddressesField(label="To Address")
    smtp_server = SmtpServerField()
    repeats = forms.ChoiceField(choices=Task.Repeats.choices)
    every = forms.IntegerField(
        label="Recur Every",
        min_value=1,
        max_value=366,
        help_text="In days, weeks or months, as chosen at Repeats.",
    )
    starts_at = StartField(label="Starting", required=False)

    class Meta(ItemForm.Meta):
        model = Task
        fields = [
            *ItemForm.Meta.fields,
            "policy",
            "smtp_server",
            "repeats",
            "every",
            "starts_at",
        ]

    def prepare(self) -> None:
        self.fields["to_addresses"].error_messages["required"] = (
            "Enter at least one address, for example team@example.com."
        )
        server = self.instance.smtp_server or ForeignSystem.objects.default()
        self.fields["from_address"].help_text = default_from_help(server)
        zone = timezone.get_current_timezone_name()
        self.fields[
            "starts_at"
        ].help_text = f"When it first runs; later runs keep the time of day. Time zone: {zone}."

    @property
    def keeps_schedule(self) -> bool:
        """Whether the stored schedule was left as it is. The page shows its start without seconds."""
        if self.instance._state.adding:
            return False
        before, now = self.initial["starts_at"], self.cleaned_data.get("starts_at")
        same_start = before == now or (
            before is not None and before.replace(second=0, microsecond=0) == now
        )
        rhythm = ("repeats", "every")
        return same_start and all(self.initial[n] == self.cleaned_data.get(n) for n in rhythm)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        repeats = data.get("repeats", Task.Repeats.NONE)
        if repeats != Task.Repeats.NONE and not data.get("starts_at"):
            if "starts_at" not in self.errors:
                self.add_error("starts_at", "Enter when the first run should start.")
            return data
        # One that has run keeps its time when it's renamed, and so does a copy of it.
        as_before = self.keeps_schedule or self.instance._state.adding
        if repeats == Task.Repeats.ONCE and data["starts_at"] < timezone.now() and not as_before:
            self.add_error("starts_at", "Starting is in the past, so it would never run.")
        return data

    def save(self, commit: bool = True) -> Any:
        if self.keeps_schedule:
            # A sweep may have set it since the form was read, and a run that is due stays due.
            stored = Task.objects.filter(pk=self.instance.pk)
            self.instance.next_run_at = stored.values_list("next_run_at", flat=True).get()
        else:
            schedule(self.instance)
        return super().save(commit)
