"""The page of one item: its details, its users, its history."""

import uuid
from collections.abc import Sized
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from core.advanced.models import advanced
from core.roles import Roles, roles_of, sees_all
from items.areas import Tab
from items.author import Author
from items.family import Blocker, page_of_item
from items.forms import ItemForm, SaveRefused, Section
from items.models import Change, Item, Proposal, changes_of
from items.relations import users_by_default, users_of
from items.rights import seen_among
from items.second_person import held
from items.services import StaleItem, blockers_of, kind_words, save_item
from items.stale import is_stored, merged
from items.values import value_in_words
from items.views.base import FamilyFormView, FamilyView, version_in


@dataclass(frozen=True)
class Fact:
    """A field that is shown and can't be edited."""

    label: str
    text: str


@dataclass(frozen=True)
class Part:
    """A section of the form as a page shows it: `fields` to edit, or `facts` to read."""

    section: Section
    fields: list[forms.BoundField]
    facts: list[Fact]

    @property
    def is_open(self) -> bool:
        return not self.section.folded or any(field.errors for field in self.fields)


def used_by(item: Item, roles: Roles) -> list[Blocker]:
    """What uses the item: what keeps it from being deleted, then what uses it as the default. Without
    items that these roles don't see.
    """
    by_default = users_by_default(item)
    found = [
        *blockers_of(item),
        *(
            Blocker(user.name, f"{kind_words(user)}, as the default", page_of_item(user))
            for user in by_default
        ),
    ]
    if sees_all(roles):
        return found
    users = (*users_of(item), *by_default)
    pages = {page: user for user in users if (page := page_of_item(user))}
    seen = seen_among(pages.values(), roles)
    unseen = {page for page, user in pages.items() if user.pk not in seen}
    return [each for each in found if each.url not in unseen]


class ItemPage(FamilyView):
    """What the tabs of an item's page share."""

    tab = "detail"  # the name of its page

    def page_context(self, item: Item) -> dict[str, Any]:
        pages = ["detail", "history", "delete"] + ["duplicate"] * self.family.may_duplicate
        pages += ["export"] * self.family.in_files
        base, users = self.base_context(item), used_by(item, roles_of(self.user))
        return {
            **base,
            "item": item,
            "kind": self.family.kind_of(item),
            "tabs": self.tabs(item, users),
            "users": users,
            "is_weighty": self.is_weighty(item),
            "proposals": Proposal.objects.open().that_change(item).without_texts(),
            "urls": {page: self.family.url_of(item, page) for page in pages},
            "editable": base["may_change"] and not item.is_read_only,
            "may_duplicate": self.may_change and self.family.may_duplicate,
        }

    def is_weighty(self, item: Item) -> bool:
        """Whether changes here need a second person."""
        on = advanced().second_person and self.may_change_item(item)
        return on and bool(held(item, Author.of(self.request)))

    def tabs(self, item: Item, users: Sized) -> list[Tab]:
        family = self.family
        further = [(name, name.replace("_", " ").title()) for _, _, name in family.more_tabs]
        tabs = [
            ("detail", family.details_label),
            *further,
            ("related", "Related Items"),
            ("history", "Change History"),
        ]
        return [
            Tab(
                label, family.url_of(item, page), page == self.tab, len(users) * (page == "related")
            )
            for page, label in tabs
        ]


class ItemDetail(ItemPage, FamilyFormView):
    """GET shows the item, POST saves it. A stale save gives 409, a refused one 422."""

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item = self.item(item_id)
        return self.show(item, self.form(item))

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item = self.item(item_id)
        self.refuse_unless_may_change(item)
        if item.is_read_only:
            messages.error(request, "This item is read-only. Duplicate it and edit the copy.")
            return redirect(self.family.url_of(item))
        if request.POST.get("version", "") != str(item.version):
            return self.show_stale(item, request.POST)
        form = self.form(item, request.POST)
        if not self.is_valid(form):
            return self.show(self.item(item_id), form, status=422)
        return self.save(item, form)

    def save(self, item: Item, form: ItemForm, **how: Any) -> HttpResponse:
        """Save the valid form and go to the item's page, or show the form again with its errors."""
        try:
            changed = save_item(form, by=Author.of(self.request), **how)
        except StaleItem:
            assert isinstance(form.data, QueryDict)
            return self.show_stale(self.item(item.pk), form.data)
        except SaveRefused as refused:
            form.add_error(refused.field, refused.errors)
            return self.show(self.item(item.pk), form, status=422)
        if changed:
            messages.success(self.request, self.family.saved_words(form.instance))
        else:
            messages.info(self.request, "No changes to save.")
        return redirect(self.family.url_of(item))

    def show(self, item: Item, form: ItemForm, *, status: int = 200, **more: Any) -> HttpResponse:
        return render(
            self.request,
            self.family.detail_template,
            self.context(item, form, **more),
            status=status,
        )

    def context(self, item: Item, form: ItemForm | None = None, **more: Any) -> dict[str, Any]:
        """The context of the item's page, also behind its dialogs."""
        form = form or self.form(item)
        context = self.page_context(item)
        return {
            **context,
            "form": form,
            "parts": parts_of(form, editable=context["editable"]),
            "fault": self.family.hint(item),
            "last_change": changes_of(self.family.model, item.pk).without_texts().first(),
            "panels": [(panel.template, panel.context(item)) for panel in self.family.panels],
            **self.family.page_context(item),
            **more,
        }

    def show_stale(self, item: Item, data: QueryDict) -> HttpResponse:
        """The form again, with the changes made by others in the meantime and everything typed here.

        Where everything typed here is what is stored now, there is nothing left to decide.
        """
        version = version_in(data.get("version", ""))
        changes = changes_of(self.family.model, item.pk)
        opened_as = changes.filter(version=version).first()
        base = opened_as.values if opened_as else {}
        now, both = self.form(item), merged(self.form(item), data, base=base)
        if is_stored(now, both):  # Save Changes was pressed twice, say
            messages.success(self.request, self.family.saved_words(item))
            return redirect(self.family.url_of(item))
        form = self.form(item, both)
        form.is_valid()
        form.errors.clear()  # the conflict is the only thing to report
        newer: list[Change] = list(changes.filter(version__gt=version))
        return self.show(item, form, status=409, stale=newer)


def parts_of(form: ItemForm, *, editable: bool) -> list[Part]:
    """The form's sections, with fields if editable, else with the values in words."""
    parts = []
    for section in form.sections:
        fields = [form[name] for name in section.fields if name in form.fields]
        if editable:
            parts.append(Part(section, fields, facts=[]))
        else:
            words = [(str(each.label), value_in_words(each.field, each.value())) for each in fields]
            parts.append(Part(section, [], [Fact(label, text) for label, text in words]))
    return parts


class ItemRelated(ItemPage):
    """Related Items: what uses the item."""

    tab = "related"

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        return render(request, "items/related.html", self.page_context(self.item(item_id)))
