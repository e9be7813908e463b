"""Replays: recorded policy events decided again, to see what a change of policies would do."""

from django.conf import settings
from django.db import models

from core.ids import uuid7
from items.models import Proposal
from policies.models.policies import Policy


class Replay(models.Model):
    """One replay with how far it has come. It's kept for a week, that of a proposal as long as that.

    `values` are the policy's as they were typed and not saved: the form's, as a browser posts them.
    """

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        CANCELLED = "cancelled", "Cancelled"
        OUTDATED = "outdated", "Stopped: policies changed meanwhile"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="replays"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # Without a policy and a proposal: today's policies beside what was decided.
    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, null=True, related_name="replays")
    values = models.JSONField(default=dict)
    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, null=True, related_name="replays"
    )
    platforms = models.JSONField(default=list)  # whose events; empty: all
    since = models.DateTimeField()
    until = models.DateTimeField()
    mark = models.CharField(max_length=36)  # of the policies that it began with
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    total = models.PositiveIntegerField(default=0)  # events
    done = models.PositiveIntegerField(default=0)
    after = models.JSONField(null=True)  # [time, id] of the last event done
    tally = models.JSONField(default=dict)
    leased_until = models.DateTimeField(null=True)  # a worker is at it

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Replay of {self.total} policy events"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100

    @property
    def runs(self) -> bool:
        return self.state == self.State.RUNNING
