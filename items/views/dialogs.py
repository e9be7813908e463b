"""Dialogs over the list and the page of an item: create, duplicate, delete."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from core.dialogs import go_to, show_over
from core.roles import roles_of
from items.author import Author
from items.confirm import DialogForm, DuplicateForm
from items.family import Kind
from items.fields import ItemsField
from items.forms import ItemForm
from items.models import Item
from items.rights import keep_to_platform
from items.services import DeleteBlocked, StaleItem, blockers_of, create_item, delete_item
from items.values import as_data, posted
from items.views.base import FamilyFormView
from items.views.detail import ItemDetail
from items.views.lists import ItemList


class ItemCreate(ItemList, FamilyFormView):
    """The Create dialog over the list. Each kind shows its own fields."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """`?kind=` shows the dialog for that kind and keeps what was typed so far."""
        self.refuse_unless_may_change()
        kind, given = self.kind(request.GET.get("kind", "")), request.GET
        several = {n for n, field in kind.form.base_fields.items() if isinstance(field, ItemsField)}
        typed = {
            name: given.getlist(name) if name in several else given[name]
            for name in kind.form.create_fields
            if given.get(name)
        }
        return self.show_dialog(kind, self.new_form(kind, initial=typed))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.refuse_unless_may_change()
        kind = self.kind(request.POST.get("kind", ""))
        form = self.new_form(kind, request.POST)
        if self.is_valid(form) and create_item(form, by=Author.of(request)):
            messages.success(request, f"Created {form.instance}.")
            return go_to(request, self.family.url_of(form.instance))
        return self.show_dialog(kind, form, status=422)

    def kind(self, key: str) -> Kind:
        offered = [kind for kind in self.family.kinds if not kind.retired]
        return next((kind for kind in offered if kind.key == key), offered[0])

    def carried(self, kind: Kind) -> list[tuple[str, str]]:
        """What was typed for another kind: names and values, for when that one is chosen again."""
        given = self.request.POST or self.request.GET
        names = {name for each in self.family.kinds for name in each.form.create_fields}
        others = sorted(names - set(kind.form.create_fields))
        return [(name, value) for name in others for value in given.getlist(name) if value]

    def new_form(self, kind: Kind, data: Any = None, **more: Any) -> ItemForm:
        return self.form(self.family.new(kind), data, creating=True, **more)

    def show_dialog(self, kind: Kind, form: ItemForm, *, status: int = 200) -> HttpResponse:
        family = self.family
        context = {
            **self.base_context(),
            "dialog_form": form,
            "kind": kind,
            "kinds": [each for each in family.kinds if not each.retired],
            "carried": self.carried(kind),
            "title": family.create_title,
            "back_url": self.request.path.removesuffix("create/"),
        }
        return show_over(
            self.request,
            "items/create_dialog.html",
            context,
            page=family.list_template,
            behind=self.context,
            status=status,
        )


class ItemDuplicate(ItemDetail):
    """The Duplicate dialog: asks for the copy's name."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item = self.item(item_id)
        self.refuse_unless_may_change()  # the copy may be theirs
        name = f"Copy of {item.name}"[:200]
        return self.show_dialog(item, DuplicateForm(initial={"name": name}, confirm=self.confirm))

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item = self.item(item_id)
        self.refuse_unless_may_change()  # the copy may be theirs
        form = DuplicateForm(request.POST, confirm=self.confirm)
        if self.is_valid(form):
            family, kind = self.family, self.family.kind_of(item)
            values = posted(family.form_of(item))
            for left_out in kind.form.never_copied:
                values.pop(left_out, None)
            keep_to_platform(values, roles_of(self.user))
            data = as_data(values, name=form.cleaned_data["name"])
            copy = family.form_of(family.new(kind), data)
            if create_item(copy, by=Author.of(request)):
                messages.success(request, f"Created {copy.instance} as a copy of {item}.")
                return go_to(request, self.family.url_of(copy.instance))
            form.add_error("name", [text for errors in copy.errors.values() for text in errors])
        return self.show_dialog(item, form, status=422)

    def show_dialog(self, item: Item, form: DuplicateForm, *, status: int = 200) -> HttpResponse:
        context = {
            "dialog_form": form,
            "item": item,
            "family": self.family,
            "back_url": self.family.url_of(item),
        }
        return show_over(
            self.request,
            "items/duplicate_dialog.html",
            context,
            page=self.family.detail_template,
            behind=lambda: self.context(item),
            status=status,
        )


class ItemDelete(ItemDetail):
    """Asks before deleting, or shows Delete Blocked with links to what uses the item."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item = self.item(item_id)
        self.refuse_unless_may_change(item)
        return self.show_dialog(item, DialogForm(confirm=self.confirm))

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item = self.item(item_id)
        self.refuse_unless_may_change(item)
        form = DialogForm(request.POST, confirm=self.confirm)
        if not self.is_valid(form):
            return self.show_dialog(item, form, status=422)
        try:
            delete_item(item, by=Author.of(request))
        except DeleteBlocked:
            return self.show_dialog(self.item(item_id), form, status=409)
        except StaleItem:
            item = self.item(item_id)
            form.add_error(None, "This item was just changed. Review it before you delete it.")
            return self.show_dialog(item, form, status=409)
        messages.success(request, f"Deleted {item}. Its history is kept.")
        return go_to(request, self.family.url)

    def show_dialog(self, item: Item, form: DialogForm, *, status: int = 200) -> HttpResponse:
        users = blockers_of(item)
        blocked = bool(item.undeletable or users)
        context = {
            "dialog_form": None if blocked else form,
            "item": item,
            "family": self.family,
            "users": users,
            "back_url": self.family.url_of(item),
            "related_url": self.family.url_of(item, "related"),
        }
        return show_over(
            self.request,
            "items/delete_blocked.html" if blocked else "items/delete_dialog.html",
            context,
            page=self.family.detail_template,
            behind=lambda: self.context(item),
            status=status,
        )
