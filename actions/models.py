"""The catalogue of actions: what a policy does to a matched program."""

from django.db import models

from approvals.models import ApprovalType
from items.models import Item


class Action(Item):
    """One of the kinds in actions/kinds.py; those that ask for approval name their approval type."""

    kind = models.CharField(max_length=40)
    platform = models.CharField(max_length=10, blank=True)  # empty: every platform
    settings = models.JSONField(default=dict)
    approval_type = models.ForeignKey(
        ApprovalType, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )

    @property
    def is_read_only(self) -> bool:
        return self.is_builtin
