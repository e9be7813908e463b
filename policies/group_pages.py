"""The computers of a computer group: the tab that lists them, choosing them, and targeting anew."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from core.actors import Actor
from core.tables import Column
from items.author import Author
from items.fields import LinesField
from items.listings import Listing
from items.trail import url_at
from items.views.base import FamilyView
from items.views.detail import ItemPage
from policies.engine.words import listed
from policies.membership import (
    UnknownComputers,
    add_computers,
    remove_computer,
    update_targeting,
)
from policies.models import Computer, ComputerGroup

MAX_ADDED = 1_000  # computers at once
CHOSEN = ComputerGroup.Membership.CHOSEN

MEMBERS = Listing(
    noun="computer",
    plural="computers",
    columns=(
        Column("Computer", lambda computer: computer.name, sort="name_key", width="wide"),
        Column("Last Seen", lambda c: c.last_seen_at or "Never", sort="seen", width="fit"),
        Column("Policies Fetched", lambda c: c.policies_at or "Never", width="fit"),
    ),
    sort="name_key",
    dates="seen",
    search=lambda query: Q(name__icontains=query),
    searched="Name",
    blank_icon="computers",
    blank_text="Computers join by an install code of this group, or by the group's rule. Chosen ones "
    "are added here.",
    row_actions="policies/remove_computer.html",
)


def membership_words(group: ComputerGroup) -> str:
    """ "Computers named WS-* or LAB-*"."""
    if group.membership == ComputerGroup.Membership.NAMES:
        return f"Computers named {listed(group.name_patterns, 'or')}"
    return str(group.get_membership_display())


class AddComputersForm(forms.Form):
    """Computers by name."""

    names = LinesField(
        rows=3,
        max_line=255,
        label="Add Computers",
        help_text="Names of registered computers, one per line.",
        error_messages={"required": "Add Computers: enter at least one name."},
    )

    def clean_names(self) -> tuple[str, ...]:
        names: tuple[str, ...] = self.cleaned_data["names"]
        if len(names) > MAX_ADDED:
            raise forms.ValidationError(f"Add Computers: enter at most {MAX_ADDED} names.")
        return names


class GroupComputers(ItemPage):
    """The computers that are in the group."""

    tab = "computers"
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
        group = self.item(item_id)
        assert isinstance(group, ComputerGroup)
        if request.GET.get("format") == "csv":
            return MEMBERS.answer(request, self.members(group), "policies/group_computers.html")
        return self.show(group, AddComputersForm())

    def show(self, group: ComputerGroup, form: forms.Form, *, status: int = 200) -> HttpResponse:
        page = self.page_context(group)
        context = {
            **MEMBERS.context(self.request, self.members(group)),
            **page,
            "form": form,
            "may_act": page["may_change"] and group.membership == CHOSEN,
            "membership": membership_words(group),
        }
        return render(self.request, "policies/group_computers.html", context, status=status)

    def members(self, group: ComputerGroup) -> Any:
        return group.computers.filter(retired_at=None).without_keys().with_seen()


class ComputersAdd(GroupComputers):
    """Chooses computers for the group."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        group = self.item(item_id)
        assert isinstance(group, ComputerGroup)
        form = AddComputersForm(request.POST)
        if form.is_valid():
            names = form.cleaned_data["names"]
            try:
                added = add_computers(group=group, names=names, by=Author.of(request))
            except UnknownComputers as unknown:
                platform = group.get_platform_display()
                form.add_error(
                    "names",
                    f"Not found among the {platform} computers: {listed(unknown.names, 'and')}. "
                    "No computer was added.",
                )
            else:
                messages.success(request, f"Added {added} computer{'' if added == 1 else 's'}.")
                return redirect(self.family.url_of(group, "computers"))
        return self.show(group, form, status=422)


class ComputerRemove(FamilyView):
    """Takes a chosen computer (`computer=ID`) out of the group."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        group = self.item(item_id)
        assert isinstance(group, ComputerGroup)
        try:
            key = uuid.UUID(request.POST.get("computer", ""))
            name = remove_computer(group=group, computer_id=key, by=Author.of(request))
        except (ValueError, Computer.DoesNotExist):
            raise Http404 from None
        messages.success(request, f"Removed {name} from this group.")
        return redirect(self.family.url_of(group, "computers"))


class TargetingUpdate(FamilyView):
    """Run Policy Targeting Update: fills the groups that have a rule, and says what came of it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.refuse_unless_may_change()
        updated = update_targeting(by=Actor.of_user(self.user))
        seen = set(self.rows().values_list("pk", flat=True))
        context = {
            **self.base_context(),
            "updated": [
                (each, self.family.url_of(each.group)) for each in updated if each.group.pk in seen
            ],
            "back_url": url_at(("Admin", "Configuration")) or self.family.url,
        }
        return render(request, "policies/targeting_updated.html", context)
