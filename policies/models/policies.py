"""Application policies with their filters and actions."""

from django.db import models

from actions.models import Action
from pmconsole.items.models import Item
from policies.models.computers import ComputerGroup


class Filter(Item):
    """One test on an execution event. `settings` is the JSON of the engine's dataclass of `kind`."""

    class Kind(models.TextChoices):
        FILE_SPECIFICATION = "file_specification", "File Specification Filter"
        FILE_HASH = "file_hash", "File Hash Filter"
        SIGNED_FILE = "signed_file", "Signed File Filter"
        COMMANDLINE = "commandline", "Commandline Filter"
        ADVANCED_COMMANDLINE = "advanced_commandline", "Advanced Commandline Filter"
        USER_CONTEXT = "user_context", "User Context Filter"
        PARENT_PROCESS = "parent_process", "Parent Process Filter"
        TIME_OF_DAY = "time_of_day", "Time of Day Filter"
        COMPUTER = "computer", "Computer Filter"

    kind = models.CharField(max_length=30, choices=Kind)
    platform = models.CharField(max_length=10, blank=True)  # empty: every platform
    settings = models.JSONField(default=dict)


class PolicyQuerySet(models.QuerySet["Policy"]):
    def with_parts(self) -> "PolicyQuerySet":
        """With all that the engine needs, in a fixed number of queries."""
        return self.prefetch_related(
            "policy_filters__filter", "policy_actions__action__approval_type"
        )


class Policy(Item):
    """What happens to programs on the computers of its groups."""

    groups = models.ManyToManyField(ComputerGroup, related_name="policies")
    priority = models.PositiveIntegerField(default=65)
    is_active = models.BooleanField(default=False)
    continue_enforcing = models.BooleanField(default=False)
    applies_to_all = models.BooleanField(default=False)
    enforce_child = models.BooleanField(default=False)
    audit_events = models.BooleanField(default=False)

    objects = PolicyQuerySet.as_manager()

    class Meta(Item.Meta):
        verbose_name_plural = "policies"


class PolicyFilter(models.Model):
    """A filter's part in a policy."""

    class Role(models.TextChoices):
        TARGET = "target", "Applications Targeted"
        INCLUSION = "inclusion", "Inclusions"
        EXCLUSION = "exclusion", "Exclusions"

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="policy_filters")
    filter = models.ForeignKey(Filter, on_delete=models.PROTECT, related_name="policy_filters")
    role = models.CharField(max_length=10, choices=Role)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint("policy", "filter", "role", name="policies_filter_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.filter}"


class PolicyAction(models.Model):
    """An action's part in a policy: for the program itself, or for its children."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="policy_actions")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="policy_actions")
    for_children = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint("policy", "action", "for_children", name="policies_action_once")
        ]

    def __str__(self) -> str:
        return str(self.action)
