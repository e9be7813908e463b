"""Tables of the agent API: install codes, answers to repeat, and how much was reported."""

from django.db import models
from django.utils import timezone

from actions.platforms import CHOICES
from core.actors import MAX_ACTOR_ID, MAX_ACTOR_KIND, MAX_ACTOR_NAME
from core.ids import uuid7
from policies.models import Computer, ComputerGroup


class InstallCodes(models.QuerySet["InstallCode"]):
    def valid(self) -> "InstallCodes":
        """Those with which a computer can still register."""
        return self.filter(revoked_at=None, uses_left__gt=0, expires_at__gt=timezone.now())


class InstallCode(models.Model):
    """Lets agents of one platform register into these groups until it expires or is used up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=MAX_ACTOR_NAME)
    platform = models.CharField(max_length=10, choices=CHOICES)
    groups = models.ManyToManyField(ComputerGroup)
    expires_at = models.DateTimeField()
    uses = models.PositiveIntegerField()  # how many computers it was made for
    uses_left = models.PositiveIntegerField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InstallCodes.as_manager()

    def __str__(self) -> str:
        return f"{self.platform} until {self.expires_at}"

    @property
    def is_valid(self) -> bool:
        """Whether a computer can still register with it."""
        return not self.revoked_at and self.uses_left > 0 and self.expires_at > timezone.now()


class WaitingName(models.Model):
    """A name by which a computer wants to register although another one has it.

    It needs a valid install code. An administrator either retires the computer that has the name, and
    the next try registers, or leaves it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    computer = models.OneToOneField(Computer, on_delete=models.CASCADE, related_name="waiting_name")
    code = models.ForeignKey(InstallCode, on_delete=models.CASCADE, related_name="waiting_names")
    address = models.CharField(max_length=64, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index("last_at", "id", name="agents_waiting_name_by_time")]

    def __str__(self) -> str:
        return f"{self.computer}, tried {self.times} times"


class OfflineApproval(models.Model):
    """A response code that was given by phone: one execution at a computer without a connection.

    `account` and `program` are what the caller said. What ran is known when the agent reports it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    computer = models.ForeignKey(
        Computer, on_delete=models.CASCADE, related_name="offline_approvals", db_index=False
    )
    request_code = models.CharField(max_length=8)
    account = models.CharField(max_length=256)
    program = models.CharField(max_length=1024)
    reason = models.CharField(max_length=250)
    given_at = models.DateTimeField()
    by = models.CharField(max_length=MAX_ACTOR_NAME)
    by_kind = models.CharField(max_length=MAX_ACTOR_KIND)
    by_id = models.CharField(max_length=MAX_ACTOR_ID)
    event_id = models.UUIDField(null=True, blank=True)  # the policy event that it allowed
    differs = models.CharField(max_length=500, blank=True)  # how the event isn't what was said

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "computer", "request_code", name="agents_offline_code_answered_once"
            )
        ]
        indexes = [models.Index("given_at", "id", name="agents_offline_by_time")]

    def __str__(self) -> str:
        return f"{self.program} on {self.computer}"


class StoredAnswer(models.Model):
    """The answer to an idempotency key: for 10 minutes the same key gets the same answer."""

    # Found by the constraint's index, as ReportedBytes are: one index less for each report.
    computer = models.ForeignKey(
        Computer, on_delete=models.CASCADE, related_name="answers", db_index=False
    )
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)  # of the report: a key belongs to one report
    answer = models.JSONField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("computer", "key", name="agents_answer_once_per_key")
        ]

    def __str__(self) -> str:
        return self.key


class ReportedBytes(models.Model):
    """How much a computer reported on one day (agents/services/quota.py)."""

    computer = models.ForeignKey(
        Computer, on_delete=models.CASCADE, related_name="reported_bytes", db_index=False
    )
    day = models.DateField(db_index=True)
    bytes = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "reported bytes"
        constraints = [
            models.UniqueConstraint("computer", "day", name="agents_reported_bytes_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.bytes} bytes on {self.day}"
