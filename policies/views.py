"""Pages of policies beyond those of every item."""

import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from core.roles import platforms_seen, roles_of
from items.author import Author, SecondPersonNeeded
from items.forms import SaveRefused
from items.proposals.services import draft
from items.services import StaleItem
from items.values import belongs_to, names_of
from items.views.base import FamilyView, version_in
from items.views.detail import ItemDetail
from policies.activation import Invalid, switch
from policies.models import Policy
from policies.ordering import NoPlace, move
from policies.replay import running

_CHOSEN = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([0-9]{1,9})")


class ButtonView(FamilyView):
    """A button on one of several pages, which says itself where it was pressed (`back`)."""

    def back(self, *, otherwise: str) -> str:
        """That page, if it's one of this family's."""
        back = self.request.POST.get("back", "")
        ours = back.startswith(self.family.url) and url_has_allowed_host_and_scheme(back, None)
        return back if ours else otherwise


class PolicyActivate(ButtonView, ItemDetail):
    """Switches a policy on (`active=on`) or off; an invalid one is not switched on, and says why.

    `version`, posted or in the address, is the one that the page showed; if it's no longer that,
    activating it gives 409 and the page as it is now.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        policy = self.item(item_id)
        on = request.POST.get("active") == "on"
        version = request.POST.get("version") or request.GET.get("version", "")
        seen = version_in(version) or None
        try:
            switch(policy_id=policy.pk, by=Author.of(request), on=on, seen=seen)
        except Policy.DoesNotExist:
            raise Http404 from None
        except StaleItem:
            messages.error(
                request, "This policy was just changed. Review it before you activate it."
            )
            policy = self.item(item_id)
            return self.show(policy, self.form(policy), status=409)
        except Invalid:
            messages.error(
                request, "Not activated: the policy is invalid. Correct what is listed below."
            )
            return redirect(self.family.url_of(policy))
        state = "active" if on else "inactive"
        back = self.back(otherwise=self.family.url_of(policy))
        listed = back.partition("?")[0] == self.family.url
        name = policy.name if listed else "This policy"
        messages.success(request, f"{name} is {state}.")
        return redirect(f"{back}#row-{policy.pk}" if listed else back)


@dataclass(frozen=True)
class SwitchResult:
    """What became of one of several policies."""

    name: str
    url: str
    trouble: str  # "" where it was done


class PolicyBulk(ButtonView):
    """Switches the chosen policies on (`active=on`) or off, each by itself, and shows each result.

    `policy` is a policy's id and the version that was seen, "ID.7".
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.refuse_unless_may_change()
        back = self.back(otherwise=self.family.url)
        chosen = [_CHOSEN.fullmatch(text) for text in request.POST.getlist("policy")]
        seen = {uuid.UUID(each[1]): int(each[2]) for each in chosen if each}
        if not seen:
            messages.info(request, "Select the policies first.")
            return redirect(back)
        on = request.POST.get("active") == "on"
        policies = self.rows().filter(pk__in=seen)
        self.needing: list[SecondPersonNeeded] = []
        results = [self.switch(policy, on, seen[policy.pk]) for policy in policies]
        context = {
            **self.base_context(),
            "results": results,
            "done": sum(not result.trouble for result in results),
            "word": "active" if on else "inactive",
            "proposal": draft(SecondPersonNeeded.joined(self.needing)) if self.needing else None,
            "back_url": back,
        }
        return render(request, "policies/bulk_results.html", context)

    def switch(self, policy: Policy, on: bool, seen: int) -> SwitchResult:
        trouble = ""
        try:
            switch(policy_id=policy.pk, by=Author.of(self.request), on=on, seen=seen)
        except Policy.DoesNotExist:
            trouble = "It was just deleted."
        except StaleItem:
            trouble = "It was just changed. Review it before you activate it."
        except Invalid:
            trouble = "It is invalid. Open it to see what is missing."
        except PermissionDenied:
            trouble = "It reaches computers of a platform that isn't yours."
        except SecondPersonNeeded as needed:
            self.needing.append(needed)
            trouble = "It needs a second person."
        return SwitchResult(policy.name, self.family.url_of(policy), trouble)


class PolicyMove(ButtonView):
    """Puts a policy before another one (`before=ID`) or behind it (`after=ID`)."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        policy = self.item(item_id)
        self.refuse_unless_may_change(policy)
        try:
            before, after = (
                uuid.UUID(request.POST[name]) if name in request.POST else None
                for name in ("before", "after")
            )
        except ValueError:
            raise Http404 from None
        try:
            changed = move(policy_id=policy.pk, by=Author.of(request), before=before, after=after)
        except Policy.DoesNotExist:
            raise Http404 from None
        except NoPlace:
            messages.error(request, "Not moved: no priority number is left there.")
        except PermissionDenied:
            messages.error(
                request,
                "Not moved: policies of another platform would have to make room. Choose another "
                "place, or ask an administrator.",
            )
        else:
            numbers = [f"{each.name} has priority {each.priority}" for each in changed]
            messages.success(request, f"{'. '.join(numbers) or 'It was there already'}.")
        back = self.back(otherwise=f"{self.family.url}?sort=priority")
        return redirect(f"{back}#row-{policy.pk}")


class PolicyReplay(ItemDetail):
    """What would change? Replays recorded events with the policy as it stands in the form, unsaved."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        policy = self.item(item_id)
        assert isinstance(policy, Policy)
        self.refuse_unless_may_change(policy)
        form = self.form(policy, request.POST)
        if not form.is_valid():
            return self.show(self.item(item_id), form, status=422)
        values = {
            name: texts
            for name, texts in request.POST.lists()
            if any(belongs_to(name, field) for field in names_of(form))
        }
        try:
            replay = running.start(
                by=self.user,
                platforms=platforms_seen(roles_of(self.user)),
                policy=policy,
                values=values,
            )
        except SaveRefused as refused:
            form.add_error(refused.field, refused.errors)
            return self.show(self.item(item_id), form, status=422)
        return redirect("policy_tester:replay", replay.pk)
