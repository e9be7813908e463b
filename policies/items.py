"""The families of policies, filters and computer groups."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse

from actions.items import PLATFORM_COLUMN, PLATFORM_FILTER
from core.ids import uuid_of
from core.roles import BY_PLATFORM, Roles, roles_of
from items import guards, second_person
from items.family import Column, Family, Kind, ListFilter, PlatformFamily, Switch, register
from items.rights import seen_items
from items.services import kind_words
from items.trail import Crumb, url_at
from policies.activation import turn
from policies.deployment import deployments_of
from policies.describe import sentence_parts
from policies.describe.filters import filter_words
from policies.enforcement import is_in_force, keep_valid
from policies.engine import FILTER_KINDS
from policies.event_pages import PolicyEvents
from policies.filter_forms import FORMS
from policies.forms import ComputerGroupForm, PolicyForm
from policies.group_pages import (
    ComputerRemove,
    ComputersAdd,
    GroupComputers,
    TargetingUpdate,
    membership_words,
)
from policies.linting import findings_of, url_of
from policies.membership import COMPUTERS, change_computers
from policies.models import Computer, ComputerGroup, Filter, Policy, PolicyType
from policies.policy_list import policy_rows
from policies.trying import FilterTry
from policies.validity import is_draft, problems
from policies.views import PolicyActivate, PolicyBulk, PolicyMove, PolicyReplay
from policies.wizard import PolicyWizard


def group_options() -> list[tuple[str, str]]:
    """The computer groups, for a menu above a list."""
    return [(str(pk), name) for pk, name in ComputerGroup.objects.values_list("pk", "name")]


class PolicyFamily(Family):
    model = Policy
    namespace = "policies"
    path = "policies/"
    noun, plural = "policy", "policies"
    trail = ("Computer Groups", "Application Policies")
    about = (
        "What happens to programs on the computers of a group. Lower priority numbers come first."
    )
    access = BY_PLATFORM
    kinds = (Kind("", "Application Policy", PolicyForm),)
    columns = (
        Column("Type", lambda p: PolicyType(p.type).label, sort="by_type"),
        Column("Ends Processing", lambda p: "No" if p.continue_enforcing else "Yes"),
        Column("Priority", lambda p: str(p.priority), sort="priority", number=True),
        Column(
            "Active",
            lambda p: "Active" if p.is_active else "Inactive",
            sort="is_active",
            tone=lambda p: "active" if p.is_active else "off",
        ),
    )
    filters = (
        ListFilter(
            "group",
            "Computer Group",
            "groups",
            group_options,
            presets="groups",
            family="computer_groups",
        ),
        ListFilter("type", "Type", "type", lambda: [(str(v), w) for v, w in PolicyType.choices]),
        ListFilter(
            "ends", "Ends Processing", "continue_enforcing", lambda: [("0", "Yes"), ("1", "No")]
        ),
        ListFilter("active", "Active", "is_active", lambda: [("1", "Active"), ("0", "Inactive")]),
    )
    list_template = "policies/policy_list.html"
    default_sort = "by_type"
    counts_uses = False
    create_page = "wizard/"
    search = ("name", "description", "policy_filters__filter__name", "policy_actions__action__name")
    searched = "Name, filter, action"
    switch = Switch("active", lambda policy: bool(policy.is_active), turn)
    detail_template = "policies/policy_detail.html"
    actions_template = "policies/activation.html"
    rows_template = "policies/modified_rows.html"
    details_label = "General"
    more_pages = (
        ("wizard/", PolicyWizard, "wizard"),
        ("bulk/", PolicyBulk, "bulk"),
        ("<uuid:item_id>/move/", PolicyMove, "move"),
        ("<uuid:item_id>/activate/", PolicyActivate, "activate"),
        ("<uuid:item_id>/what-would-change/", PolicyReplay, "replay"),
    )
    more_tabs = (("<uuid:item_id>/events/", PolicyEvents, "policy_events"),)

    def fetch(self, rows: Any) -> Any:
        return rows.with_parts().with_type()

    def matching(self, query: str) -> Q:
        """By a subquery: joined, a policy would be found once for each of its parts."""
        found = Policy.objects.filter(super().matching(query))
        return Q(pk__in=found.values("pk"))

    def platforms(self, item: Policy) -> frozenset[str]:
        return frozenset(item.groups.values_list("platform", flat=True))

    def of_platforms(self, rows: Any, platforms: frozenset[str]) -> Any:
        """Those that reach one of their computers, though others too."""
        theirs = Policy.objects.filter(groups__platform__in=platforms)
        return rows.filter(pk__in=theirs.values("pk"))

    def details(self, items: Sequence[Policy], roles: Roles) -> Mapping[uuid.UUID, Any]:
        return policy_rows(items, roles)

    def saved_words(self, item: Policy) -> str:
        return "Saved." if item.is_active else "Saved. This policy is inactive."

    def crumbs(self, request: HttpRequest, item: Policy | None) -> list[Crumb]:
        """Computer Groups | Windows Computers | Application Policies: by the policy's first group,
        or by the one that the list is narrowed to.
        """
        if item:
            groups: Any = item.groups.all()
        else:
            chosen = uuid_of(request.GET.get("group") or request.GET.get("groups", ""))
            seen = seen_items(GROUPS, roles_of(request.user))
            groups = seen.filter(pk=chosen) if chosen else ()
        group = next(iter(groups), None)
        top, policies = super().crumbs(request, item)
        if group is None:
            return [top, policies]
        return [
            top,
            Crumb(group.name, GROUPS.url_of(group)),
            Crumb(policies.label, f"{policies.url}?group={group.pk}"),
        ]

    def page_context(self, item: Policy) -> dict[str, Any]:
        groups = list(item.groups.order_by("name"))
        computers = Computer.objects.filter(groups__in=groups, revoked_at=None).distinct()
        listed = url_at(("Admin", "Agents"))
        found = problems(item)
        return {
            "problems": found,
            "is_draft": is_draft(item, found),
            "findings": [(each, url_of(each)) for each in findings_of([item])[item.pk]],
            "deployment": deployments_of([item]).get(item.pk),
            "does": sentence_parts(item),
            "computers": computers.count(),
            "groups": [(group, f"{listed}?group={group.pk}&state=active") for group in groups],
            "replay_url": reverse("policies:replay", args=[item.pk]),
        }


class FilterFamily(PlatformFamily):
    model = Filter
    namespace = "filters"
    path = "filters/"
    noun, plural = "filter", "filters"
    trail = ("Admin", "Filters")
    about = (
        "Tests on a program that is about to run. Built-in filters are read-only: duplicate one "
        "and edit the copy."
    )
    kinds = tuple(Kind(k.kind, k.label, FORMS[k]) for k in FILTER_KINDS.values())
    columns = (
        Column("Type", kind_words, sort="kind"),
        PLATFORM_COLUMN,
        Column("Tests", filter_words),
    )
    filters = (PLATFORM_FILTER,)
    detail_template = "policies/filter_detail.html"
    more_pages = (("<uuid:item_id>/try/", FilterTry, "try_it"),)

    def page_context(self, item: Filter) -> dict[str, Any]:
        return {"try_url": self.url_of(item, "try_it")}


class ComputerGroupFamily(PlatformFamily):
    model = ComputerGroup
    namespace = "computer_groups"
    path = "computer-groups/"
    noun, plural = "computer group", "computer groups"
    trail = ("Computer Groups",)
    about = "Computers that share application policies: chosen ones, or all that a rule takes in."
    kinds = (Kind("", "Computer Group", ComputerGroupForm),)
    columns = (
        Column("Platform", lambda group: group.get_platform_display(), sort="platform"),
        Column("Members", membership_words, sort="membership"),
        Column("Computers", lambda group: str(group.size), number=True),
    )
    filters = (
        PLATFORM_FILTER,
        ListFilter("members", "Members", "membership", lambda: ComputerGroup.Membership.choices),
    )
    lists = {COMPUTERS: change_computers}
    detail_template = "policies/group_detail.html"
    more_tabs = (("<uuid:item_id>/computers/", GroupComputers, "computers"),)
    more_pages = (
        ("update-targeting/", TargetingUpdate, "update_targeting"),
        ("<uuid:item_id>/computers/add/", ComputersAdd, "add_computers"),
        ("<uuid:item_id>/computers/remove/", ComputerRemove, "remove_computer"),
    )

    def fetch(self, rows: Any) -> Any:
        return rows.annotate(size=Count("computers", filter=Q(computers__revoked_at=None)))


guards.register(keep_valid)
second_person.register(second_person.Rule(is_in_force))
POLICIES = register(PolicyFamily())
FILTERS = register(FilterFamily())
GROUPS = register(ComputerGroupFamily())
