"""Change History: who changed what, when; and restoring a version."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core.pages import page_of
from items.models import Change, changes_of
from items.values import as_data
from items.views.detail import ItemDetail, ItemPage


class ItemHistory(ItemPage):
    """The versions at the left, the fields of one of them (`?version=`) beside them."""

    tab = "history"

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item = self.item(item_id)
        changes = changes_of(self.family.model, item.pk)
        people = list(changes.order_by("by").values_list("by", flat=True).distinct())
        by = request.GET.get("by", "")
        page = page_of(
            changes.filter(by=by) if by in people else changes,
            request,
            by="version",
            descending=True,
        )
        wanted = request.GET.get("version", "")
        shown = next((c for c in page.rows if str(c.version) == wanted), None)
        context = {
            **self.page_context(item),
            "page": page,
            "people": people,
            "by": by,
            "shown": shown or next(iter(page.rows), None),
        }
        return render(request, "items/history.html", context)


class ItemRestore(ItemDetail):
    """Puts an earlier version back, through the kind's form; which may refuse it, field by field."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        self.refuse_unless_may_change()
        item, version = self.item(item_id), kwargs["version"]
        change = get_object_or_404(changes_of(self.family.model, item.pk), version=version)
        if item.is_read_only or not change.values:
            messages.error(request, "This version cannot be restored.")
            return redirect(self.family.url_of(item, "history"))
        data = as_data(
            change.values,
            version=str(item.version),
            confirm_password=request.POST.get("confirm_password", ""),
        )
        form = self.form(item, data)
        if not self.is_valid(form):
            messages.warning(request, f"Version {version} is shown below and is not restored yet.")
            return self.show(self.item(item_id), form, status=422)
        return self.save(item, form, verb=Change.Verb.RESTORE, restored_version=version)
