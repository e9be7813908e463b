"""The catalogue of actions: what a policy does to a matched program."""

from django.db import models

from approvals.models import ApprovalType
from items.models import Item


class Action(Item):
    """`kind` and `settings` are the engine's; forms name their approval type.

    Which kinds can be made, their names and forms stand in actions/items.py.
    """

    class Kind(StrEnum):
        """The kinds that the engine carries out, for code that means one of them."""

        APPROVAL_REQUEST_FORM = "approval_request_form"
        APPROVAL_REQUEST_OFFLINE_FORM = "approval_request_offline_form"
        JUSTIFY_ELEVATION = "justify_elevation"
        WARNING_MESSAGE = "warning_message"
        DENY_EXECUTE = "deny_execute"
        DENY_EXECUTE_MESSAGE = "deny_execute_message"
        ADD_ADMINISTRATIVE_RIGHTS = "add_administrative_rights"
        REMOVE_ADMINISTRATIVE_RIGHTS = "remove_administrative_rights"
        RUN_AS_USER = "run_as_user"
        COMMAND_LINE_APPROVAL_MESSAGE = "command_line_approval_message"
        SET_ENVIRONMENT_VARIABLE = "set_environment_variable"

    kind = models.CharField(max_length=40)
    platform = models.CharField(max_length=10, blank=True)  # empty: every platform
    settings = models.JSONField(default=dict)
    approval_type = models.ForeignKey(
        ApprovalType, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )

    @property
    def is_read_only(self) -> bool:
        return self.is_builtin
