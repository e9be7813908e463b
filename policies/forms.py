"""Forms of policies and computer groups."""

from collections.abc import Iterable
from typing import Any

from django import forms

from actions.models import Action
from items.fields import ItemsField, SwitchField
from items.forms import ItemForm, SaveRefused, Section
from policies.describe.actions import action_words
from policies.describe.filters import filter_words
from policies.models import ComputerGroup, Filter, Policy, PolicyAction, PolicyFilter
from policies.validity import problems

Role = PolicyFilter.Role


class ComputerGroupForm(ItemForm):
    """Computers that share application policies."""

    noun = "computer group"
    sections = (
        Section(
            "Computer Group Details",
            "Computers join a group when they register.",
            ("name", "description"),
        ),
    )

    class Meta(ItemForm.Meta):
        model = ComputerGroup


class PolicyForm(ItemForm):
    """An application policy with its filters and actions, which stand in rows of their own."""

    create_fields = ("name", "description", "groups")
    sections = (
        Section(
            "Policy Details",
            "Add or update the computer groups this policy applies to, and its place in the order "
            "of evaluation.",
            ("name", "groups", "priority", "description"),
        ),
        Section(
            "Conditions",
            "Filters say which programs are meant. The policy matches when one target matches, "
            "every inclusion matches and no exclusion does.",
            (Role.TARGET, Role.INCLUSION, Role.EXCLUSION),
            link=("Filters", "filters:list"),
        ),
        Section(
            "Actions",
            "What happens to a matched program and its child processes, in this order.",
            ("actions", "child_actions", "audit_events"),
            link=("Actions", "actions:list"),
        ),
        Section(
            "Policy Enforcement",
            "Rarely changed.",
            ("continue_enforcing", "applies_to_all", "enforce_child"),
            folded=True,
        ),
    )

    groups = ItemsField(
        ComputerGroup.objects.all(),
        label="Computer Groups Targeted",
        required=False,
        add="Add",
        empty="None yet: the policy reaches no computer.",
        words=lambda group: str(group.get_platform_display()),
    )
    priority = forms.IntegerField(
        min_value=1, max_value=9999, help_text="Lower runs first. At equal numbers the oldest does."
    )
    target = ItemsField(
        Filter.objects.all(),
        label="Applications Targeted",
        required=False,
        empty="None yet. At least one is needed.",
        words=filter_words,
        help_text="Any of these.",
    )
    inclusion = ItemsField(
        Filter.objects.all(),
        label="Inclusions",
        required=False,
        words=filter_words,
        help_text="And all of these.",
    )
    exclusion = ItemsField(
        Filter.objects.all(),
        label="Exclusions",
        required=False,
        words=filter_words,
        help_text="But none of these.",
    )
    actions = ItemsField(
        Action.objects.select_related("approval_type"),
        label="Actions",
        required=False,
        add="Add Actions",
        ordered=True,
        empty="None yet.",
        words=action_words,
    )
    child_actions = ItemsField(
        Action.objects.select_related("approval_type"),
        label="Child Actions",
        required=False,
        add="Add Child Actions",
        ordered=True,
        empty="None. Child processes are judged by the policies by themselves.",
        words=action_words,
    )
    audit_events = SwitchField(
        label="Audit Policy Events",
        help_text="Record all that this policy matches. A policy that asks for approval or "
        "justification always does.",
    )
    continue_enforcing = SwitchField(
        label="Continue Enforcing",
        help_text="Look at later policies too, and add up their actions.",
    )
    applies_to_all = SwitchField(
        label="Applies to All Processes",
        help_text="Also to those that the system starts, not only to those of a signed-in user.",
    )
    enforce_child = SwitchField(
        label="Enforce Child Processes",
        help_text="What an elevated program starts gets the Child Actions.",
    )

    class Meta(ItemForm.Meta):
        model = Policy
        fields = [
            *ItemForm.Meta.fields,
            "priority",
            "audit_events",
            "continue_enforcing",
            "applies_to_all",
            "enforce_child",
        ]

    def prepare(self) -> None:
        if not self.instance._state.adding:
            self.initial.update(_parts_of(self.instance))

    def facts(self) -> dict[str, str]:
        return {"Active": "Yes" if self.instance.is_active else "No"}

    def save_parts(self) -> None:
        """Write the lists. An active policy has to stay valid: raises SaveRefused."""
        policy, data = self.instance, self.cleaned_data
        if "groups" in data:
            policy.groups.set(data["groups"])
        for role in Role.values:
            if role in data:
                _write_filters(policy, role, data[role])
        for name, for_children in (("actions", False), ("child_actions", True)):
            if name in data:
                _write_actions(policy, for_children, data[name])
        stored = Policy.objects.with_parts().get(pk=policy.pk)
        wrong = [problem.text for problem in problems(stored)] if stored.is_active else []
        if wrong:
            first = "This policy is active, so it has to stay valid. Deactivate it first, or:"
            raise SaveRefused(None, [first, *wrong])


def _parts_of(policy: Policy) -> dict[str, Any]:
    filters = list(policy.policy_filters.values_list("role", "filter_id"))
    actions = list(policy.policy_actions.values_list("for_children", "action_id"))
    return {
        "groups": list(policy.groups.order_by("name").values_list("pk", flat=True)),
        **{role: [key for r, key in filters if r == role] for role in Role.values},
        "actions": [key for for_children, key in actions if not for_children],
        "child_actions": [key for for_children, key in actions if for_children],
    }


def _write_filters(policy: Policy, role: str, chosen: Iterable[Filter]) -> None:
    policy.policy_filters.filter(role=role).delete()
    PolicyFilter.objects.bulk_create(
        PolicyFilter(policy=policy, filter=each, role=role, position=position)
        for position, each in enumerate(chosen)
    )


def _write_actions(policy: Policy, for_children: bool, chosen: Iterable[Action]) -> None:
    policy.policy_actions.filter(for_children=for_children).delete()
    PolicyAction.objects.bulk_create(
        PolicyAction(policy=policy, action=each, for_children=for_children, position=position)
        for position, each in enumerate(chosen)
    )
