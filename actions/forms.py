"""Forms of the kinds of action: one for each type of settings, listed in FORMS."""

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
from actions.platforms import CHOICES_OR_EVERY
from approvals.defaults import EXECUTE
from approvals.models import ApprovalType
from core.settings import Settings
from items.builtin import builtin_id
from items.fields import SwitchField
from items.forms import ItemForm, Section

_DETAILS = Section(
    "Action Details",
    "What a policy does to a matching program. Policies choose it by this name.",
    ("name", "description", "platform"),
)
_SETTINGS = "Settings"
_WINDOW = "Window Design"
_WINDOW_TEXT = "What the user sees at the endpoint."
_LABELS = ("title", "application_label", "user_label")
_ASKING = (*_LABELS, "reason_label", "information", "instruction")


def line(label: str) -> forms.CharField:
    """A short text of a window."""
    return forms.CharField(label=label, max_length=120)


def paragraph(label: str, *, required: bool = True) -> forms.CharField:
    """A longer text of a window."""
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, max_length=1000, required=required, widget=area)


class ActionForm(ItemForm):
    """An action without settings, and the base of the other forms."""

    settings_type: ClassVar[type[Settings]] = NoSettings
    create_fields: ClassVar[tuple[str, ...]] = ("platform", "name", "description")
    sections: ClassVar[tuple[Section, ...]] = (_DETAILS,)
    platform = forms.ChoiceField(choices=CHOICES_OR_EVERY, required=False)

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
    message = paragraph("Message")


class WarningForm(MessageForm):
    """A message after which the user can continue."""

    settings_type = WarningSettings


class DenyMessageForm(MessageForm):
    """A message after which nothing runs."""

    settings_type = DenyMessageSettings


class JustificationForm(WindowForm):
    """A window that asks for a reason."""

    settings_type = JustificationSettings
    sections = (
        _DETAILS,
        Section(_SETTINGS, fields=("reason_required",)),
        Section(_WINDOW, _WINDOW_TEXT, _ASKING),
    )
    reason_required = SwitchField(
        label="Reason Required", help_text="Reasons can have up to 250 characters."
    )
    reason_label = line("Reason Label")
    information = paragraph("Information", required=False)
    instruction = paragraph("Instruction", required=False)


class ApprovalForm(JustificationForm):
    """A window that asks for a reason and waits for approval."""

    settings_type = ApprovalFormSettings
    sections = (
        _DETAILS,
        Section(
            _SETTINGS,
            "The approval type determines what an approval covers and which process handles it.",
            ("approval_type", "reason_required"),
        ),
        Section(_WINDOW, _WINDOW_TEXT, (*_ASKING, "pending")),
    )
    pending = paragraph("While Pending")
    approval_type = forms.ModelChoiceField(
        ApprovalType.objects.all(), label="Approval Type", empty_label=None
    )

    class Meta(JustificationForm.Meta):
        fields = [*JustificationForm.Meta.fields, "approval_type"]

    def prepare(self) -> None:
        """A new action has the default type until another is chosen."""
        if self.instance.approval_type_id is None:
            default = builtin_id(ApprovalType, EXECUTE)
            self.instance.approval_type = ApprovalType.objects.filter(pk=default).first()
            self.initial["approval_type"] = self.instance.approval_type_id


class RunAsUserForm(ActionForm):
    """The account whose rights the program gets."""

    settings_type = RunAsUserSettings
    create_fields = (*ActionForm.create_fields, "account")
    sections = (
        _DETAILS,
        Section(_SETTINGS, "The account whose rights the program gets.", ("account",)),
    )
    account = forms.CharField(
        max_length=256, help_text="As the endpoint reports it, for example EXAMPLE\\svc-cad"
    )


# Variables by which a loader, a shell or an interpreter is made to run other code.
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
            "If several policies set the same variable, the first one's value counts.",
            ("variable", "value"),
        ),
    )
    variable = forms.RegexField(
        r"^[A-Za-z_][A-Za-z0-9_]{0,63}\Z",
        help_text="Letters, digits and _, for example LICENSE_SERVER",
        error_messages={
            "invalid": "Variable: use only letters, digits and _, for example LICENSE_SERVER"
        },
    )
    value = forms.CharField(
        required=False,
        max_length=4000,
        help_text="Used exactly as entered; nothing in it is expanded.",
    )

    def clean_variable(self) -> str:
        name: str = self.cleaned_data["variable"]
        if _NEVER_SET.fullmatch(name):
            raise forms.ValidationError(
                f"Variable: {name} can make other code run, so agents refuse it. Choose another one."
            )
        return name


FORMS: dict[type[Settings], type[ActionForm]] = {
    form.settings_type: form
    for form in (
        ActionForm,
        WarningForm,
        DenyMessageForm,
        JustificationForm,
        ApprovalForm,
        RunAsUserForm,
        VariableForm,
    )
}
