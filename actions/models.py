"""The catalogue of actions: what a policy does to a matched program."""

from django.db import models

from approvals.models import ApprovalType
from pmconsole.items.models import Item


class Action(Item):
    """`kind` and `settings` are the engine's (policies.engine); forms name their approval type."""

    class Kind(models.TextChoices):
        APPROVAL_REQUEST_FORM = "approval_request_form", "Approval Request Form Action"
        APPROVAL_REQUEST_OFFLINE_FORM = (
            "approval_request_offline_form",
            "Approval Request (with Offline Fallback) Form Action",
        )
        JUSTIFY_ELEVATION = "justify_elevation", "Justify Application Elevation Action"
        WARNING_MESSAGE = "warning_message", "Application Warning Message Action"
        DENY_EXECUTE = "deny_execute", "Deny Execute Action"
        DENY_EXECUTE_MESSAGE = "deny_execute_message", "Deny Execute Message Action"
        ADD_ADMINISTRATIVE_RIGHTS = (
            "add_administrative_rights",
            "Add Administrative Rights Action",
        )
        REMOVE_ADMINISTRATIVE_RIGHTS = (
            "remove_administrative_rights",
            "Remove Administrative Rights Action",
        )
        RUN_AS_USER = "run_as_user", "Run As User Action"
        COMMAND_LINE_APPROVAL_MESSAGE = (
            "command_line_approval_message",
            "Command Line Approval Message Action",
        )
        SET_ENVIRONMENT_VARIABLE = (
            "set_environment_variable",
            "Set Environment Variable Action",
        )

    kind = models.CharField(max_length=40, choices=Kind)
    platform = models.CharField(max_length=10, blank=True)  # empty: every platform
    settings = models.JSONField(default=dict)
    approval_type = models.ForeignKey(
        ApprovalType, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
