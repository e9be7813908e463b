"""How requests are decided (processes) and what kinds of request there are (types)."""

from typing import Any, Self

from django.db import models

from approvals.terms import ProcessSettings
from foreign_systems.models import ForeignSystem
from items.models import Item


class ApprovalProcess(Item):
    """How a request is decided. `settings` holds the JSON of `approvals.terms.ProcessSettings`."""

    class Kind(models.TextChoices):
        """The templates. A new one is a line here: key, sends_requests, decided, label."""

        sends_requests: bool  # approvers are asked by email: it has the form's fields for that
        decided: str  # how an approval is given, as policies tell it

        def __new__(cls, key: str, *facts: Any) -> Self:
            kind = str.__new__(cls, key)
            kind._value_ = key
            kind.sends_requests, kind.decided = facts
            return kind

        EMAIL = "email", True, "by email", "E-mail Approval Process"
        MANUAL = "manual", False, "in Manage Approvals", "Manual Approval Process"
        MANUAL_WITH_ALERTS = (
            "manual_alerts",
            True,
            "in Manage Approvals",
            "Manual Approval Process with E-mail Alerts",
        )
        OFFLINE = "offline", False, "by a code from the help desk", "Offline Approval Process"

    kind = models.CharField(max_length=20, choices=Kind)
    settings = models.JSONField(default=dict)
    smtp_server = models.ForeignKey(
        ForeignSystem, on_delete=models.PROTECT, null=True, blank=True, related_name="processes"
    )
    start_activity = models.ForeignKey(  # null: this process
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="started_by"
    )

    class Meta(Item.Meta):
        verbose_name_plural = "approval processes"

    @property
    def typed(self) -> ProcessSettings:
        return ProcessSettings.from_json(self.settings)

    @property
    def uses_default(self) -> bool:
        """Whether an empty SMTP server stands for the default one; others send nothing."""
        return self.sends_requests

    @property
    def sends_requests(self) -> bool:
        """Whether approvers are asked, or told, by email."""
        return self.Kind(self.kind).sends_requests

    @property
    def deciding(self) -> "ApprovalProcess":
        """The process that decides what this one is asked: its Start Activity."""
        return self.start_activity or self

    @property
    def decided_by_mail(self) -> bool:
        """Whether replies and links decide: it sends and the one that decides takes answers by email."""
        return {self.kind, self.deciding.kind} == {self.Kind.EMAIL}

    @property
    def asking(self) -> "ApprovalProcess":
        """The process whose people get the emails: who decides is said where it is decided.

        Where that is in Manage Approvals, the emails only tell, and whom is this one's business.
        """
        return self.deciding if self.decided_by_mail else self

    @property
    def decided(self) -> str:
        """How an approval is given, as policies tell it."""
        found = self.Kind(self.deciding.kind)
        is_told = found == self.Kind.EMAIL and not self.decided_by_mail
        return self.Kind.MANUAL.decided if is_told else found.decided


class ApprovalType(Item):
    """What a request is about and what a grant covers."""

    file_specific = models.BooleanField(default=True)
    policy_specific = models.BooleanField(default=False)
    command_line_specific = models.BooleanField(default=True)
    process = models.ForeignKey(  # "Process Handler"
        ApprovalProcess, on_delete=models.PROTECT, null=True, blank=True, related_name="types"
    )
