"""Pages of people beyond those of every item."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse

from console.people.passwords import make_password_link
from core.dialogs import show_over
from core.people.models import User
from items.author import Author
from items.confirm import DialogForm
from items.models import Item
from items.views.detail import ItemDetail


class PasswordLink(ItemDetail):
    """Makes a link with which the person sets a password, and shows it this once."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item = self.item(item_id)
        self.refuse_unless_may_change(item)
        return self.show_dialog(item, DialogForm(confirm=self.confirm))

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        person = self.item(item_id)
        self.refuse_unless_may_change(person)
        assert isinstance(person, User)
        form = DialogForm(request.POST, confirm=self.confirm)
        if not self.is_valid(form):
            return self.show_dialog(person, form, status=422)
        if not person.is_active:
            form.add_error(None, "This account is disabled. Enable it first.")
            return self.show_dialog(person, form, status=409)
        by = Author.of(request)
        return self.show_dialog(
            person, form, link=make_password_link(person, by=by.actor, via=by.via)
        )

    def show_dialog(
        self, person: Item, form: DialogForm, *, link: str = "", status: int = 200
    ) -> HttpResponse:
        context = {
            "dialog_form": form,
            "item": person,
            "link": link,
            "back_url": self.family.url_of(person),
        }
        return show_over(
            self.request,
            "console/people/password_link_dialog.html",
            context,
            page=self.family.detail_template,
            behind=lambda: self.context(person),
            status=status,
        )
