"""Evaluated executions."""

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import StrIndex, Substr

from core.ids import uuid7
from core.search import start_index, start_of
from policies.models.computers import Computer


class PolicyEvent(models.Model):
    """An evaluated execution, with the engine's decision and its reasons."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    late_at = models.DateTimeField(
        null=True, blank=True
    )  # when an agent told what it decided alone
    computer = models.ForeignKey(
        Computer, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    account = models.CharField(max_length=256)
    file_path = models.CharField(max_length=4096)
    file_name = models.CharField(max_length=1024, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    verdict = models.CharField(max_length=30)
    event = models.JSONField()
    decision = models.JSONField()
    request_number = models.BigIntegerField(null=True, blank=True)  # the approval request it led to
    answered_at = models.DateTimeField(null=True, blank=True)  # reason, justification or warning
    dropped = models.JSONField(default=list)  # parts that the computer's quota had no room for
    recorded = models.BooleanField(default=True)  # False: deleted a day later
    policy_id = models.UUIDField(null=True, blank=True)  # the first that matched: it decided

    # What is searched. Of the account, the name without its domain.
    user_start = start_of(Substr("account", StrIndex("account", Value("\\")) + Value(1)))
    file_start = start_of("file_name")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index("at", "id", name="policies_event_by_time"),
            models.Index("sha256", name="policies_event_by_hash"),  # only ever whole
            models.Index("policy_id", "at", "id", name="policies_event_by_policy"),
            models.Index("computer", "at", "id", name="policies_event_by_computer"),
            models.Index("verdict", "at", "id", name="policies_event_by_verdict"),
            models.Index(
                "request_number",
                name="policies_event_by_request",
                condition=Q(request_number__isnull=False),
            ),
            models.Index(
                "late_at", name="policies_event_by_late", condition=Q(late_at__isnull=False)
            ),
            start_index("user_start", name="policies_event_by_user"),
            start_index("file_start", name="policies_event_by_file"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.file_path}"
