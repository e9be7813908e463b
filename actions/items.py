"""The family of actions; its kinds stand in actions/kinds.py."""

from typing import Any

from actions import forms
from actions.models import Action
from actions.platforms import CHOICES, CHOICES_OR_EVERY
from core.roles import Access
from items.family import Column, Family, Kind, ListFilter, register
from items.services import kind_words

_PLATFORMS = dict(CHOICES_OR_EVERY)


class ActionFamily(Family):
    model = Action
    namespace = "actions"
    path = "actions/"
    noun, plural = "action", "actions"
    trail = ("Admin", "Actions")
    about = (
        "What a policy does to matching programs. Built-in actions are read-only: "
        "duplicate one and edit the copy."
    )
    access = Access()
    kinds = (
        Kind("approval_request_form", "Approval Request Form Action", forms.ApprovalForm),
        Kind(
            "approval_request_offline_form",
            "Approval Request (with Offline Fallback) Form Action",
            forms.ApprovalForm,
        ),
        Kind(
            "justify_elevation",
            "Justify Application Elevation Action",
            forms.JustificationForm,
        ),
        Kind("warning_message", "Application Warning Message Action", forms.WarningForm),
        Kind("deny_execute", "Deny Execute Action", forms.ActionForm),
        Kind("deny_execute_message", "Deny Execute Message Action", forms.DenyMessageForm),
        Kind("add_administrative_rights", "Add Administrative Rights Action", forms.ActionForm),
        Kind(
            "remove_administrative_rights",
            "Remove Administrative Rights Action",
            forms.ActionForm,
        ),
        Kind("run_as_user", "Run As User Action", forms.RunAsUserForm),
        Kind("set_environment_variable", "Set Environment Variable Action", forms.VariableForm),
        Kind(
            "command_line_approval_message",
            "Command Line Approval Message Action",
            forms.ApprovalForm,
        ),
    )
    columns = (
        Column("Type", kind_words, sort="kind"),
        Column("Platform", lambda action: _PLATFORMS[action.platform], sort="platform"),
        Column("Approval Type", lambda action: str(action.approval_type or "")),
    )
    filters = (ListFilter("platform", "Platform", "platform", lambda: forms.PLATFORMS[1:]),)

    def fetch(self, rows: Any) -> Any:
        return rows.select_related("approval_type")


ACTIONS = register(ActionFamily())
