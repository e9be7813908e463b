"""Dialogs about how a person signs in, on the page at Admin | Users."""

import uuid
from typing import Any, ClassVar, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from console.people.gained_roles import may_change_policies
from console.people.passwords import make_password_link
from console.people.second_factor import factors_in_words, remove_second_factors
from core.dialogs import go_to, show_over
from core.people.models import User
from items import second_person
from items.author import Author
from items.confirm import DialogForm
from items.models import Item
from items.views.detail import ItemDetail

NOT_ALONE: Final = (
    "Policy changes need a second person, and this would give you another administrator's account. "
    "Whoever runs the console's host does it: manage.py changepassword, or remove_second_factor."
)


def may_be_taken_over(person: User) -> bool:
    """Whether this would make one person two: one could propose as the other, or accept."""
    return second_person.is_required() and may_change_policies(person)


class _PersonDialog(ItemDetail):
    """Asks first, and for the password if it was entered too long ago; then does `act`."""

    http_method_names = ["get", "head", "post"]
    template: ClassVar[str]

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        person = self.item(item_id)
        self.refuse_unless_may_change(person)
        return self.show_dialog(person, DialogForm(confirm=self.confirm))

    def post(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        person = self.item(item_id)
        self.refuse_unless_may_change(person)
        assert isinstance(person, User)
        form = DialogForm(request.POST, confirm=self.confirm)
        if not self.is_valid(form):
            return self.show_dialog(person, form, status=422)
        return self.act(person, form, Author.of(request))

    def act(self, person: User, form: DialogForm, by: Author) -> HttpResponse:
        raise NotImplementedError

    def show_dialog(
        self, person: Item, form: DialogForm, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {
            "dialog_form": form,
            "item": person,
            "back_url": self.family.url_of(person),
            **more,
        }
        return show_over(
            self.request,
            self.template,
            context,
            page=self.family.detail_template,
            behind=lambda: self.context(person),
            status=status,
        )


class PasswordLink(_PersonDialog):
    """Makes a link with which the person sets a password, and shows it this once."""

    template = "console/people/password_link_dialog.html"

    def act(self, person: User, form: DialogForm, by: Author) -> HttpResponse:
        if may_be_taken_over(person):
            form.add_error(None, NOT_ALONE)
            return self.show_dialog(person, form, status=409)
        if not person.is_active:
            form.add_error(None, "This account is disabled. Enable it first.")
            return self.show_dialog(person, form, status=409)
        link = make_password_link(person, by=by.actor, via=by.via)
        return self.show_dialog(person, form, link=link)


class SecondFactor(_PersonDialog):
    """Takes a lost second factor away."""

    template = "console/people/second_factor_dialog.html"

    def act(self, person: User, form: DialogForm, by: Author) -> HttpResponse:
        if may_be_taken_over(person):
            form.add_error(None, NOT_ALONE)
            return self.show_dialog(person, form, status=409)
        removed = remove_second_factors(person, by=by.actor, via=by.via)
        gone = ", ".join(removed) or "nothing, there was none"
        messages.success(self.request, f"Removed: {gone}.")
        return go_to(self.request, self.family.url_of(person))

    def show_dialog(
        self, person: Item, form: DialogForm, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        assert isinstance(person, User)
        factors = factors_in_words(person)
        return super().show_dialog(person, form, status=status, factors=factors, **more)
