"""Pages of policies beyond those of every item."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from items.author import Author
from items.views.base import FamilyView
from policies.activation import Invalid, activate, deactivate


class PolicyActivate(FamilyView):
    """Switches a policy on (`active=on`) or off; an invalid one is not switched on, and says why."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        policy, by = self.item(item_id), Author.of(request)
        try:
            if request.POST.get("active") == "on":
                activate(policy_id=policy.pk, by=by)
                messages.success(request, "This policy is active.")
            else:
                deactivate(policy_id=policy.pk, by=by)
                messages.success(request, "This policy is inactive.")
        except Invalid:
            messages.error(
                request, "Not activated: the policy is invalid. Correct what is listed below."
            )
        return redirect(self.family.url_of(policy))
