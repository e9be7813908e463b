"""What all pages of a family share: the item, its menu path, and who may change it."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View

from core.dialogs import go_to
from core.people.attempts import lock_words
from core.people.models import User
from core.people.password import SessionEnded, enter_again, needs_password
from core.roles import roles_of
from items.areas import Area
from items.confirm import ConfirmForm
from items.family import Family
from items.forms import ItemForm
from items.models import Item
from items.rights import may_change, offer_only_seen, seen_items


def version_in(text: str) -> int:
    """The version that a form or an address names; 0, which no item has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


class SignedInView(View):
    """A page of somebody who is signed in."""

    request: HttpRequest

    @property
    def user(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user


class ConfirmView(SignedInView):
    """A page with a form that asks for the password again, unless it was entered lately."""

    @property
    def confirm(self) -> User | None:
        """The user, if the form must ask for the password again."""
        return self.user if needs_password(self.request) else None

    def is_valid(self, form: ConfirmForm) -> bool:
        """Whether the form is valid. A correct password in it isn't asked for again for a while.

        Raises SessionEnded after too many wrong ones.
        """
        if form.typed_password:
            enter_again(self.request, self.user, lambda: form.password_is_right)
        return form.is_valid()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except SessionEnded:
            messages.error(
                request,
                "Too many wrong passwords. You are signed out and nothing was changed. Wait "
                f"{lock_words()}, then sign in.",
            )
            return go_to(request, reverse(settings.LOGIN_URL))


class FamilyView(SignedInView):
    """A page of `family`, which `as_view` names."""

    family: ClassVar[Family] = None  # type: ignore[assignment]

    @property
    def may_change(self) -> bool:
        """Whether the user may change items of this family at all."""
        return bool(self.family.access.change & roles_of(self.user))

    def may_change_item(self, item: Item) -> bool:
        """Whether the user may change this one: items/rights.py."""
        return may_change(item, roles_of(self.user))

    def refuse_unless_may_change(self, item: Item | None = None) -> None:
        if not (self.may_change_item(item) if item else self.may_change):
            raise PermissionDenied

    def rows(self) -> QuerySet[Any]:
        """The family's items that the user sees."""
        return seen_items(self.family, roles_of(self.user))

    def item(self, item_id: uuid.UUID) -> Item:
        item: Item = get_object_or_404(self.rows(), pk=item_id)
        return item

    def base_context(self, item: Item | None = None) -> dict[str, Any]:
        return {
            "family": self.family,
            "area": Area(self.family.trail, self.request),
            "crumbs": self.family.crumbs(self.request, item),
            "may_change": self.may_change_item(item) if item else self.may_change,
        }


class FamilyFormView(FamilyView, ConfirmView):
    """A page or dialog with the form of an item."""

    def form(self, item: Item, data: Any = None, **more: Any) -> ItemForm:
        """The form of the item's kind."""
        form = self.family.form_of(item, data, confirm=self.confirm, **more)
        offer_only_seen(form, roles_of(self.user))
        return form

    @property
    def confirm(self) -> User | None:
        """The user, if the form must ask for the password again (`Family.sensitive`)."""
        return super().confirm if self.family.sensitive and self.may_change else None
