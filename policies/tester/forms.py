"""The form of the event that is tested."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.command_lines import parsed
from core.roles import Roles
from core.text import name_key
from items.rights import seen_items
from policies.engine import Event
from policies.items import GROUPS
from policies.models import Computer, ComputerGroup
from policies.seen import seen_computers

LISTS = ("groups", "arguments")  # of an event; one item on each line of the form
TEXTS = (
    "account",
    "account_id",
    "file_path",
    "sha256",
    "signer",
    "interpreter_sha256",
    "command_line",
    "working_directory",
    "run_as",
    "parent_path",
    "parent_event",
)
NO_COMPUTER = "00000000-0000-0000-0000-000000000000"  # of an event on no computer in particular


class EventForm(forms.Form):
    """An event on a computer, or on any of a computer group. Valid, it has `event` and `computer`."""

    computer = forms.CharField(required=False, max_length=255)
    computer_group = forms.ModelChoiceField(
        ComputerGroup.objects.none(),
        label="Computer Group",
        required=False,
        empty_label="Those of the computer",
        help_text="With a group, its policies alone count, and no approvals.",
    )
    account = forms.CharField(label="User", error_messages={"required": "Enter a user."})
    groups = forms.CharField(
        label="User's Groups",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One per line.",
    )
    file_path = forms.CharField(
        label="File Path", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    command_line = forms.CharField(
        label="Command Line",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The program comes first.",
    )
    sha256 = forms.CharField(label="SHA-256", required=False)
    signer = forms.CharField(required=False, help_text="Empty: unsigned.")
    parent_path = forms.CharField(label="Parent", required=False)
    at = forms.DateTimeField(
        label="Time",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="Empty: now.",
    )
    arguments = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One per line. Empty: those of the command line.",
    )
    account_id = forms.CharField(label="SID or UID", required=False)
    working_directory = forms.CharField(label="Working Directory", required=False)
    run_as = forms.CharField(label="Run As", required=False)
    interpreter_sha256 = forms.CharField(label="Interpreter's SHA-256", required=False)
    parent_event = forms.CharField(label="Parent's Event", required=False)

    folded = (
        "arguments",
        "account_id",
        "working_directory",
        "run_as",
        "interpreter_sha256",
        "parent_event",
    )

    def __init__(self, data: Any = None, *, roles: Roles, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self._computers = seen_computers(roles)
        groups: Any = self.fields["computer_group"]
        groups.queryset = seen_items(GROUPS, roles).order_by("name")
        self.event: Event | None = None
        self.found: Computer | None = None

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.folded]

    @property
    def folded_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name in self.folded]

    @property
    def is_unfolded(self) -> bool:
        """Whether a folded field is filled in or refused."""
        return any(field.errors or field.value() for field in self.folded_fields)

    def clean_computer(self) -> str:
        """A registered computer, unless a group is named too."""
        name: str = self.cleaned_data["computer"]
        self.found = self._computers.filter(name_key=name_key(name)).first() if name else None
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        group: ComputerGroup | None = data.get("computer_group")
        if self.errors:
            return data
        if group is None and self.found is None:
            name = data.get("computer")
            unknown = f"No computer is named “{name}”. Enter another name, or choose a group."
            raise ValidationError(
                {"computer": unknown if name else "Enter a computer, or choose a computer group."}
            )
        platform = group.platform if group else self.found.platform if self.found else ""
        try:
            self.event = Event.from_json(self._reported(platform))
        except ValueError as error:
            field, _, wrong = str(error).partition(": ")
            field = field.partition("[")[0]
            known = field if field in self.fields else None
            self.add_error(known, f"{wrong[:1].upper()}{wrong[1:]}.")
        return data

    def _reported(self, platform: str) -> dict[str, Any]:
        """The event as a computer would report it. Raises ValueError."""
        data = self.cleaned_data
        values: dict[str, Any] = {name: data[name] for name in TEXTS}
        values |= {name: data[name].splitlines() for name in LISTS}
        if not values["arguments"] and values["command_line"]:
            try:
                words = parsed(values["command_line"], on_windows=platform == "windows")
            except ValueError:
                raise ValueError("command_line: a quotation mark is left open") from None
            values["arguments"] = words[2]
        return values | {
            "platform": platform,
            "computer_id": str(self.found.pk) if self.found else NO_COMPUTER,
            "computer": data["computer"] or "any computer",
        }
