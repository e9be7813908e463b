"""Forms of the kinds of action."""

from typing import ClassVar

import re2
from django import forms

from actions.kinds import (
    ApprovalFormSettings,
    DenyMessageSettings,
    EnvironmentVariableSettings,
    JustificationSettings,
    NoSettings,
    RunAsUserSettings,
    WarningSettings,
)
from actions.models import Action
from approvals.defaults import EXECUTE
from approvals.models import ApprovalType
from items.builtin import builtin_id
from items.fields import SwitchField
from items.forms import ItemForm, Section
from items.settings import Settings

PLATFORMS = [
    ("", "Every platform"),
    ("windows", "Windows"),
    ("macos", "macOS"),
    ("linux", "Unix/Linux"),
]
_DETAILS = Section(
    "Action Details",
    "What a policy does to a program that it matches. Policies choose it by this name.",
    ("name", "description", "platform"),
)
_SETTINGS = "Settings"
_WINDOW = "Window Design"
_WINDOW_TEXT = "What the user sees at the endpoint."
_LABELS = ("title", "application_label", "user_label")
_ASKING = (*_LABELS, "reason_label", "information", "instruction")


def line(label: str, *, required: bool = True) -> forms.CharField:
    """A short text of a window."""
    return forms.CharField(label=label, max_length=120, required=required)


def text(label: str, *, required: bool = True) -> forms.CharField:
    """A longer text of a window."""
    return forms.CharField(
        label=label,
        max_length=1000,
        required=required,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ActionForm(ItemForm):
    """An action that has no settings, and the base of those that have some."""

    settings_type: ClassVar[type[Settings]] = NoSettings
    create_fields: ClassVar[tuple[str, ...]] = ("platform", "name", "description")
    sections: ClassVar[tuple[Section, ...]] = (_DETAILS,)
    platform = forms.ChoiceField(choices=PLATFORMS, required=False)

    class Meta(ItemForm.Meta):
        model = Action
        fields = [*ItemForm.Meta.fields, "platform"]


class WindowForm(ActionForm):
    """The texts that every window has."""

    title = line("Title")
    application_label = line("Application Label")
    user_label = line("User Label")


class MessageForm(WindowForm):
    """A window with a message."""

    sections = (
        _DETAILS,
        Section(_WINDOW, _WINDOW_TEXT, (*_LABELS, "message")),
    )
    message = text("Message")


class WarningForm(MessageForm):
    """The user may go on."""

    settings_type = WarningSettings


class DenyMessageForm(MessageForm):
    """Nothing runs."""

    settings_type = DenyMessageSettings


class JustificationForm(WindowForm):
    """A window that asks for a reason, up to 250 characters."""

    settings_type = JustificationSettings
    sections = (
        _DETAILS,
        Section(_SETTINGS, fields=("reason_required",)),
        Section(_WINDOW, _WINDOW_TEXT, _ASKING),
    )
    reason_required = SwitchField(
        label="Reason Required", help_text="A reason has up to 250 characters."
    )
    reason_label = line("Reason Label")
    information = text("Information", required=False)
    instruction = text("Instruction", required=False)


class ApprovalForm(JustificationForm):
    """A window that asks for a reason and waits for approval."""

    settings_type = ApprovalFormSettings
    sections = (
        _DETAILS,
        Section(
            _SETTINGS,
            "The approval type says what an approval covers and which process handles it.",
            ("approval_type", "reason_required"),
        ),
        Section(_WINDOW, _WINDOW_TEXT, (*_ASKING, "pending")),
    )
    pending = text("While Pending")
    approval_type = forms.ModelChoiceField(
        ApprovalType.objects.all(), label="Approval Type", empty_label=None
    )

    class Meta(JustificationForm.Meta):
        fields = [*JustificationForm.Meta.fields, "approval_type"]

    def prepare(self) -> None:
        """A new form has the default type until another is chosen."""
        if self.instance.approval_type_id is None:
            default = builtin_id(ApprovalType, EXECUTE)
            self.instance.approval_type = ApprovalType.objects.filter(pk=default).first()
            self.initial["approval_type"] = self.instance.approval_type_id


class RunAsUserForm(ActionForm):
    """Another account's rights."""

    settings_type = RunAsUserSettings
    create_fields = (*ActionForm.create_fields, "account")
    sections = (_DETAILS, Section(_SETTINGS, "Whose rights the program gets.", ("account",)))
    account = forms.CharField(
        max_length=256, help_text="As the endpoint writes it, for example EXAMPLE\\svc-cad"
    )


# What a loader, a shell or an interpreter takes orders from: with it, one program becomes another.
_NEVER_SET = re2.compile(
    r"(?i)(LD_|DYLD_|GLIBC_|PYTHON|PERL|RUBY|NODE_|JAVA_|GIT_|BASH|SUDO_|OPENSSL_|SSL_).*"
    r"|GCONV_PATH|LOCPATH|ENV|IFS|PS4|SHELLOPTS|PATH|HOME|EDITOR|VISUAL|PAGER|.*_PROXY"
)


class VariableForm(ActionForm):
    """A variable of the program's environment."""

    settings_type = EnvironmentVariableSettings
    create_fields = (*ActionForm.create_fields, "variable", "value")
    sections = (
        _DETAILS,
        Section(
            _SETTINGS,
            "The first policy that names a variable gives its value.",
            ("variable", "value"),
        ),
    )
    variable = forms.RegexField(
        r"^[A-Za-z_][A-Za-z0-9_]{0,63}\Z",
        help_text="Letters, digits and _, for example LICENSE_SERVER",
        error_messages={
            "invalid": "Variable: use letters, digits and _ only, for example LICENSE_SERVER"
        },
    )
    value = forms.CharField(
        required=False, max_length=4000, help_text="As it is written: nothing in it is expanded."
    )

    def clean_variable(self) -> str:
        name: str = self.cleaned_data["variable"]
        if _NEVER_SET.fullmatch(name):
            raise forms.ValidationError(
                f"Variable: {name} decides which code runs, so agents refuse it. Choose another one."
            )
        return name
