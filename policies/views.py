"""Pages of policies beyond those of every item."""

import re
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from items.author import Author
from items.services import StaleItem
from items.views.detail import ItemDetail
from policies.activation import Invalid, switch
from policies.models import Policy


class PolicyActivate(ItemDetail):
    """Switches a policy on (`active=on`) or off; an invalid one is not switched on, and says why.

    `version` is the one that the page showed; if it's no longer that, 409 and the page as it is now.
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
            verb = "activate" if on else "deactivate"
            messages.error(
                request, f"This policy was just changed. Review it before you {verb} it."
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
