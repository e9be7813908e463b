"""Tasks that run on a schedule or on demand, and what became of each run."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from approvals.models import OutgoingMail
from core.actors import MAX_ACTOR_ID, MAX_ACTOR_KIND, MAX_ACTOR_NAME
from core.ids import uuid7
from foreign_systems.models import ForeignSystem
from items.models import Item
from policies.models import Policy
from tasks.kinds import EMAIL_REPORT, SETTINGS


class Task(Item):
    """Something to do, with its schedule. `settings` is the JSON of the dataclass of its `kind`."""

    class Repeats(models.TextChoices):
        NONE = "none", "Only on demand"
        AT_ONCE = "at_once", "At once, whenever something happens"
        ONCE = "once", "Once"
        HOURLY = "hourly", "Hourly"
        DAILY = "daily", "Daily"
        WEEKLY = "weekly", "Weekly"
        MONTHLY = "monthly", "Monthly"

    kind = models.CharField(max_length=30)  # tasks.kinds
    settings = models.JSONField(default=dict)
    smtp_server = models.ForeignKey(  # null: the default SMTP server when it is sent
        ForeignSystem, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    policy = models.ForeignKey(  # what it reports about; null: all policies
        Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    repeats = models.CharField(max_length=10, choices=Repeats, default=Repeats.NONE)
    every = models.PositiveIntegerField(  # hours to months; at once: minutes between two at least
        default=1, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    starts_at = models.DateTimeField(null=True, blank=True)  # the first run; its time of day stays
    next_run_at = models.DateTimeField(  # null: never by itself
        null=True, blank=True, editable=False, db_index=True
    )
    told_until = models.DateTimeField(  # at once: what happened before was sent
        null=True, blank=True, editable=False
    )

    class Meta(Item.Meta):
        constraints = [
            *Item.Meta.constraints,
            models.CheckConstraint(
                name="tasks_task_schedule_has_start",
                condition=Q(repeats__in=["none", "at_once"]) | Q(starts_at__isnull=False),
                violation_error_message="Enter when the first run should start, or choose Only on "
                "demand.",
            ),
            models.CheckConstraint(
                name="tasks_task_every_at_least_one",
                condition=Q(every__gte=1),
                violation_error_message="Recur Every must be at least 1.",
            ),
        ]

    @property
    def uses_default(self) -> bool:
        """Whether an empty SMTP server stands for the default one."""
        return self.kind == EMAIL_REPORT

    @property
    def typed(self) -> Any:
        """Its settings: a dataclass of tasks/kinds.py."""
        return SETTINGS[self.kind].from_json(self.settings)


class TaskRun(models.Model):
    """One run of a task: a line of its Task History."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    by = models.CharField(max_length=MAX_ACTOR_NAME)
    by_kind = models.CharField(max_length=MAX_ACTOR_KIND)
    by_id = models.CharField(max_length=MAX_ACTOR_ID)
    text = models.CharField(max_length=500, blank=True)  # what was done, or what went wrong
    mails = models.ManyToManyField(OutgoingMail, related_name="task_runs")
    done = models.PositiveIntegerField(default=0)  # rows that a purge has deleted so far
    leased_until = models.DateTimeField(null=True)  # a worker is at it

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index("task", "started_at", name="tasks_run_history"),
            models.Index("started_at", name="tasks_run_running", condition=Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.text}" if self.text else self.get_state_display()
