"""Grants, what an approval gives, and their uses."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now

from approvals.models.requests import ApprovalRequest
from core.actors import MAX_ACTOR_ID, MAX_ACTOR_KIND, MAX_ACTOR_NAME
from core.ids import uuid7


class GrantQuerySet(models.QuerySet["Grant"]):
    def valid(self) -> "GrantQuerySet":
        """Not revoked, not used up, not past its end by the database's clock."""
        used_up = Q(one_time=True, used_at__isnull=False)
        return self.filter(revoked_at__isnull=True, expires_at__gt=Now()).exclude(used_up)

    def with_use_count(self) -> "GrantQuerySet":
        """With `use_count`: a timed grant may have been used thousands of times."""
        uses = GrantUse.objects.filter(grant=OuterRef("pk")).order_by().values("grant")
        counted = uses.annotate(count=Count("pk")).values("count")
        return self.annotate(use_count=Coalesce(Subquery(counted), 0))


class Grant(models.Model):
    """What an approval gives until `expires_at`: one execution, or any number."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.OneToOneField(ApprovalRequest, on_delete=models.CASCADE, related_name="grant")
    one_time = models.BooleanField()
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tell_at = models.DateTimeField(null=True, blank=True)  # that it ends; null: never, or done
    used_at = models.DateTimeField(null=True, blank=True)  # of a One Time grant: used up then
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=MAX_ACTOR_NAME, blank=True)
    revoked_by_kind = models.CharField(max_length=MAX_ACTOR_KIND, blank=True)
    revoked_by_id = models.CharField(max_length=MAX_ACTOR_ID, blank=True)
    revoke_reason = models.CharField(max_length=250, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["-granted_at"]
        # What is in force is a small part of all.
        indexes = [
            models.Index(
                F("expires_at"), name="approvals_grant_running", condition=Q(revoked_at=None)
            ),
            models.Index(
                F("revoked_at"),
                F("id"),
                name="approvals_grant_revoked",
                condition=Q(revoked_at__isnull=False),
            ),
            models.Index(
                F("tell_at"),
                name="approvals_grant_tell",
                condition=Q(tell_at__isnull=False, revoked_at=None),
            ),
        ]

    def __str__(self) -> str:
        once = "One Time, " if self.one_time else ""
        return f"{self.request}: {once}until {self.expires_at}"

    def was_revoked_by(self, moment: datetime) -> bool:
        """Whether it had been revoked at `moment`."""
        return self.revoked_at is not None and self.revoked_at <= moment

    @property
    def minutes(self) -> int | None:
        """How long it was given for; None for One Time."""
        if self.one_time:
            return None
        return round((self.expires_at - self.granted_at) / timedelta(minutes=1))


class GrantUse(models.Model):
    """One execution under a grant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="uses")
    event_id = models.UUIDField(db_index=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.grant} used at {self.at}"
