"""The form of approval types."""

from django import forms

from approvals.models import ApprovalType
from items.fields import SwitchField
from items.forms import ItemForm, Section


class ApprovalTypeForm(ItemForm):
    """What a request is about, what a grant covers, and which process handles it."""

    noun = "approval type"
    create_fields = (
        "name",
        "description",
        "file_specific",
        "policy_specific",
        "command_line_specific",
        "process",
    )
    sections = (
        Section(
            "Approval Type Details",
            "What kind of request it is. Approval Request Form actions refer to it by this name.",
            ("name", "description"),
        ),
        Section(
            "Characteristics",
            "What a timed approval covers, besides the user, the computer and this type.",
            ("file_specific", "policy_specific", "command_line_specific"),
        ),
        Section("Options", "Who decides, and how.", ("process",)),
    )
    file_specific = SwitchField(label="File Specific", help_text="Only this file, by its SHA-256.")
    policy_specific = SwitchField(
        label="Policy Specific", help_text="Only for the policy that asked."
    )
    command_line_specific = SwitchField(
        label="Command Line Specific", help_text="Only with the same arguments."
    )

    class Meta(ItemForm.Meta):
        model = ApprovalType
        fields = [
            *ItemForm.Meta.fields,
            "file_specific",
            "policy_specific",
            "command_line_specific",
            "process",
        ]
        labels = {"process": "Process Handler"}

    def prepare(self) -> None:
        field = self.fields["process"]
        assert isinstance(field, forms.ModelChoiceField)
        field.empty_label = "None yet: policies that use it stay invalid"
