"""The families of policies, filters and computer groups."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse

from actions.platforms import CHOICES, CHOICES_OR_EVERY
from core.roles import Access
from items.family import Choice, Column, Family, Kind, register
from items.services import kind_words
from items.trail import Crumb, place
from policies.describe import policy_type, sentence_parts
from policies.describe.filters import filter_words
from policies.engine import FILTER_KINDS
from policies.filter_forms import FORMS
from policies.forms import ComputerGroupForm, PolicyForm
from policies.models import ComputerGroup, Filter, Policy
from policies.validity import problems, problems_of
from policies.views import PolicyActivate

_PLATFORMS = dict(CHOICES_OR_EVERY)
place(("Computer Groups",), "computer_groups:list")


def _groups() -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in ComputerGroup.objects.values_list("pk", "name")]


def _policy_page(policy: Policy) -> dict[str, Any]:
    stored = Policy.objects.with_parts().get(pk=policy.pk)
    return {
        "problems": problems(stored),
        "does": sentence_parts(stored),
        "computers": sum(group.computers.count() for group in stored.groups.all()),
        "tasks": policy.tasks.all(),
        "details_tab": "General",
        "activate_url": reverse("policies:activate", args=[policy.pk]),
    }


def _invalid(policies: Sequence[Policy]) -> dict[uuid.UUID, str]:
    found = problems_of(policies)
    return {key: f"Policy invalid: {wrong[0].text}" for key, wrong in found.items() if wrong}


def _crumbs(request: HttpRequest, policy: Policy | None) -> tuple[Crumb, ...]:
    """Computer Groups | Windows Computers | Application Policies: through the group one came from."""
    asked = request.GET.get("group", "")
    group = policy.groups.order_by("name").first() if policy else None
    if policy is None and asked in dict(_groups()):
        group = ComputerGroup.objects.get(pk=asked)
    top = Crumb("Computer Groups", reverse("computer_groups:list"))
    policies = reverse("policies:list")
    if group is None:
        return top, Crumb("Application Policies", policies)
    page = reverse("computer_groups:detail", args=[group.pk])
    own = Crumb("Application Policies", f"{policies}?group={group.pk}")
    return top, Crumb(group.name, page), own


def _saved(policy: Policy) -> str:
    return "Saved." if policy.is_active else "Saved. This policy is inactive."


POLICIES = register(
    Family(
        model=Policy,
        namespace="policies",
        path="policies/",
        noun="policy",
        plural="policies",
        trail=("Computer Groups", "Application Policies"),
        about="What happens to programs on the computers of a group. Lower priority runs first.",
        access=Access(),
        create_title="Create Policy",
        kinds=(Kind("", "Application Policy", PolicyForm),),
        columns=(
            Column("Type", policy_type),
            Column("Ends Processing", lambda p: "No" if p.continue_enforcing else "Yes"),
            Column("Priority", lambda p: str(p.priority), sort="priority", number=True),
            Column(
                "Active",
                lambda p: "Active" if p.is_active else "Inactive",
                sort="is_active",
                tone=lambda p: "active" if p.is_active else "off",
            ),
        ),
        choices=(
            Choice("group", "Computer Group", "groups", _groups, "groups"),
            Choice("active", "Active", "is_active", lambda: [("1", "Active"), ("0", "Inactive")]),
        ),
        fetch=lambda rows: rows.with_parts(),
        crumbs_of=_crumbs,
        hints=_invalid,
        saved_words=_saved,
        detail_template="policies/policy_detail.html",
        page_context=_policy_page,
        more_pages=(("<uuid:item_id>/activate/", PolicyActivate, "activate"),),
    )
)

FILTERS = register(
    Family(
        model=Filter,
        namespace="filters",
        path="filters/",
        noun="filter",
        plural="filters",
        trail=("Admin", "Filters"),
        about="A test on a program that is about to run. Built-in filters are read-only: "
        "duplicate one and edit the copy.",
        access=Access(),
        create_title="Create Filter",
        kinds=tuple(Kind(k.kind, k.label, FORMS[k]) for k in FILTER_KINDS.values()),
        columns=(
            Column("Type", kind_words, sort="kind"),
            Column("Platform", lambda f: _PLATFORMS[f.platform], sort="platform"),
            Column("Tests", filter_words),
        ),
        choices=(Choice("platform", "Platform", "platform", lambda: CHOICES),),
    )
)

GROUPS = register(
    Family(
        model=ComputerGroup,
        namespace="computer_groups",
        path="computer-groups/",
        noun="computer group",
        plural="computer groups",
        trail=("Computer Groups",),
        about="Computers that share application policies. They join when they register.",
        access=Access(),
        kinds=(Kind("", "Computer Group", ComputerGroupForm),),
        columns=(
            Column("Platform", lambda group: group.get_platform_display(), sort="platform"),
            Column("Computers", lambda group: str(group.size), number=True),
        ),
        fetch=lambda rows: rows.annotate(size=Count("computers")),
        may_create=False,
        may_duplicate=False,
        detail_template="policies/group_detail.html",
    )
)
