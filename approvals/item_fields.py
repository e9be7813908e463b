"""Fields of forms: a report, an SMTP server, a process to start."""

from collections.abc import Iterable
from typing import Any

from django import forms

from approvals.models import ApprovalProcess
from core.reports import all_reports
from foreign_systems.models import ForeignSystem, sender_of


class ReportField(forms.ChoiceField):
    """One of the registered reports."""

    def __init__(self, **kwargs: Any) -> None:
        def choices() -> Iterable[tuple[str, str]]:  # asked for when the form is shown
            return [(report.key, report.name) for report in all_reports()]

        super().__init__(choices=choices, **kwargs)
        self.error_messages["invalid_choice"] = (
            "Report To Run: this report no longer exists. Choose another one."
        )


class SmtpServerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An SMTP server; empty: whichever is the default when mail is sent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            ForeignSystem.objects.smtp_servers(),
            label="SMTP Server",
            required=False,
            empty_label="The default server",
            **kwargs,
        )

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} (provided by the environment)" if obj.from_environment else str(obj)


def default_from_help(server: ForeignSystem | None) -> str:
    """The help of a From Address that may stay empty: whose address is used then."""
    default = sender_of("", server)
    return f"Empty: the SMTP server's Default From{f', {default}' if default else ''}."


class StartActivityField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Which process decides; empty: the process itself, so renaming and duplicates stay right."""

    def __init__(self) -> None:
        super().__init__(
            ApprovalProcess.objects.all(),
            label="Start Activity",
            required=False,
            empty_label="This process",
            help_text="Which process decides. If you choose another one, this process only sends. "
            "Of two E-mail Approval Processes, that one also says who is asked.",
        )

    def in_words(self, value: Any) -> str:
        found = ApprovalProcess.objects.filter(pk=value).first() if value else None
        return str(found) if found else "This process"
