"""Evaluated executions."""

from django.db import models

from core.ids import uuid7
from policies.models.computers import Computer


class PolicyEvent(models.Model):
    """An evaluated execution, with the engine's decision and its reasons."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(db_index=True)
    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, related_name="events")
    account = models.CharField(max_length=256)
    file_path = models.CharField(max_length=4096)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    verdict = models.CharField(max_length=30)
    event = models.JSONField()
    decision = models.JSONField()
    request_number = models.BigIntegerField(null=True, blank=True)  # the approval request it led to
    answered_at = models.DateTimeField(null=True, blank=True)  # reason, justification or warning
    dropped = models.JSONField(default=list)  # parts that the computer's quota had no room for
    recorded = models.BooleanField(default=True)  # False: deleted a day later
    policy_id = models.UUIDField(null=True, blank=True)  # the first that matched: it decided

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index("policy_id", "at", name="policies_event_by_policy")]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.file_path}"
