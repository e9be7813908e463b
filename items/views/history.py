"""Change History: who changed what and when, and restoring a version."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core.pages import page_of
from items.confirm import ConfirmForm
from items.models import Change, changes_of
from items.values import as_data
from items.views.base import FamilyFormView, version_in
from items.views.detail import ItemDetail, ItemPage


class ItemHistory(ItemPage, FamilyFormView):
    """The versions at the left; beside them the fields of one (`?version=`)."""

    tab = "history"

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item = self.item(item_id)
        changes = changes_of(self.family.model, item.pk).without_texts()
        people = list(changes.order_by("by").values_list("by", flat=True).distinct())
        by = request.GET.get("by", "")
        page = page_of(
            changes.filter(by=by) if by in people else changes,
            request,
            by="version",
            descending=True,
        )
        wanted = version_in(request.GET.get("version", ""))
        listed = changes.filter(version=wanted).first() or next(iter(page.rows), None)
        context = {
            **self.page_context(item),
            "page": page,
            "people": people,
            "by": by,
            "confirm_form": ConfirmForm(confirm=self.confirm),
            "shown": listed and Change.objects.get(pk=listed.pk),
        }
        return render(request, "items/history.html", context)


class ItemRestore(ItemDetail):
    """Restores an earlier version through the kind's form, which may reject fields."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item, version = self.item(item_id), kwargs["version"]
        self.refuse_unless_may_change(item)
        change = get_object_or_404(changes_of(self.family.model, item.pk), version=version)
        if item.is_read_only or not change.values:
            messages.error(request, "This version can't be restored.")
            return redirect(self.family.url_of(item, "history"))
        data = as_data(
            change.values,
            version=str(item.version),
            confirm_password=request.POST.get("confirm_password", ""),
        )
        form = self.form(item, data)
        if not self.is_valid(form):
            messages.warning(
                request,
                f"Version {version} isn't restored yet. Correct the fields below, then save.",
            )
            return self.show(self.item(item_id), form, status=422)
        return self.save(item, form, verb=Change.Verb.RESTORE, restored_version=version)
