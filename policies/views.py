"""Pages of policies beyond those of every item."""

import re
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.roles import platforms_seen, roles_of
from items.author import Author
from items.forms import SaveRefused
from items.services import StaleItem
from items.values import belongs_to, names_of
from items.views.detail import ItemDetail
from policies.activation import Invalid, switch
from policies.models import Policy
from policies.replay import running


class PolicyActivate(ItemDetail):
    """Switches a policy on (`active=on`) or off; an invalid one is not switched on, and says why.

    `version` is the one that the page showed; if it's no longer that, activating it gives 409 and the
    page as it is now.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        policy = self.item(item_id)
        on, version = request.POST.get("active") == "on", request.POST.get("version", "")
        seen = int(version) if re.fullmatch("[0-9]{1,9}", version) else None
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
        else:
            messages.success(request, f"This policy is {'active' if on else 'inactive'}.")
        return redirect(self.family.url_of(policy))


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
