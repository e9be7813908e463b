"""Application policies with their filters and actions."""

from django.db import models
from django.db.models import F

from actions.kinds import ACTION_KINDS, Effect
from actions.models import Action
from items.models import Item
from policies.models.computers import ComputerGroup

MAX_PRIORITY, PRESET_PRIORITY = 9_999, 65
TYPE_STEP = 100_000_000  # more than any priority


class Filter(Item):
    """One test on an execution event: the engine's dataclass of that `kind`, with its settings."""

    kind = models.CharField(max_length=30)
    platform = models.CharField(max_length=10, blank=True)  # empty: every platform
    settings = models.JSONField(default=dict)

    @property
    def is_read_only(self) -> bool:
        return self.is_builtin


def parts_lookups() -> "list[str | models.Prefetch[str]]":
    """What `with_parts` fetches, for prefetch_related_objects.

    Filters, actions, types and processes come with their parts, so that an evaluation needs no more
    queries, and none that names each filter: SQLite reads at most a thousand of those.
    """
    process = "action__approval_type__process"
    return [
        "groups",
        models.Prefetch("policy_filters", PolicyFilter.objects.select_related("filter")),
        models.Prefetch(
            "policy_actions",
            PolicyAction.objects.select_related(
                f"{process}__smtp_server", f"{process}__start_activity"
            ),
        ),
    ]


class PolicyType(models.IntegerChoices):
    """A policy's group in lists, from its own actions; the value is the group's place."""

    BLOCK = 1, "Block"
    ELEVATE = 2, "Elevate"
    JUSTIFY = 3, "Require Justification"
    APPROVE = 4, "Require Approval"
    WARN = 5, "Warn"
    ALLOW = 6, "Allow"
    MONITOR = 7, "Monitor"


def _type() -> models.Case:
    """The type of the strongest action. Kinds that are unknown deny."""

    def has(*effects: Effect) -> models.Exists:
        kinds = [key for key, kind in ACTION_KINDS.items() if kind.effect in effects]
        return models.Exists(_own_actions().filter(action__kind__in=kinds))

    unknown = models.Exists(_own_actions().exclude(action__kind__in=ACTION_KINDS))
    When, Type = models.When, PolicyType  # noqa: N806
    return models.Case(
        When(has(Effect.DENY), then=Type.BLOCK),
        When(unknown, then=Type.BLOCK),
        When(has(Effect.ASK_APPROVAL), then=Type.APPROVE),
        When(has(Effect.ASK_REASON), then=Type.JUSTIFY),
        When(has(Effect.WARN), then=Type.WARN),
        When(has(Effect.REMOVE_RIGHTS), then=Type.ALLOW),
        When(has(Effect.ELEVATE), then=Type.ELEVATE),
        When(models.Exists(_own_actions()), then=Type.ALLOW),
        When(continue_enforcing=False, then=Type.ALLOW),  # no later policy denies
        default=Type.MONITOR,
        output_field=models.IntegerField(),
    )


def _own_actions() -> "models.QuerySet[PolicyAction]":
    return PolicyAction.objects.filter(policy=models.OuterRef("pk"), for_children=False)


class PolicyQuerySet(models.QuerySet["Policy"]):
    def with_type(self) -> "PolicyQuerySet":
        """With its `type`, and `by_type`, by which lists are in groups and in order of evaluation."""
        typed = self.annotate(type=_type())
        return typed.annotate(by_type=F("type") * TYPE_STEP + F("priority"))

    def with_parts(self) -> "PolicyQuerySet":
        """With all that the engine, `problems` and `sentence` need, in four queries."""
        return self.prefetch_related(*parts_lookups())


class Policy(Item):
    """What happens to programs on the computers of its groups."""

    groups = models.ManyToManyField(ComputerGroup, related_name="policies")
    priority = models.PositiveIntegerField(default=PRESET_PRIORITY)
    is_active = models.BooleanField(default=False)
    continue_enforcing = models.BooleanField(default=False)
    applies_to_all = models.BooleanField(default=False)
    enforce_child = models.BooleanField(default=False)
    audit_events = models.BooleanField(default=False)

    objects = PolicyQuerySet.as_manager()

    class Meta(Item.Meta):
        verbose_name_plural = "policies"

    def filters_as(self, role: str) -> list[Filter]:
        """The filters that have `role`, a PolicyFilter.Role, in order."""
        return [part.filter for part in self.policy_filters.all() if part.role == role]

    def actions_for(self, *, children: bool) -> list[Action]:
        """The policy's own actions, or those for its programs' children, in order."""
        parts = self.policy_actions.all()
        return [part.action for part in parts if part.for_children == children]


class PolicyFilter(models.Model):
    """A filter's part in a policy."""

    class Role(models.TextChoices):
        TARGET = "target", "Applications Targeted"
        INCLUSION = "inclusion", "Inclusions"
        EXCLUSION = "exclusion", "Exclusions"

    part_of = "policy"  # what uses the filter is the policy

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

    part_of = "policy"

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
