"""The forms of tasks."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst, get_text_list

from approvals.item_fields import ReportField, SmtpServerField, default_from_help
from core.reports import all_reports
from foreign_systems.models import ForeignSystem
from items.fields import AddressesField, AddressField, SwitchField
from items.forms import ItemForm, Section
from policies.models import Policy
from tasks.kinds import EmailReport, Purge
from tasks.models import Task
from tasks.purging import PURGEABLE
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


_DETAILS = Section(
    "Details",
    "This task runs on its schedule, or when you choose Run Task.",
    ("name", "description"),
)
_SCHEDULE = Section(
    "Schedule", "Times are in the console's time zone.", ("repeats", "every", "starts_at")
)


class TaskForm(ItemForm):
    """What all tasks have: a schedule."""

    repeats = forms.ChoiceField(choices=Task.Repeats.choices)
    every = forms.IntegerField(
        label="Recur Every",
        min_value=1,
        max_value=366,
        help_text="In hours, days, weeks or months, as chosen at Repeats.",
    )
    starts_at = StartField(label="Starting", required=False)

    class Meta(ItemForm.Meta):
        model = Task
        fields = [*ItemForm.Meta.fields, "repeats", "every", "starts_at"]

    def prepare(self) -> None:
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
        if repeats in {Task.Repeats.NONE, Task.Repeats.AT_ONCE}:
            return data
        if not data.get("starts_at"):
            if "starts_at" not in self.errors:
                self.add_error("starts_at", "Enter when the first run should start.")
            return data
        # One that has run keeps its time when it's renamed, and so does a copy of it.
        as_before = self.keeps_schedule or self.instance._state.adding
        if repeats == Task.Repeats.ONCE and data["starts_at"] < timezone.now() and not as_before:
            self.add_error("starts_at", "Starting is in the past, so it would never run.")
        return data

    def save(self, commit: bool = True) -> Any:
        # A sweep may have set these since the form was read, and a run that is due stays due.
        names = ("next_run_at", "told_until")
        stored = Task.objects.filter(pk=self.instance.pk).values(*names).first() or {}
        for name, value in stored.items():
            setattr(self.instance, name, value)
        if not self.keeps_schedule:
            schedule(self.instance)
        return super().save(commit)


class EmailTaskForm(TaskForm):
    """A report by e-mail: at once, on a schedule or on demand."""

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
        _DETAILS,
        Section(
            "Parameters",
            "Which report is sent, and to whom.",
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
        _SCHEDULE,
    )

    report = ReportField(label="Report To Run")
    policy = forms.ModelChoiceField(
        Policy.objects.all(),
        required=False,
        empty_label="All policies",
    )
    period_days = forms.IntegerField(
        label="Period",
        min_value=1,
        max_value=366,
    )
    only_if_rows = SwitchField(
        label="Send Only If There Are Rows", help_text="An empty report is not sent."
    )
    from_address = AddressField(label="From Address", required=False)
    to_addresses = AddressesField(label="To Address")
    smtp_server = SmtpServerField()

    class Meta(TaskForm.Meta):
        fields = [*TaskForm.Meta.fields, "policy", "smtp_server"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["to_addresses"].error_messages["required"] = (
            "Enter at least one address, for example team@example.com."
        )
        server = self.instance.smtp_server or ForeignSystem.objects.default()
        self.fields["from_address"].help_text = default_from_help(server)
        whole = [report.name for report in all_reports() if not report.takes_policy]
        self.fields["policy"].help_text = (
            "Choose one to narrow the report to it. "
            f"{get_text_list(whole, 'and')} always cover everything."
        )
        current = next(report.name for report in all_reports() if not report.takes_period)
        self.fields["period_days"].help_text = (
            "How many days the report looks back from when it runs. A task that repeats at once "
            "tells what happened since its last email. Reports of how things stand now, such as "
            f"{current}, have no period."
        )
        self.fields["every"].help_text = (
            "In hours, days, weeks or months, as chosen at Repeats. At once: at least this many "
            "minutes between two emails; what happens meanwhile goes into the next one."
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        able = {report.key: report.name for report in all_reports() if report.tells_at_once}
        chosen = data.get("report")
        if data.get("repeats") == Task.Repeats.AT_ONCE and chosen and chosen not in able:
            self.add_error(
                "repeats",
                f"Repeats: only these reports can be sent at once: {', '.join(able.values())}. "
                "Choose one of them at Report To Run, or another schedule.",
            )
        return data


class PurgeForm(TaskForm):
    """Deletes what is older than so many days."""

    settings_type = Purge
    noun = "purge task"
    create_fields = ("name", "description", "what", "older_than")
    sections = (
        _DETAILS,
        Section(
            "Parameters",
            "What is deleted for good. Run Task counts it first and asks. Pending requests and "
            "approvals that can still be used always stay.",
            ("what", "older_than"),
        ),
        _SCHEDULE,
    )

    what = forms.ChoiceField(
        label="Delete",
        choices=[(each.key, capfirst(each.plural)) for each in PURGEABLE.values()],
    )
    older_than = forms.IntegerField(
        label="Older Than", min_value=1, max_value=3650, help_text="Days."
    )

    def prepare(self) -> None:
        super().prepare()
        repeats = self.fields["repeats"]
        assert isinstance(repeats, forms.ChoiceField)
        repeats.choices = [c for c in Task.Repeats.choices if c[0] != Task.Repeats.AT_ONCE]
        chosen = PURGEABLE.get(str(self["what"].value()))
        if chosen and not self.creating:
            self.fields["what"].help_text = chosen.about
            self.fields["older_than"].help_text = f"Days, at least {chosen.least_days()}."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        what, days = PURGEABLE.get(data.get("what", "")), data.get("older_than")
        if what and days and days < what.least_days():
            self.add_error(
                "older_than",
                f"Older Than: {what.plural} are kept for at least {what.least_days()} days. "
                f"Enter {what.least_days()} or more.",
            )
        return data
