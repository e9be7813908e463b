"""Forms of policies and computer groups."""

from typing import Any

from django import forms

from actions.models import Action
from actions.platforms import CHOICES
from items.fields import ItemsField, LinesField, SwitchField, offer_together
from items.forms import ItemForm, SaveRefused, Section
from policies.describe.actions import action_words
from policies.describe.filters import filter_words
from policies.membership import fill
from policies.models import ComputerGroup, Filter, Policy, PolicyAction, PolicyFilter
from policies.models.policies import MAX_PRIORITY
from policies.validity import problems

Role = PolicyFilter.Role
Membership = ComputerGroup.Membership
MAX_PATTERNS = 100  # of a group: each is compared with all computers, and with each that registers
_ACTION_FIELDS = {"actions": False, "child_actions": True}  # for children


class ComputerGroupForm(ItemForm):
    """Computers that share application policies."""

    noun = "computer group"
    create_fields = ("platform", "name", "description", "membership", "name_patterns")
    sections = (
        Section(
            "Computer Group Details",
            "Policies target computer groups. A group has computers of one platform.",
            ("name", "platform", "description"),
        ),
        Section(
            "Members",
            "Computers register under a name of their own choice, so don't rely on names to keep "
            "computers apart.",
            ("membership", "name_patterns"),
        ),
    )
    platform = forms.ChoiceField(choices=CHOICES)
    membership = forms.ChoiceField(
        choices=Membership.choices,
        initial=Membership.CHOSEN,
        label="Computers",
        help_text="Chosen computers join by their install code, or on the tab Computers.",
    )
    name_patterns = LinesField(
        required=False,
        label="Computer Names",
        max_line=255,
        help_text="For computers with these names: one per line, such as WS-*. * stands for any "
        "characters, ? for one.",
    )

    class Meta(ItemForm.Meta):
        model = ComputerGroup
        fields = [*ItemForm.Meta.fields, "platform", "membership"]

    def prepare(self) -> None:
        self.initial["name_patterns"] = self.instance.name_patterns
        # Policies, and who may change them, go by it.
        self.fields["platform"].disabled = not self.instance._state.adding

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("membership") == Membership.NAMES and not data.get("name_patterns"):
            self.add_error("name_patterns", "Computer Names: enter at least one name or pattern.")
        if len(data.get("name_patterns") or ()) > MAX_PATTERNS:
            self.add_error("name_patterns", f"Computer Names: enter at most {MAX_PATTERNS} lines.")
        return data

    def save_parts(self) -> None:
        group = self.instance
        group.name_patterns = list(self.cleaned_data.get("name_patterns") or ())
        group.save(update_fields=["name_patterns"])
        fill(group)


class PolicyForm(ItemForm):
    """An application policy; its filters and actions have rows of their own."""

    create_fields = ("name", "description", "groups")
    sections = (
        Section(
            "Policy Details",
            "Add or update the computer groups this policy applies to, and its priority.",
            ("name", "groups", "priority", "description"),
        ),
        Section(
            "Conditions",
            "Filters select programs. The policy matches if any target and all inclusions match, "
            "and no exclusion does.",
            (Role.TARGET, Role.INCLUSION, Role.EXCLUSION),
            link=("Filters", "filters:list"),
        ),
        Section(
            "Actions",
            "What happens to a matching program and its child processes, in this order.",
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
        empty="None yet. The policy reaches no computer until you add one.",
        words=lambda group: str(group.get_platform_display()),
    )
    priority = forms.IntegerField(
        min_value=1,
        max_value=MAX_PRIORITY,
        help_text="Lower numbers run first; among equals, the oldest policy.",
    )
    target = ItemsField(
        Filter.objects.all(),
        label="Applications Targeted",
        required=False,
        empty="None yet. Add at least one.",
        words=filter_words,
        help_text="The program matches any of these.",
    )
    inclusion = ItemsField(
        Filter.objects.all(),
        label="Inclusions",
        required=False,
        words=filter_words,
        help_text="It also matches all of these.",
    )
    exclusion = ItemsField(
        Filter.objects.all(),
        label="Exclusions",
        required=False,
        words=filter_words,
        help_text="It matches none of these.",
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
        empty="None. Child processes are evaluated like any other program.",
        words=action_words,
    )
    audit_events = SwitchField(
        label="Audit Policy Events",
        help_text="Record every program this policy matches. Policies that ask for approval or "
        "justification always do.",
    )
    continue_enforcing = SwitchField(
        label="Continue Enforcing",
        help_text="Evaluate later policies too, and add their actions.",
    )
    applies_to_all = SwitchField(
        label="Applies to All Processes",
        help_text="Include programs that the system starts, not only those of a signed-in user.",
    )
    enforce_child = SwitchField(
        label="Enforce Child Processes",
        help_text="Apply the Child Actions to programs that an elevated program starts.",
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
        policy = self.instance
        offer_together(self)
        if policy._state.adding:
            return
        self.initial["groups"] = [group.pk for group in policy.groups.all()]
        filters, actions = list(policy.policy_filters.all()), list(policy.policy_actions.all())
        for role in Role.values:
            self.initial[role] = [part.filter_id for part in filters if part.role == role]
        for name, for_children in _ACTION_FIELDS.items():
            self.initial[name] = [
                part.action_id for part in actions if part.for_children == for_children
            ]

    def facts(self) -> dict[str, str]:
        return {"Active": "Yes" if self.instance.is_active else "No"}

    def save_parts(self) -> None:
        """Write the lists. Raises SaveRefused: an active policy must stay valid."""
        policy, data = self.instance, self.cleaned_data
        if "groups" in data:
            policy.groups.set(data["groups"])
        for role in Role.values:
            if role in data:
                policy.policy_filters.filter(role=role).delete()
                PolicyFilter.objects.bulk_create(
                    PolicyFilter(policy=policy, filter=each, role=role, position=position)
                    for position, each in enumerate(data[role])
                )
        for name, for_children in _ACTION_FIELDS.items():
            if name in data:
                policy.policy_actions.filter(for_children=for_children).delete()
                PolicyAction.objects.bulk_create(
                    PolicyAction(
                        policy=policy, action=each, for_children=for_children, position=position
                    )
                    for position, each in enumerate(data[name])
                )
        stored = Policy.objects.with_parts().get(pk=policy.pk)
        wrong = [problem.text for problem in problems(stored)] if stored.is_active else []
        if wrong:
            first = "An active policy must stay valid. Deactivate it first, or correct this:"
            raise SaveRefused(None, [first, *wrong])
